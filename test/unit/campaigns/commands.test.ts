// Commands: what start asks, what pause waits for, and what a repeated or an old one gets.
import { describe, expect, test } from 'vitest'
import { cancel, pause, resume, retry, start } from '../../../lib/campaigns/command.ts'
import { get } from '../../../lib/campaigns/show.ts'
import { run } from '../../../lib/campaigns/worker.ts'
import { AppError } from '../../../lib/errors.ts'
import { MINIAPP_ID } from '../records.ts'
import { aDraft, aList, CALLER, type SmallWorld, smallWorld } from './world.ts'

const asleep = async () => {}
const NOW = { version: 1, even_if_similar: false }

async function begun(world: SmallWorld, count = 300, options = {}) {
  const { id } = await aDraft(world, aList(count), options)
  await world.play(start(world.ports, asleep, CALLER, id, NOW))
  return id
}

function working(world: SmallWorld, id: string, ports = world.ports) {
  const until_ms = world.events.now_ms + 840_000
  return run(ports, id, () => until_ms - world.events.now_ms)
}

describe('start', () => {
  test('queues it, wakes the worker, and says who started it', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(3))
    const woken: string[] = []
    const wake = async (one: string) => void woken.push(one)
    const caller = { ...CALLER, keyid: 'key-2' }
    const answer = await world.play(start(world.ports, wake, caller, id, NOW))
    expect(answer).toMatchObject({ state: 'queued', version: 2, similar: [], started_at: expect.any(Number) })
    // Repeated, it wakes again: the first wake-up may have been lost.
    expect(await world.play(start(world.ports, wake, caller, id, NOW))).toEqual(answer)
    expect(woken).toEqual([id, id])
    expect(world.memory.campaign(id)).toMatchObject({ keyid: 'key-2', state: 'queued', version: 2 })
  })

  test('names the first 20 chunks that are missing', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(12_000))
    await world.ports.store.removeRows(id, [3, 7])
    await expect(world.play(start(world.ports, asleep, CALLER, id, NOW))).rejects.toMatchObject({
      code: 'campaign_incomplete',
      message: '名单不完整：还有 2 块没有上传',
      errors: [{ pointer: '/rows/3' }, { pointer: '/rows/7' }],
    })
  })

  test('of a sum that differs says both', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(3))
    await world.ports.store.putDraft(id, 0, { count: 3, sum: 601 as never, digest: 'AAAAAAAA', values: '' })
    await expect(world.play(start(world.ports, asleep, CALLER, id, NOW))).rejects.toMatchObject({
      code: 'campaign_incomplete',
      message: '名单不完整：各行金额之和为 6.01 元，活动声明的是 6 元',
      errors: [{ pointer: '/total_amount' }],
    })
  })

  test('without a certificate is refused, and the draft stays', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(3))
    const merchants = { load: () => Promise.reject(new AppError('certificate_missing', '未配置')) }
    await expect(world.play(start({ ...world.ports, merchants }, asleep, CALLER, id, NOW))).rejects.toMatchObject({
      code: 'certificate_missing',
    })
    expect((await get(world.ports, MINIAPP_ID, id)).state).toBe('draft')
  })
})

describe('a list that was started before', () => {
  async function asked(world: SmallWorld, rows: ReturnType<typeof aList>, options = {}) {
    const { id } = await aDraft(world, rows, { name: '第二次', ...options })
    return world.play(start(world.ports, asleep, CALLER, id, NOW)).then(
      (answer) => answer.similar,
      (error: AppError) => (error.more?.similar as { id: string; share: number; paid: object }[]) ?? error,
    )
  }

  test('is asked about, with what it has paid by now', async () => {
    const world = smallWorld()
    const id = await begun(world, 30)
    await world.work(id)
    expect(await asked(world, aList(30))).toEqual([
      {
        id,
        name: '春节',
        share: 1,
        state: 'settling',
        created_at: expect.any(Number),
        paid: { count: 30, amount: 90 },
      },
    ])
  })

  test.for([
    ['sorted the other way', (rows: ReturnType<typeof aList>) => [...rows].reverse(), 1],
    ['cut to its second half', (rows: ReturnType<typeof aList>) => rows.slice(15), 1],
    ['with two thirds of it', (rows: ReturnType<typeof aList>) => [...rows.slice(10), ...aList(10, 'new')], 0.67],
    ['as part of a larger one', (rows: ReturnType<typeof aList>) => [...rows, ...aList(600, 'new')], 1],
    [
      'with another wishing',
      (rows: ReturnType<typeof aList>) => rows.map((row) => ({ ...row, wishing: '万事如意' })),
      1,
    ],
  ] as const)('is noticed %s', async ([, change, share]) => {
    const world = smallWorld()
    await begun(world, 30)
    expect(await asked(world, change(aList(30)))).toMatchObject([{ name: '春节', share }])
  })

  test.for([
    ['other amounts', (rows: ReturnType<typeof aList>) => rows.map((row) => ({ ...row, total_amount: 9 }))],
    ['half of it', (rows: ReturnType<typeof aList>) => [...rows.slice(15), ...aList(15, 'new')]],
    ['other people', () => aList(30, 'new')],
    [
      'another account',
      (rows: ReturnType<typeof aList>) => rows.map((row) => ({ ...row, official_account_id: 'wx2' })),
    ],
  ] as const)('%s is another list', async ([, change]) => {
    const world = smallWorld()
    await begun(world, 30)
    expect(await asked(world, change(aList(30)))).toEqual([])
  })

  test('is not compared after 30 days, nor with drafts that were never started', async () => {
    const world = smallWorld()
    await aDraft(world, aList(30), { name: '草稿' })
    await begun(world, 30)
    world.events.now_ms += 30 * 86_400_000 + 1_000
    expect(await asked(world, aList(30))).toEqual([])
  })

  test('two that are started at the same moment: one at the least is asked about', async () => {
    const world = smallWorld()
    const [a, b] = [await aDraft(world, aList(30)), await aDraft(world, aList(30), { name: '同时' })]
    const starts = [a, b].map(({ id }) => start(world.ports, asleep, CALLER, id, NOW))
    const ends = await world.play(Promise.allSettled(starts))
    expect(ends.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(1)
  })

  test('even if it is meant, the campaign says which ones are similar', async () => {
    const world = smallWorld()
    const first = await begun(world, 30)
    const { id } = await aDraft(world, aList(30), { name: '第二次' })
    const answer = await world.play(start(world.ports, asleep, CALLER, id, { version: 1, even_if_similar: true }))
    expect(answer.similar).toEqual([{ id: first, name: '春节', share: 1 }])
  })
})

describe('pause', () => {
  test('waits for a worker that takes the lease between its read and its write', async () => {
    const world = smallWorld()
    const id = await begun(world)
    const { store } = world.ports
    // The worker reads that it is running just before the pause is written.
    const slow: typeof store = {
      ...store,
      command: async (seen, next) => {
        void working(world, id)
        await world.events.sleep(300)
        return store.command(seen, next)
      },
    }
    await store.lease(id, 'first', world.events.now_ms, world.events.now_ms)
    await store.save(id, 'first', { state: 'running', lease_until_ms: 0 })
    await world.play(pause({ ...world.ports, store: slow }, CALLER, id, { version: 2 }))
    const answered_ms = world.events.now_ms
    const before = world.begun.length
    expect(before).toBeGreaterThan(0)
    await world.play(world.events.sleep(60_000))
    expect(world.begun.length).toBe(before)
    expect(Math.max(...world.begun.map(({ at_ms }) => at_ms))).toBeLessThan(answered_ms)
  })

  test('is obeyed also if the worker’s reads take long and then fail: the permit counts from their beginning', async () => {
    const world = smallWorld()
    const id = await begun(world, 500)
    const { store } = world.ports
    let reads: 'quick' | 'slow' | 'away' = 'quick'
    const slow: typeof store = {
      ...store,
      get: async (one) => {
        if (reads === 'away') throw new AppError('store_unavailable', '')
        const read = await store.get(one)
        if (reads === 'slow') {
          reads = 'away'
          paused = pause(world.ports, CALLER, id, { version: 2 }).then(() => {
            before = world.begun.length
          })
          await world.events.sleep(900)
        }
        return read
      },
    }
    let paused: Promise<void> | undefined
    let before = -1
    void working(world, id, { ...world.ports, store: slow })
    await world.play(world.events.sleep(2_100))
    reads = 'slow'
    await world.play(world.events.sleep(20_000))
    await paused
    expect(before).toBeGreaterThan(0)
    expect(world.begun.length).toBe(before)
  })

  test('of a campaign whose worker could not write for long: another goes on, and the two never both', async () => {
    const world = smallWorld()
    const id = await begun(world, 400, { rate_per_s: 5 })
    const { store } = world.ports
    const mute: typeof store = { ...store, save: () => Promise.reject(new AppError('store_unavailable', '')) }
    let isMute = false
    const halfMute: typeof store = { ...store, save: (...given) => (isMute ? mute : store).save(...given) }
    void working(world, id, { ...world.ports, store: halfMute })
    await world.play(world.events.sleep(10_000))
    isMute = true
    await world.play(world.events.sleep(46_000))
    const last_ms = world.begun.at(-1)?.at_ms ?? 0
    // It stopped by itself, before anybody could take its lease.
    expect(world.events.now_ms - last_ms).toBeGreaterThan(5_000)
    await world.play(world.events.sleep(30_000))
    await world.work(id)
    expect(new Set(world.begun.map(({ key }) => key)).size).toBe(400)
  })
})

describe('a command that', () => {
  test('is older than the last one is refused, and says where the campaign is', async () => {
    const world = smallWorld()
    const id = await begun(world)
    await world.play(pause(world.ports, CALLER, id, { version: 2 }))
    await expect(world.play(cancel(world.ports, CALLER, id, { version: 2 }))).rejects.toMatchObject({
      code: 'campaign_changed',
      more: { state: 'paused', version: 3 },
    })
  })

  test('the state does not allow is refused', async () => {
    const world = smallWorld()
    const { id } = await aDraft(world, aList(3))
    for (const command of [pause, cancel] as const) {
      const sent = world.play(command(world.ports, CALLER, id, { version: 1 }))
      if (command === pause)
        await expect(sent).rejects.toMatchObject({ code: 'campaign_state', more: { state: 'draft' } })
      else expect(await sent).toMatchObject({ state: 'cancelled' })
    }
    await expect(world.play(resume(world.ports, asleep, CALLER, id, { version: 2 }))).rejects.toMatchObject({
      code: 'campaign_state',
    })
    await expect(world.play(retry(world.ports, asleep, CALLER, id, { version: 2 }))).rejects.toMatchObject({
      code: 'campaign_state',
    })
  })

  test('another mini app gives is 404', async () => {
    const world = smallWorld()
    const id = await begun(world)
    const caller = { miniapp_id: 'another', keyid: 'key' }
    await expect(world.play(pause(world.ports, caller, id, { version: 2 }))).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(world.play(pause(world.ports, CALLER, 'no id', { version: 2 }))).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('meets a worker that has just moved the campaign is written all the same', async () => {
    const world = smallWorld()
    const id = await begun(world)
    const { store } = world.ports
    let isFirst = true
    const raced: typeof store = {
      ...store,
      command: async (seen, next) => {
        if (isFirst) {
          isFirst = false
          await store.lease(id, 'w', world.events.now_ms, world.events.now_ms)
          await store.save(id, 'w', { state: 'running', lease_until_ms: 0 }, seen)
        }
        return store.command(seen, next)
      },
    }
    expect(await world.play(pause({ ...world.ports, store: raced }, CALLER, id, { version: 2 }))).toMatchObject({
      state: 'paused',
      version: 3,
    })
  })
})
