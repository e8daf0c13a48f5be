// When settle ran last: each entry of the schedule leaves the time in its lease.
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { RecordsTable } from '../aws/table.ts'
import type { Context } from '../context.ts'
import { when } from '../when.ts'
import type { Finding } from './finding.ts'

/** A lease is called after the entry's first shard, of sixteen. */
const LEASES = [...'0123456789abcdef'].map((shard) => `settle#${shard}`)
/** It runs every minute, and one run may take some. */
const LATE_MS = 15 * 60_000
/** Leases of a schedule that was cut otherwise before stay in the table. */
const FORMER_MS = 86_400_000

const Lease = v.object({ began_ms: v.optional(v.number()), until_ms: v.number() })

export async function settleFinding(records: RecordsTable, now_ms: number, { m }: Context): Promise<Finding> {
  const check = 'settle'
  const items = await Promise.all(LEASES.map((id) => records.read(id)))
  const leases = items.flatMap((item) => {
    const parsed = v.safeParse(Lease, item ? unmarshall(item) : undefined)
    return parsed.success ? [parsed.output] : []
  })
  if (leases.length === 0) return { check, state: 'doubt', text: m.doctor.settleNever, hint: m.doctor.schedule }
  const times = leases.flatMap(({ began_ms }) => began_ms ?? [])
  const last = Math.max(...times)
  if (times.length === 0) return { check, state: 'none', text: m.doctor.settleUnknown }
  // The entry that is behind the others most is the one that needs looking at.
  const slowest = Math.min(...times.filter((began_ms) => began_ms > last - FORMER_MS))
  const text = m.doctor.settle(when(Math.floor(slowest / 1000)))
  if (now_ms - slowest > LATE_MS) return { check, state: 'bad', text, hint: m.doctor.schedule }
  return { check, state: 'good', text }
}
