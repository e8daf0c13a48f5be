// A service with campaigns that says what a test wants: it keeps drafts and rows, and ends a campaign as it is told to.
import type { Campaign, CampaignRow, CampaignRowResult } from '../../client/src/index.ts'
import { type Answer, type Asked, problem, startService } from './cli.ts'

export const ZERO = { waiting: 0, sent: 0, refused: 0, unknown: 0, manual: 0, received: 0, refunded: 0 }
export const ID = '3f1c9a0b5d7e2468ace01357'
const AT = 1_771_200_000

/** A campaign of which all rows are sent, or whatever is told. */
export function campaignOf(more: Partial<Campaign> = {}): Campaign {
  const { rows_count = 2, total_amount = 3.5 } = more
  return {
    id: ID,
    name: 'new-year',
    miniapp_id: 'wx0123456789abcdef',
    mch_id: '1900000109',
    state: 'settling',
    version: 2,
    stop: null,
    hold: null,
    defaults: { gateway_type: 'weixin_tenpay' },
    rows_count,
    total_amount,
    rate_per_s: 25,
    counts: { ...ZERO, sent: rows_count },
    amounts: { ...ZERO, sent: total_amount },
    reasons: [],
    similar: null,
    created_at: AT,
    started_at: AT + 60,
    sent_at: null,
    finished_at: null,
    updated_at: AT + 70,
    ...more,
  }
}

export function rowOf(more: Partial<CampaignRowResult> = {}): CampaignRowResult {
  const id = '5c474dd8e2aa136e58867af3'
  return {
    row: 1,
    type: 'normal',
    re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
    send_name: '天虹百货',
    official_account_id: 'wxcbda96de0b165486',
    total_amount: 1.1,
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
    send_listid: '1000000000201505203147660742',
    created_at: AT,
    updated_at: AT + 3600,
    ...more,
  }
}

type Told = {
  /** What the campaign is when it is read after its start, one a look; the last again and again. */
  looks?: Partial<Campaign>[]
  /** In place of the service's own answer; undefined: its own. */
  answer?: (asked: Asked, n: number) => Answer | Promise<Answer> | 'own'
  rows?: CampaignRowResult[]
}

export async function startCampaigns({ looks = [{}], answer = () => 'own', rows = [] }: Told = {}) {
  let campaign: Campaign | undefined
  let look = 0
  const uploaded: CampaignRow[] = []
  const own = ({ method, path, body }: Asked): Answer => {
    const { pathname } = new URL(path, 'http://service')
    if (method === 'PUT') {
      uploaded.push(...JSON.parse(body).rows)
      return { status: 204 }
    }
    if (method === 'POST' && pathname === '/campaigns') {
      const created = campaign === undefined
      const given = JSON.parse(body)
      const { rows_count, total_amount } = given
      campaign ??= campaignOf({
        ...given,
        defaults: { gateway_type: 'weixin_tenpay', ...given.defaults },
        state: 'draft',
        version: 1,
        started_at: null,
        counts: { ...ZERO, waiting: rows_count },
        amounts: { ...ZERO, waiting: total_amount },
      })
      return { status: created ? 201 : 200, body: campaign }
    }
    if (method === 'GET' && pathname === '/campaigns')
      return { status: 200, body: listOf(campaign ? [campaign] : [], '/campaigns') }
    if (pathname.endsWith('/rows')) return { status: 200, body: listOf(rows, pathname) }
    if (!campaign) return problem(404, 'not_found', '当前小程序没有这个活动')
    if (method === 'POST') {
      campaign = { ...campaign, state: 'queued', version: campaign.version + 1, started_at: AT + 60 }
      return { status: 202, body: campaign }
    }
    const { rows_count, total_amount } = campaign
    const seen = looks[Math.min(look++, looks.length - 1)]
    const { name, defaults } = campaign
    return { status: 200, body: campaignOf({ name, defaults, rows_count, total_amount, ...seen }) }
  }
  const service = await startService(async (asked, n) => {
    const told = await answer(asked, n)
    return told === 'own' ? own(asked) : told
  })
  return {
    ...service,
    uploaded,
    /** Has campaigns before the test begins. */
    put: (more: Partial<Campaign>) => {
      campaign = campaignOf(more)
    },
    commands: () =>
      service.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
  }
}

function listOf(objects: object[], _path: string) {
  return { meta: { limit: 1000, offset: 0, next: null, previous: null, total_count: objects.length }, objects }
}
