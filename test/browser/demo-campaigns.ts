// Made-up campaigns: one that runs, one that is done, one that has stopped.
import type { Campaign, CampaignCounts } from '../../client/src/index.ts'

export const CAMPAIGN_IDS = ['a1', 'b2', 'c3'].map((end) => end.padStart(24, 'c0de')) as [string, string, string]

const NONE: CampaignCounts = { waiting: 0, sent: 0, refused: 0, unknown: 0, manual: 0, received: 0, refunded: 0 }
const at = (text: string) => Date.parse(`${text}+08:00`) / 1000

function aCampaign(id: string, name: string, counts: Partial<CampaignCounts>, changes: Partial<Campaign>): Campaign {
  const all = { ...NONE, ...counts }
  const rows_count = all.waiting + all.sent + all.refused + all.unknown + all.manual
  const yuan = (count: number) => Math.round(count * 188) / 100
  const amounts = Object.fromEntries(Object.entries(all).map(([key, count]) => [key, yuan(count)])) as CampaignCounts
  return {
    ...{
      id,
      name,
      miniapp_id: 'miniapp-1',
      mch_id: '1900000109',
      state: 'running',
      version: 3,
      stop: null,
      hold: null,
    },
    ...{ defaults: {}, rows_count, total_amount: yuan(rows_count), rate_per_s: 25, counts: all, amounts, reasons: [] },
    ...{ similar: null, created_at: at('2026-11-25T14:58:00'), started_at: at('2026-11-25T15:00:00') },
    ...{ sent_at: null, finished_at: null, updated_at: at('2026-11-25T15:29:50') },
    ...changes,
  }
}

/** Newest first. */
export function campaigns(): Campaign[] {
  const [running, done, stopped] = CAMPAIGN_IDS
  return [
    aCampaign(
      running,
      '冬季会员日',
      { waiting: 7_240, sent: 12_610, received: 9_204, refused: 143, unknown: 7 },
      {
        reasons: [
          { err_code: 'NO_AUTH', count: 118, amount: 221.84 },
          { err_code: 'SENDNUM_LIMIT', count: 25, amount: 47 },
        ],
      },
    ),
    aCampaign(
      stopped,
      '新店开业 · 杭州',
      { waiting: 820, sent: 1_180, received: 1_102, refunded: 12 },
      {
        state: 'stopped',
        stop: { code: 'NOTENOUGH', detail: '商户账户余额不足：请充值' },
        created_at: at('2026-11-24T09:12:00'),
      },
    ),
    aCampaign(
      done,
      '双十一红包雨',
      { sent: 4_872, received: 4_671, refunded: 201, refused: 128 },
      {
        state: 'done',
        created_at: at('2026-11-11T19:40:00'),
        reasons: [{ err_code: 'NO_AUTH', count: 128, amount: 240.64 }],
      },
    ),
  ]
}
