// What is due in a measured run of settle, the same in every process that needs to know it.
import { type Kind, mchBillnoOf, type RedpackRecord } from '../../lib/redpack/record.ts'
import { aRecord } from '../unit/records.ts'

export type Scenario = {
  readonly name: string
  readonly merchants: number
  /** Records of each merchant that are due. */
  readonly each: number
  readonly kind: Extract<Kind, 'outcome' | 'status'>
  /** Merchants, the first ones, whose queries are never answered, and the records of each of them that are due. */
  readonly hanging?: number
  readonly each_hanging?: number
  /** WeChat knows no number, so each record is sent again. */
  readonly absent?: boolean
}

export const mchIdOf = (merchant: number) => String(10_000_000 + merchant)
/** A mini app for each merchant. */
export const miniappOf = (mch_id: string) => `miniapp-${mch_id}`

/** Unknown for half an hour and due, or sent an hour ago. */
export function recordsOf({ merchants, each, kind, hanging = 0, each_hanging = each }: Scenario): RedpackRecord[] {
  const now_s = Math.floor(Date.now() / 1000)
  return Array.from({ length: merchants }, (_, merchant) => {
    const mch_id = mchIdOf(merchant)
    return Array.from({ length: merchant < hanging ? each_hanging : each }, (_, i) => {
      const record = aRecord(`${mch_id}/${i}`, { miniapp_id: miniappOf(mch_id) })
      const past_s = now_s - 1_800
      const times = { created_at: past_s, updated_at: past_s, no_call_after_ms: past_s * 1000, due_at: now_s - 60 }
      const isSent = kind === 'status'
      return {
        ...record,
        ...times,
        mch_id,
        mch_billno: mchBillnoOf(record.id),
        outcome: isSent ? 'sent' : 'unknown',
        maybe_debited_ms: isSent ? undefined : past_s * 1000,
        seq: i + 1,
        send_listid: isSent ? '1' : undefined,
        lease_until_ms: 0,
        open: kind,
      } as const
    })
  }).flat()
}
