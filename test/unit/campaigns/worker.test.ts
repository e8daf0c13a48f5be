// The worker on a clock of its own: rows in order and at the pace, what stops and what holds, retries, and counts that are exact.
import { describe, expect, test } from 'vitest'
import { cancel, pause, resume, retry, start } from '../../../lib/campaigns/command.ts'
import { get, listRows } from '../../../lib/campaigns/show.ts'
import type { CampaignView } from '../../../lib/campaigns/view.ts'
import { run } from '../../../lib/campaigns/worker.ts'
import { AppError } from '../../../lib/errors.ts'
import { MINIAPP_ID } from '../records.ts'
import { aDraft, afterReply, aList, CALLER, type SmallWorld, smallWorld } from './world.ts'

const asleep = async () => {}
const see = (world: SmallWorld, id: string) => get(world.ports, MINIAPP_ID, id)

async function started(world: SmallWorld, count: number, options = {}): Promise<CampaignView> {
  const draft = await aDraft(world, aList(count), options)
  return world.play(start(world.ports, asleep, CALLER, draft.id, { version: 1, even_if_similar: false }))
}

const NONE = { waiting: 0, sent: 0, refused: 0, unknown: 0, manual: 0, received: 0, refunded: 0 }

/** Every packet is collected. */
function receive(world: SmallWorld): void {
  for (const [id, record] of world.records) {
    if (record.outcome === 'sent') world.records.set(id, { ...record, status: 'RECEIVED', open: undefined })
  }
}

describe('a campaign', () => {
  test('begins its rows in order, each once under its first key, at 25 a second', async () => {
    const world = smallWorld()
    const { id } = await started(world, 1_100)
    await world.work(id)
    expect(world.begun.map(({ key }) => key)).toEqual(
      Array.from({ length: 1_100 }, (_, i) => `campaign/${id}/${i + 1}/1`),
    )
    expect(world.begun[700]).toMatchObject({ re_openid: 'openid-0000701', keyid: 'key-1' })
    const first = world.begun[0]?.at_ms ?? 0
    expect((world.begun.at(-1)?.at_ms ?? 0) - first).toBeGreaterThanOrEqual(1_099 * 40)
    expect(mostInOneSecond(world)).toBeLessThanOrEqual(26)
    const campaign = await see(world, id)
    expect(campaign).toMatchObject({
      state: 'settling',
      counts: { ...NONE, sent: 1_100 },
      amounts: { ...NONE, sent: 3_300 },
    })
  })

  test('waits until every packet is received or paid back, and is done', async () => {
    const world = smallWorld()
    const { id } = await started(world, 7)
    await world.work(id)
    receive(world)
    await world.minutes(85)
    const campaign = await see(world, id)
    expect(campaign).toMatchObject({
      state: 'done',
      counts: { ...NONE, sent: 7, received: 7 },
      reasons: [],
      stop: null,
      hold: null,
    })
    expect(campaign.finished_at).toBeGreaterThan(campaign.sent_at ?? 0)
  })

  test('goes on in the next invocation where the last one ended for want of time', async () => {
    const world = smallWorld()
    const { id } = await started(world, 1_400)
    await world.work(id, 60_000)
    expect(world.begun.length).toBeLessThan(1_400)
    await world.minutes(3)
    expect(new Set(world.begun.map(({ row }) => row)).size).toBe(1_400)
    expect(world.begun.length).toBe(1_400)
    expect((await see(world, id)).counts).toEqual({ ...NONE, sent: 1_400 })
  })
})

function mostInOneSecond({ begun }: SmallWorld): number {
  return Math.max(
    ...begun.map(({ at_ms }) => begun.filter((other) => other.at_ms >= at_ms && other.at_ms < at_ms + 1_000).length),
  )
}

describe("a reason that is the merchant's", () => {
  test('stops before the next row and says what to do; the row on which the balance ended goes on with the next attempt', async () => {
    const world = smallWorld()
    let balance = 50
    world.says = () => (balance-- > 0 ? 'sent' : 'NOTENOUGH')
    const { id } = await started(world, 100)
    await world.work(id)
    const stopped = await see(world, id)
    expect(stopped).toMatchObject({
      state: 'stopped',
      stop: { code: 'NOTENOUGH', detail: expect.stringMatching(/NOTENOUGH 的说明.*充值.*resume/) },
      counts: { ...NONE, sent: 50, waiting: 50 },
      reasons: [],
    })
    balance = 1_000
    await world.play(resume(world.ports, asleep, CALLER, id, { version: stopped.version }))
    await world.work(id)
    expect(await see(world, id)).toMatchObject({ state: 'settling', stop: null, counts: { ...NONE, sent: 100 } })
    const again = world.begun.filter(({ attempt }) => attempt === 2)
    expect(again.length).toBeGreaterThanOrEqual(1)
    expect(again.every(({ row }) => row > 50 && row < 60)).toBe(true)
  })

  test('counts also if it comes with an unknown outcome', async () => {
    const world = smallWorld()
    const { id } = await started(world, 30)
    const { send } = world.ports
    const ports = {
      ...world.ports,
      send: async (request: Parameters<typeof send>[0]) => {
        const result = await send(request)
        return request.idempotency_key.includes('/3/')
          ? { body: { ...result.body, outcome: 'unknown' as const, err_code: 'NOTENOUGH' }, processing: false }
          : result
      },
    }
    Object.assign(world, { ports })
    await world.work(id)
    expect(await see(world, id)).toMatchObject({ state: 'stopped', stop: { code: 'NOTENOUGH' } })
  })

  test.for(['certificate_unusable', 'certificate_missing', 'merchant_changed'] as const)(
    '%s stops it',
    async (code) => {
      const world = smallWorld()
      world.says = ({ row }) => (row === 4 ? new AppError(code, '请更换证书') : 'sent')
      const { id } = await started(world, 30)
      await world.work(id)
      const campaign = await see(world, id)
      expect(campaign).toMatchObject({ state: 'stopped', stop: { code, detail: '请更换证书' } })
      expect(campaign.counts.waiting + campaign.counts.sent).toBe(30)
    },
  )

  test('another mch_id than that of the start stops it before its first row', async () => {
    const world = smallWorld()
    const { id } = await started(world, 30)
    world.mch_id = '10000099'
    await world.work(id)
    expect(await see(world, id)).toMatchObject({
      state: 'stopped',
      stop: { code: 'merchant_changed' },
      counts: { ...NONE, waiting: 30 },
    })
    expect(world.begun).toEqual([])
  })
})

describe('what is nobody’s fault', () => {
  test('the brake holds it until it is released', async () => {
    const world = smallWorld()
    const { id } = await started(world, 30)
    world.control.stopped = true
    await world.work(id)
    expect(world.begun).toEqual([])
    expect(await see(world, id)).toMatchObject({ state: 'queued', hold: { code: 'stopped' } })
    world.control.stopped = false
    await world.minutes(3)
    expect(await see(world, id)).toMatchObject({ state: 'settling', hold: null, counts: { ...NONE, sent: 30 } })
  })

  test('the brake stops a running one within a second of a read that shows it', async () => {
    const world = smallWorld()
    const { id } = await started(world, 500)
    world.says = ({ row }) => {
      if (row === 100) world.control.stopped = true
      return 'sent'
    }
    await world.work(id)
    expect(world.begun.length).toBeLessThanOrEqual(126)
    const held = await see(world, id)
    expect(held).toMatchObject({ state: 'running', hold: { code: 'stopped' } })
    await world.minute()
    expect((await see(world, id)).hold).toEqual(held.hold)
  })

  test('a campaign that is older than a restore of the table is held', async () => {
    const world = smallWorld()
    const { id, created_at } = await started(world, 30)
    world.control.held_before = created_at + 1
    await world.work(id)
    expect(world.begun).toEqual([])
    expect(await see(world, id)).toMatchObject({ state: 'queued', hold: { code: 'restored' } })
  })

  test('20 rows in a row without an answer hold it for a minute', async () => {
    const world = smallWorld()
    const { id } = await started(world, 300)
    world.says = ({ row }) => (row > 100 ? 'processing' : 'sent')
    await world.work(id)
    const held = await see(world, id)
    expect(held).toMatchObject({ state: 'running', hold: { code: 'wechat_silent' }, counts: { sent: 100 } })
    expect(held.counts.unknown).toBeLessThan(40)
  })

  test('the store away holds it; what was not begun waits', async () => {
    const world = smallWorld()
    let isAway = true
    world.says = ({ row }) => (row > 10 && isAway ? new AppError('store_unavailable', '') : 'sent')
    const { id } = await started(world, 30)
    await world.work(id)
    expect(await see(world, id)).toMatchObject({
      state: 'running',
      hold: { code: 'store_unavailable' },
      counts: { ...NONE, sent: 10, waiting: 20 },
    })
    isAway = false
    await world.minutes(2)
    expect((await see(world, id)).counts).toEqual({ ...NONE, sent: 30 })
  })

  test('a bug that meets a row is told, and holds it', async () => {
    const world = smallWorld()
    world.says = ({ row }) => (row === 3 ? new Error('a bug') : 'sent')
    const { id } = await started(world, 10)
    await world.work(id)
    expect(world.notices).toContainEqual({ event: 'campaign_bug', id, error: new Error('a bug') })
    expect((await see(world, id)).hold?.code).toBe('internal')
  })
})

describe('a reason that is pace', () => {
  test('slows it, and the row is taken up again', async () => {
    const world = smallWorld()
    const { id } = await started(world, 200)
    const refused = new Set([20, 21, 22])
    world.says = ({ row, attempt }) => (refused.has(row) && attempt === 1 ? 'FREQ_LIMIT' : 'sent')
    await world.work(id)
    expect(await see(world, id)).toMatchObject({ state: 'settling', counts: { ...NONE, sent: 200 }, reasons: [] })
    expect(world.begun.filter(({ attempt }) => attempt === 2).map(({ row }) => row)).toEqual([20, 21, 22])
    const gaps = world.begun.slice(26, 31).map(({ at_ms }, i) => at_ms - (world.begun[25 + i]?.at_ms ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(45)
  })
})

test.for(['SYSTEMERROR', 'PROCESSING'])('%s of single rows slows nothing', async (code) => {
  const world = smallWorld()
  world.says = ({ row }) => (row % 10 === 0 ? code : 'sent')
  const { id } = await started(world, 200)
  await world.work(id)
  expect((await see(world, id)).counts).toEqual({ ...NONE, sent: 180, unknown: 20 })
  // At first it has only what settle leaves.
  const [first = 0, last = 0] = [world.begun[50], world.begun.at(-1)].map((one) => one?.at_ms ?? 0)
  expect(last - first).toBeLessThan(150 * 42)
})

describe("a reason that is the row's", () => {
  test('goes on; the row is refused, and counted by its code', async () => {
    const world = smallWorld()
    world.says = ({ row }) => (row % 10 === 0 ? 'OPENID_ERROR' : row % 10 === 5 ? 'RCVDAMOUNT_LIMIT' : 'sent')
    const { id } = await started(world, 100)
    await world.work(id)
    expect(await see(world, id)).toMatchObject({
      state: 'settling',
      counts: { ...NONE, sent: 80, refused: 20 },
      reasons: [
        { err_code: 'OPENID_ERROR', count: 10, amount: 50 },
        { err_code: 'RCVDAMOUNT_LIMIT', count: 10, amount: 50 },
      ],
    })
  })

  test('retry gives refused rows a new attempt, once; sent and unknown ones get none', async () => {
    const world = smallWorld()
    world.says = ({ row, attempt }) => {
      if (row === 7) return 'processing'
      return row <= 4 && attempt === 1 ? 'OPENID_ERROR' : row === 9 && attempt === 1 ? 'MONEY_LIMIT' : 'sent'
    }
    const { id, version } = await started(world, 20)
    await world.work(id)
    const answer = await world.play(retry(world.ports, asleep, CALLER, id, { version, err_code: 'OPENID_ERROR' }))
    expect(answer).toMatchObject({ state: 'queued', retried: 4 })
    // The same again has the same answer.
    expect(await world.play(retry(world.ports, asleep, CALLER, id, { version, err_code: 'OPENID_ERROR' }))).toEqual(
      answer,
    )
    await world.work(id)
    expect(world.begun.filter(({ attempt }) => attempt === 2).map(({ row }) => row)).toEqual([1, 2, 3, 4])
    expect(await see(world, id)).toMatchObject({
      counts: { ...NONE, sent: 18, refused: 1, unknown: 1 },
      reasons: [{ err_code: 'MONEY_LIMIT', count: 1, amount: 4 }],
    })
    const all = await world.play(retry(world.ports, asleep, CALLER, id, { version: answer.version }))
    expect(all).toMatchObject({ retried: 1 })
    await world.work(id)
    expect(await see(world, id)).toMatchObject({
      state: 'settling',
      counts: { ...NONE, sent: 19, unknown: 1 },
      reasons: [],
    })
  })

  test('a retry of nothing ends where it began', async () => {
    const world = smallWorld()
    const { id, version } = await started(world, 3)
    await world.work(id)
    expect(await world.play(retry(world.ports, asleep, CALLER, id, { version }))).toMatchObject({
      retried: 0,
      state: 'queued',
    })
    await world.work(id)
    expect(world.begun).toHaveLength(3)
    expect(await see(world, id)).toMatchObject({ state: 'settling' })
  })
})

describe('what settle learns later', () => {
  test('changes the counts; an unknown row that was refused for the merchant’s reason waits, and the campaign goes on', async () => {
    const world = smallWorld()
    world.says = ({ row, attempt }) => (row === 3 && attempt === 1 ? 'processing' : 'sent')
    const { id } = await started(world, 5)
    await world.work(id)
    expect(await see(world, id)).toMatchObject({ state: 'settling', counts: { ...NONE, sent: 4, unknown: 1 } })
    const [unknown] = [...world.records.values()].filter(({ outcome }) => outcome === 'unknown')
    if (unknown) world.records.set(unknown.id, afterReply({ ...unknown }, 'NOTENOUGH'))
    await world.minutes(22)
    expect(await see(world, id)).toMatchObject({ state: 'settling', counts: { ...NONE, sent: 5 } })
    expect(world.begun.map(({ row, attempt }) => [row, attempt])).toContainEqual([3, 2])
    receive(world)
    await world.minutes(85)
    expect(await see(world, id)).toMatchObject({ state: 'done', counts: { ...NONE, sent: 5, received: 5 } })
  })

  test('refused for its own reason, it is refused; paid back and manual ones are counted', async () => {
    const world = smallWorld()
    world.says = ({ row }) => (row <= 2 ? 'processing' : 'sent')
    const { id } = await started(world, 4)
    await world.work(id)
    for (const [key, record] of world.records) {
      const [, , row] = world.begun.find((one) => one.re_openid === record.re_openid)?.key.split('/') ?? []
      const changed = {
        1: afterReply({ ...record }, 'SEND_FAILED'),
        2: { ...record, outcome: 'manual' as const, open: undefined },
        3: { ...record, status: 'REFUND' as const, open: undefined },
        4: { ...record, status: 'FAILED' as const, open: undefined },
      }[row ?? '']
      if (changed) world.records.set(key, changed)
    }
    await world.minutes(80)
    expect(await see(world, id)).toMatchObject({
      state: 'done',
      counts: { ...NONE, sent: 2, refused: 1, manual: 1, refunded: 1 },
      reasons: [{ err_code: 'SEND_FAILED', count: 1, amount: 1 }],
    })
  })
})

describe('pause and cancel', () => {
  test('no row is begun after the answer', async () => {
    const world = smallWorld()
    const { id, version } = await started(world, 500)
    const until_ms = world.events.now_ms + 840_000
    const working = run(world.ports, id, () => until_ms - world.events.now_ms)
    await world.play(world.events.sleep(5_300))
    const answered = await world.play(pause(world.ports, CALLER, id, { version }))
    const answered_ms = world.events.now_ms
    expect(answered).toMatchObject({ state: 'paused', version: version + 1 })
    await world.play(working)
    expect(world.begun.length).toBeGreaterThan(50)
    expect(Math.max(...world.begun.map(({ at_ms }) => at_ms))).toBeLessThan(answered_ms)
    const paused = await see(world, id)
    expect(paused.counts).toEqual({ ...NONE, sent: world.begun.length, waiting: 500 - world.begun.length })
    await world.play(resume(world.ports, asleep, CALLER, id, { version: version + 1 }))
    await world.work(id)
    expect(world.begun.length).toBe(500)
  })

  test('a clock that is set back by minutes neither stalls the rows nor makes a permit last', async () => {
    const world = smallWorld()
    const { id, version } = await started(world, 500)
    let offset_ms = 0
    const clock = { ...world.ports.clock, now: () => world.events.now_ms + offset_ms }
    const until_ms = world.events.now_ms + 840_000
    const working = run({ ...world.ports, clock }, id, () => until_ms - world.events.now_ms)
    await world.play(world.events.sleep(5_300))
    const before = world.begun.length
    offset_ms = -360_000
    await world.play(world.events.sleep(5_000))
    expect(world.begun.length - before).toBeGreaterThan(90)
    await world.play(pause(world.ports, CALLER, id, { version }))
    const answered_ms = world.events.now_ms
    await world.play(working)
    expect(Math.max(...world.begun.map(({ at_ms }) => at_ms))).toBeLessThan(answered_ms)
    expect((await see(world, id)).counts).toEqual({
      ...NONE,
      sent: world.begun.length,
      waiting: 500 - world.begun.length,
    })
  })

  test('without a worker they answer at once', async () => {
    const world = smallWorld()
    const { id, version } = await started(world, 5)
    const at_ms = world.events.now_ms
    await world.play(cancel(world.ports, CALLER, id, { version }))
    expect(world.events.now_ms).toBe(at_ms)
    await world.work(id)
    expect(world.begun).toEqual([])
    expect(await see(world, id)).toMatchObject({
      state: 'cancelled',
      counts: { ...NONE, waiting: 5 },
      finished_at: expect.any(Number),
    })
  })
})

describe('two campaigns of one merchant', () => {
  test('never run together: the second is queued until the first has sent its rows', async () => {
    const world = smallWorld()
    const first = await started(world, 300)
    const draft = await aDraft(world, aList(300, 'others'), { name: '元宵' })
    const second = await world.play(
      start(world.ports, asleep, CALLER, draft.id, { version: 1, even_if_similar: false }),
    )
    const until_ms = world.events.now_ms + 840_000
    const remaining_ms = () => until_ms - world.events.now_ms
    await world.play(Promise.all([run(world.ports, first.id, remaining_ms), run(world.ports, second.id, remaining_ms)]))
    expect(await see(world, second.id)).toMatchObject({ state: 'queued', counts: { waiting: 300 } })
    await world.minutes(3)
    expect(await see(world, second.id)).toMatchObject({ state: 'settling', counts: { ...NONE, sent: 300 } })
    const keys = world.begun.map(({ key }) => key.split('/')[1])
    expect(keys).toEqual([...Array(300).fill(first.id), ...Array(300).fill(second.id)])
  })
})

test('a worker that dies leaves a lease, and after it the next one goes on; no row twice', async () => {
  const world = smallWorld()
  const { id } = await started(world, 200)
  const { store } = world.ports
  const { run } = await import('../../../lib/campaigns/worker.ts')
  const until_ms = world.events.now_ms + 840_000
  // Its writes and reads come to nothing after 3 s: as good as dead.
  const dead_ms = world.events.now_ms + 3_000
  const dying = new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(target, name)
      return (...given: unknown[]) =>
        world.events.now_ms > dead_ms ? new Promise(() => {}) : Reflect.apply(method, target, given)
    },
  })
  void run({ ...world.ports, store: dying }, id, () => until_ms - world.events.now_ms)
  await world.play(world.events.sleep(10_000))
  const begun = world.begun.length
  await world.work(id)
  expect(world.begun.length).toBe(begun)
  await world.minutes(3)
  expect(await see(world, id)).toMatchObject({ state: 'settling', counts: { ...NONE, sent: 200 } })
  expect(new Set(world.begun.map(({ key }) => key)).size).toBe(world.begun.length)
})

test('rows are removed 400 days after the end, and drafts 30 days after their last write', async () => {
  const world = smallWorld()
  const { id, version } = await started(world, 5)
  await world.play(cancel(world.ports, CALLER, id, { version }))
  const draft = await aDraft(world, aList(5), { name: '清明' })
  world.events.now_ms += 30 * 86_400_000
  await world.minutes(1)
  expect(world.memory.campaign(draft.id)).toBeUndefined()
  world.events.now_ms += 370 * 86_400_000
  await world.minutes(1)
  await expect(
    listRows(world.ports, MINIAPP_ID, id, { limit: 20, offset: 0, outcome: undefined }),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect(await see(world, id)).toMatchObject({ state: 'cancelled', rows_count: 5 })
  expect(world.memory.heads(id)).toEqual([])
})
