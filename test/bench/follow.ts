// A million packets, a day's, followed to their end on a virtual clock: what it takes of looks and of DynamoDB's units.
import { DAY_S, HOUR_S, STATUS_LOOKS_S } from '../../lib/durations.ts'
import type { Ports, Queried } from '../../lib/redpack/ports.ts'
import { settle } from '../../lib/redpack/settle.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { aMerchant, NOW_S } from '../unit/records.ts'
import { followed, indexOf } from './followed.ts'

const PACKETS = 1_000_000
const MINUTE_MS = 60_000
const ANSWER_MS = 100
/** Write units of a look, as test/contract/list-capacity.test.ts counts them; each look is 1 read unit. */
const UNITS = { ended: 5, went_on: 6 }

type Day = { name: string; merchants: number; per_s: number; received: number }

/** Packets are received within the hour, with the given share, or refunded after a day. */
async function followDay({ merchants, per_s, received }: Day) {
  const clock = virtualClock(NOW_S * 1000)
  const createdAt = (i: number) => NOW_S + Math.floor(i / per_s)
  const store = followed(PACKETS, merchants, NOW_S, createdAt, STATUS_LOOKS_S[0] ?? 0)
  let [added, most_left, behind_s] = [0, 0, 0]

  function statusOf(i: number): 'RECEIVED' | 'REFUND' | 'SENT' {
    // A share of each hundred, spread over the merchants.
    if ((i % 97) / 97 < received) return 'RECEIVED'
    return clock.now() / 1000 - createdAt(i) >= DAY_S ? 'REFUND' : 'SENT'
  }

  const query = async (_: unknown, { id }: { id: string }): Promise<Queried> => {
    await clock.sleep(ANSWER_MS)
    return { means: 'found', status: statusOf(indexOf(id)), detail_id: '1', reason: undefined, raw: '', fields: {} }
  }
  const ports = {
    store,
    clock,
    campaignRate: async () => 0,
    leases: { take: async () => 'settle', giveBack: async () => {} },
    merchants: { load: async () => aMerchant() },
    wechat: { query },
    miniapps: async () => [],
    report(notice: Parameters<Ports['report']>[0]) {
      if (notice.event !== 'backlog') return
      most_left = Math.max(most_left, notice.left.status)
      behind_s = Math.max(behind_s, notice.behind_s.status)
    },
  } as unknown as Ports

  async function untilFollowed(): Promise<number> {
    while (added < PACKETS || store.open() > 0) {
      const begun_ms = clock.now()
      for (; added < PACKETS && createdAt(added) * 1000 < begun_ms; added += 1) store.add()
      await settle(ports, () => begun_ms + MINUTE_MS - clock.now())
      await clock.sleep(Math.max(0, begun_ms + MINUTE_MS - clock.now()))
    }
    return (clock.now() / 1000 - NOW_S) / HOUR_S
  }

  const hours = await clock.run(untilFollowed())
  const { ended, went_on } = store.counts
  return { looks: ended + went_on, writes: ended * UNITS.ended + went_on * UNITS.went_on, hours, most_left, behind_s }
}

/** Prints the table. */
export async function follow(): Promise<void> {
  console.log(
    '\n| a million packets | looks a packet | write, read units a packet | the latest look came late by | all followed after | the most that was left of a run |',
  )
  console.log('| --- | --- | --- | --- | --- | --- |')
  for (const day of [
    {
      name: '20 merchants in a day, 80 % received within the hour',
      merchants: 20,
      per_s: PACKETS / DAY_S,
      received: 0.8,
    },
    { name: '20 merchants in a day, none received', merchants: 20, per_s: PACKETS / DAY_S, received: 0 },
    { name: 'one merchant, 30 a second, 80 % received within the hour', merchants: 1, per_s: 30, received: 0.8 },
  ]) {
    const { looks, writes, hours, most_left, behind_s } = await followDay(day)
    const per = (count: number) => (count / PACKETS).toFixed(2)
    console.log(
      `| ${day.name} | ${per(looks)} | ${per(writes)}, ${per(looks)} | ${behind_s < 600 ? `${Math.ceil(behind_s / 60)} min` : `${(behind_s / 3600).toFixed(1)} h`} | ${hours.toFixed(1)} h | ${most_left} |`,
    )
  }
}
