// Whether a send's answer is the one of an earlier call: then this call has paid nobody.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RedPack } from '../../../client/src/index.ts'
import { SENT } from '../../../client/test/page.ts'
import { PARAMS, type Play, reset, startService } from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'

beforeEach(() => {
  takeTime()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const KEY = { idempotency_key: 'k-1' }
const repeated = (value: string): Play => ({ body: SENT, headers: { 'idempotent-replayed': value } })
const THROTTLED = { status: 429 }

describe('replayed', () => {
  it.each<[string, boolean, [Play, ...Play[]]]>([
    ['an answer that was stored', true, [repeated('true')]],
    ['an answer that was stored, whatever the header’s letters', true, [repeated(' TRUE ')]],
    ['a new answer', false, [{ body: SENT }]],
    ['a new answer of a service that says so', false, [repeated('false')]],
    ['a stored answer after a try that certainly did nothing', true, [THROTTLED, repeated('true')]],
    ['a stored answer after a try in doubt, whose own it may be', false, [reset, repeated('true')]],
  ])('of %s is %s', async (_, replayed, plays) => {
    await using service = await startService(...plays)

    const reply = await new RedPack(service.options).sendRedPack(PARAMS, KEY)

    expect(reply.replayed).toBe(replayed)
    expect(reply.data).toEqual(SENT)
  })

  it('is in no JSON, and no part of the answer', async () => {
    await using service = await startService(repeated('true'))

    const reply = await new RedPack(service.options).sendRedPack(PARAMS, KEY)

    expect(JSON.parse(JSON.stringify(reply))).toEqual({ status: 200, data: SENT, ...KEY })
    expect({ ...reply }).toStrictEqual({ status: 200, data: SENT, ...KEY })
    expect(reply.data).not.toHaveProperty('replayed')
  })
})
