// A send on the table in memory: what a caller is told, where an error comes from, and how often WeChat is called.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AppError, type ErrorCode } from '../../../lib/errors.ts'
import { get } from '../../../lib/redpack/get.ts'
import { fen } from '../../../lib/redpack/money.ts'
import { UNPACED } from '../../../lib/redpack/pace.ts'
import type { Merchant, Notice, Ports, Sent } from '../../../lib/redpack/ports.ts'
import { limitDayOf } from '../../../lib/redpack/record.ts'
import { send } from '../../../lib/redpack/send.ts'
import { memoryTable } from '../../support/memory-store.ts'
import { aMerchant, aRecord, aSend, KEYID, MINIAPP_ID, NOW_S } from '../records.ts'

const PAID: Sent = { means: 'paid', send_listid: '1000041701201511', raw: '<xml>SUCCESS</xml>' }
const TOO_FAST: Sent = { means: 'too_fast', err_code: 'FREQ_LIMIT', err_code_des: '超过频率限制', raw: '<xml>F</xml>' }

/** A world whose clock moves only while somebody sleeps. */
function aWorld(replies: readonly Sent[], merchant: Merchant = aMerchant()) {
  const memory = memoryTable()
  let now_ms = NOW_S * 1000
  const called_ms: number[] = []
  const notices: Notice[] = []
  const now = () => now_ms
  const ports: Ports = {
    store: memory.store({ now, token: randomUUID }),
    sequences: memory.sequences,
    leases: memory.leases,
    limits: memory.limits,
    controls: memory.controls,
    pace: UNPACED,
    campaignRate: async () => 0,
    clock: {
      now,
      sleep: async (duration_ms) => {
        now_ms += duration_ms
      },
    },
    random: () => 0,
    report: (notice) => notices.push(notice),
    miniapps: async () => [MINIAPP_ID],
    merchants: { load: async () => merchant, renew: async () => merchant },
    wechat: {
      send: async () => {
        called_ms.push(now_ms)
        return replies[Math.min(called_ms.length, replies.length) - 1] ?? PAID
      },
      query: async () => ({ means: 'unclear' }),
    },
  }
  const ends_ms = now_ms + 29_000
  const request = (key: string, params = aSend()) => ({
    miniapp_id: MINIAPP_ID,
    idempotency_key: key,
    keyid: KEYID,
    params,
    merchant,
    remaining_ms: () => ends_ms - now_ms,
  })
  return { memory, ports, request, called_ms, notices }
}

const down = async () => {
  throw new AppError('store_unavailable', '暂时无法读写红包记录')
}
const told = (code: ErrorCode, maybe_sent: boolean) => ({ name: 'AppError', code, maybe_sent })

describe('a refusal without a code', () => {
  const SAID: Sent = {
    means: 'unclear',
    err_code: 'FAIL',
    err_code_des: '签名错误',
    raw: '<xml>F</xml>',
    why: 'a failure without err_code: 签名错误',
  }

  test("is unknown, and WeChat's words are in answer, record and log", async () => {
    const { ports, request, called_ms, memory, notices } = aWorld([SAID])
    const { body, processing } = await send(ports, request('order-1'))
    const { id, mch_billno } = body
    expect({ body, processing }).toEqual({
      body: { err_code: 'FAIL', err_code_des: '签名错误', id, mch_billno, outcome: 'unknown' },
      processing: false,
    })
    expect((await get(ports, MINIAPP_ID, id)).result).toEqual({
      err_code: 'FAIL',
      err_code_des: '签名错误',
      mch_billno,
    })
    expect(memory.records()).toMatchObject([{ outcome: 'unknown', err_code: 'FAIL', err_code_des: '签名错误' }])
    expect(notices).toMatchObject([
      { event: 'reply_unclear', why: 'a failure without err_code: 签名错误' },
      { event: 'outcome', record: { err_code_des: '签名错误' } },
    ])
    expect(called_ms).toHaveLength(1)
  })

  test('a code of no list is told with its text', async () => {
    const { ports, request, notices } = aWorld([{ means: 'unclear', err_code: '268458547', err_code_des: '系统繁忙' }])
    await send(ports, request('order-1'))
    expect(notices[0]).toMatchObject({ event: 'reply_unclear', why: '268458547: 系统繁忙' })
  })
})

describe('an answer', () => {
  test('is given again without a call, and says so', async () => {
    const { ports, request, called_ms } = aWorld([PAID])
    const first = await send(ports, request('order-1'))
    const second = await send(ports, request('order-1'))
    expect([first.replayed, second.replayed]).toEqual([false, true])
    expect(second).toEqual({ ...first, replayed: true })
    expect(called_ms).toHaveLength(1)
  })
})

describe('the record', () => {
  test('holds the key and who sent it first, also after another caller of the mini app has sent it again', async () => {
    const { ports, request, memory } = aWorld([{ means: 'unclear' }, PAID])
    await send(ports, request('order-1'))
    const { body } = await send(ports, { ...request('order-1'), keyid: 'another' })
    expect(body.outcome).toBe('sent')
    expect(memory.records()).toEqual([
      expect.objectContaining({ outcome: 'sent', idempotency_key: 'order-1', keyid: KEYID, version: 4 }),
    ])
  })
})

describe('too fast', () => {
  test('is called again more than a second apart, until it is paid', async () => {
    const { ports, request, called_ms } = aWorld([TOO_FAST, TOO_FAST, PAID])
    const { processing } = await send(ports, request('order-1'))
    expect(processing).toBe(false)
    const [first = 0, second = 0, third = 0] = called_ms
    expect([second - first, third - second]).toEqual([1_100, 1_100])
  })

  test('ten times is a refusal', async () => {
    const { ports, request, called_ms, memory } = aWorld([TOO_FAST])
    await send(ports, request('order-1'))
    expect(called_ms).toHaveLength(10)
    expect(memory.records().map(({ outcome, err_code }) => [outcome, err_code])).toEqual([['refused', 'FREQ_LIMIT']])
  })
})

describe('whether a send that failed may still be carried out', () => {
  test('yes if the commands cannot be read: nothing is written now, but a record of an earlier try may stand', async () => {
    const { ports, request, memory } = aWorld([PAID])
    const without = { ...ports, controls: { read: down } }
    await expect(send(without, request('order-1'))).rejects.toMatchObject(told('store_unavailable', true))
    expect(memory.records()).toEqual([])
  })

  test('not if the brake is on: nothing is written', async () => {
    const { ports, request, memory } = aWorld([PAID])
    memory.commanded.stopped_all = true
    await expect(send(ports, request('order-1'))).rejects.toMatchObject(told('stopped', false))
    expect(memory.records()).toEqual([])
  })

  test('yes if the brake is on and a send without a result stands', async () => {
    const { ports, request, memory } = aWorld([{ means: 'no_result' }])
    await send(ports, request('order-1'))
    memory.commanded.stopped_all = true
    await expect(send(ports, request('order-1'))).rejects.toMatchObject(told('stopped', true))
  })

  test.for([
    ['without a daily limit', undefined],
    ['with one', fen(100_000)],
  ] as const)('not if 500 sends of the merchant are open, %s; one of those is carried on', async ([, daily_limit]) => {
    const { ports, request, memory } = aWorld([{ means: 'no_result' }], aMerchant({ daily_limit }))
    await send(ports, request('order-0'))
    for (let i = 1; i < 500; i += 1) {
      const record = aRecord(`order-${i}`)
      if (daily_limit === undefined) await memory.limits.addOpen(record)
      else await memory.limits.reserve(record, limitDayOf(NOW_S * 1000), daily_limit)
    }
    await expect(send(ports, request('one more'))).rejects.toMatchObject(told('too_many_open', false))
    expect(memory.records()).toHaveLength(1)
    expect((await send(ports, request('order-0'))).processing).toBe(true)
  })

  test('yes if the claim may have been written', async () => {
    const { ports, request } = aWorld([PAID])
    const without = { ...ports, store: { ...ports.store, insert: down } }
    await expect(send(without, request('order-1'))).rejects.toMatchObject(told('store_unavailable', true))
  })

  test('yes if the limit cannot be reserved: the record stands, and nobody was called', async () => {
    const { ports, request, called_ms, memory } = aWorld([PAID], aMerchant({ daily_limit: fen(1_000) }))
    const without = { ...ports, limits: { ...ports.limits, reserve: down } }
    await expect(send(without, request('order-1'))).rejects.toMatchObject(told('store_unavailable', true))
    expect(memory.records().map(({ outcome, lease_until_ms }) => [outcome, lease_until_ms])).toEqual([['unknown', 0]])
    expect(called_ms).toEqual([])
  })

  test.for([
    ['a final one', PAID, false],
    ['one without a result', { means: 'no_result' }, true],
  ] as const)('other parameters under the key of %s', async ([, reply, maybe_sent]) => {
    const { ports, request } = aWorld([reply])
    await send(ports, request('order-1'))
    const other = request('order-1', aSend({ total_amount: fen(200) }))
    await expect(send(ports, other)).rejects.toMatchObject(told('key_reused', maybe_sent))
  })
})

describe('the store is gone after WeChat has answered', () => {
  test('the answer says that nothing is known yet, in time, and the record keeps its lease', async () => {
    const { ports, request, memory } = aWorld([PAID])
    // As DynamoDB that hangs: each try takes all the time it is given.
    const tries_ms: number[] = []
    const prepare: Ports['store']['prepare'] = () => async (timeout_ms) => {
      tries_ms.push(timeout_ms)
      await ports.clock.sleep(timeout_ms)
      return down()
    }
    const { remaining_ms, ...asked } = request('order-1')
    const result = await send({ ...ports, store: { ...ports.store, prepare } }, { ...asked, remaining_ms })
    expect([result.processing, result.replayed]).toEqual([true, false])
    expect(tries_ms).toEqual([1_100, 1_100, 1_100])
    expect(remaining_ms()).toBeGreaterThan(0)
    expect(memory.records().map(({ outcome }) => outcome)).toEqual(['pending'])
  })
})

describe('credentials that WeChat does not take', () => {
  const STALE: Sent = {
    means: 'credentials_stale',
    err_code: 'CA_ERROR',
    err_code_des: '证书出错',
    raw: '<xml>C</xml>',
  }

  test('are read once more, and the same number is called again', async () => {
    const { ports, request, called_ms } = aWorld([STALE, PAID])
    expect((await send(ports, request('order-1'))).body).toMatchObject({ outcome: 'sent' })
    expect(called_ms).toHaveLength(2)
  })

  test.for([
    ['another merchant', aMerchant({ mch_id: '10000099' })],
    ['none', undefined],
  ] as const)('now those of %s: the number is not called again', async ([, renewed]) => {
    const { ports, request, called_ms } = aWorld([STALE, PAID])
    const changed: Ports = { ...ports, merchants: { ...ports.merchants, renew: async () => renewed } }
    expect((await send(changed, request('order-1'))).body).toMatchObject({ outcome: 'refused', err_code: 'CA_ERROR' })
    expect(called_ms).toHaveLength(1)
  })
})
