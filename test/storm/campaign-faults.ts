// Faults in the way of a campaign: each is aimed at the receiver of a row, so that a kill, which forgets them, changes nothing.
import type { Call, Control } from '../../simulator/src/client.ts'

/** Trouble before and after the debit, debits that come late, refusals of a row, and a pace that is too fast. */
const FAULTS = [
  ...['hang', 'reset', 'systemerror', 'processing', 'numeric', 'garbage', 'html'].flatMap((trouble) => [
    { kind: `${trouble}_before` },
    { kind: `${trouble}_after` },
  ]),
  { kind: 'late_debit', seconds: 5 },
  { kind: 'late_debit', seconds: 600 },
  { kind: 'SEND_FAILED' },
  { kind: 'OPENID_ERROR' },
  { kind: 'NO_AUTH' },
  { kind: 'FREQ_LIMIT' },
]
/** How many calls of its row a fault hits, in turn: the first alone, or those of a whole send. */
const COUNTS = [1, 4]

export type RowFault = { re_openid: string; kind: string; seconds?: number; count: number }

/** A fault for each row of `share`, evenly over the list. */
export function planFaults(receivers: readonly string[], share: number): RowFault[] {
  return receivers.flatMap((re_openid, i) => {
    const n = Math.floor(i * share)
    const fault = FAULTS[n % FAULTS.length]
    if (!fault || Math.floor((i + 1) * share) === n) return []
    return [{ ...fault, re_openid, count: COUNTS[Math.floor(n / FAULTS.length) % COUNTS.length] ?? 1 }]
  })
}

/** Puts faults in WeChat's way; those of rows that were `called` already have had their effect. */
export async function placeFaults(
  control: Control,
  faults: readonly RowFault[],
  called: readonly Call[],
): Promise<number> {
  const receivers = new Set(called.map(({ fields }) => fields.re_openid))
  const left = faults.filter(({ re_openid }) => !receivers.has(re_openid))
  for (const { kind, ...options } of left) await control.fault(kind, { op: 'sendredpack', ...options })
  return left.length
}
