// What became of a packet, in one word: the same in SQL, for sums and filters, and of one record.
import type { RedPackRecord } from '../../client/src/index.ts'

/** Every record is one of these. The first five are sent: WeChat took the money. */
export const KINDS = ['waiting', 'received', 'refunding', 'refunded', 'failed', 'refused', 'unknown'] as const
export type Kind = (typeof KINDS)[number]

const BY_STATUS = { RECEIVED: 'received', RFUND_ING: 'refunding', REFUND: 'refunded', FAILED: 'failed' } as const

/** As an expression over the columns of the mirror. `unknown` also has those that are pending, and those that people have to look at. */
export const KIND = `CASE
  WHEN outcome = 'refused' THEN 'refused'
  WHEN outcome <> 'sent' THEN 'unknown'
  ${Object.entries(BY_STATUS)
    .map(([status, kind]) => `WHEN status = '${status}' THEN '${kind}'`)
    .join('\n  ')}
  ELSE 'waiting' END`

export function kindOf({ outcome, status }: Pick<RedPackRecord, 'outcome' | 'status'>): Kind {
  if (outcome === 'refused') return 'refused'
  if (outcome !== 'sent') return 'unknown'
  return BY_STATUS[status as keyof typeof BY_STATUS] ?? 'waiting'
}
