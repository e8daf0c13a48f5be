// Examples of campaigns: 20 rows, of which one was refused.
import type { CreateCampaignParamsInput, RetryParams, UploadRowsParamsInput } from '../../lib/campaigns/params.ts'
import type { CampaignList, CampaignView, Counts, RowList } from '../../lib/campaigns/view.ts'

export const CREATE: CreateCampaignParamsInput = {
  name: '2026 春节',
  defaults: {
    type: 'normal',
    official_account_id: 'wxcbda96de0b165486',
    send_name: '天虹百货',
    total_num: 1,
    act_name: '新年红包',
    wishing: '恭喜发财',
    remark: '新年红包',
    gateway_type: 'weixin_tenpay',
  },
  rows_count: 20,
  total_amount: 37.6,
  rate_per_s: 25,
}

export const UPLOAD: UploadRowsParamsInput = {
  rows: [{ re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI', total_amount: 1.88 }],
}

export const RETRY: RetryParams = { version: 2, err_code: 'OPENID_ERROR' }

const NONE: Counts = { waiting: 0, sent: 0, refused: 0, unknown: 0, manual: 0, received: 0, refunded: 0 }

export const DRAFT: CampaignView = {
  id: '3f1c9a0b5d7e2468ace01357',
  name: CREATE.name,
  miniapp_id: 'wx0123456789abcdef',
  mch_id: '1900000109',
  state: 'draft',
  version: 1,
  stop: null,
  hold: null,
  defaults: CREATE.defaults,
  rows_count: 20,
  total_amount: 37.6,
  rate_per_s: 25,
  counts: { ...NONE, waiting: 20 },
  amounts: { ...NONE, waiting: 37.6 },
  reasons: [],
  similar: null,
  created_at: 1_771_200_000,
  started_at: null,
  sent_at: null,
  finished_at: null,
  updated_at: 1_771_200_000,
}

export const CAMPAIGN: CampaignView = {
  ...DRAFT,
  state: 'settling',
  version: 2,
  counts: { ...NONE, sent: 19, refused: 1, received: 11 },
  amounts: { ...NONE, sent: 35.72, refused: 1.88, received: 20.68 },
  reasons: [{ err_code: 'OPENID_ERROR', count: 1, amount: 1.88 }],
  similar: [],
  started_at: 1_771_200_060,
  sent_at: 1_771_200_062,
  updated_at: 1_771_204_200,
}

export const LIST: CampaignList = {
  meta: { limit: 20, next: null, offset: 0, previous: null, total_count: 1 },
  objects: [{ ...CAMPAIGN, pk: CAMPAIGN.id }],
}

const id = '5c474dd8e2aa136e58867af3'

export const ROWS: RowList = {
  meta: {
    limit: 1,
    next: `/campaigns/${CAMPAIGN.id}/rows?limit=1&offset=1`,
    offset: 0,
    previous: null,
    total_count: 20,
  },
  objects: [
    {
      row: 1,
      type: 'normal',
      re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
      send_name: '天虹百货',
      official_account_id: 'wxcbda96de0b165486',
      total_amount: 1.88,
      total_num: 1,
      act_name: '新年红包',
      remark: '新年红包',
      wishing: '恭喜发财',
      scene_id: null,
      risk_info: null,
      attempt: 1,
      id,
      mch_billno: `RP${id}`,
      outcome: 'sent',
      status: 'RECEIVED',
      err_code: null,
      err_code_des: null,
      send_listid: '100000000020150520314766074200',
      created_at: 1_771_200_060,
      updated_at: 1_771_203_663,
    },
  ],
}
