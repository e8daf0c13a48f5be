// A few hundred requests of the fuzzer, as `npm run fuzz` sends thousands: none is answered with 5xx, or not as described.
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../lib/http/version.ts'
import { fuzz } from '../fuzz/fuzz.ts'
import { anyRequest, described } from '../fuzz/requests.ts'
import { handlers, over, type Way } from '../fuzz/ways.ts'
import { callers, stack, useStack } from '../support/service.ts'

useStack()

/** A busy machine is late: what is looked for here is what never comes, and `npm run fuzz` looks closer. */
const SLOW_MS = 30_000
const options = { caller: callers.own, seed: 1, slow_ms: SLOW_MS, drafts: described }
const QUIET = { REDPACK_LOG: 'off' }

describe('requests made from the API description are answered as it says', () => {
  it('300 at the handlers', async () => {
    const way = await handlers({ ...stack.env, ...QUIET })

    const { statuses, sound } = await fuzz({ ...options, way, requests: 300 })

    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '201', '400', '404', '415']))
    expect(sound).toBeGreaterThan(10)
  })

  it('150 over HTTP', async () => {
    const { statuses } = await fuzz({ ...options, way: over(stack.url), drafts: anyRequest, requests: 150 })

    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404', '415']))
  })
})

describe('the fuzzer finds', () => {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'redpack-version': VERSION,
  }
  const answering = (status: number, body: object): Way => {
    const answer = { status, headers, text: JSON.stringify(body) }
    return async () => answer
  }
  const sent = { return_code: 'SUCCESS', mch_billno: 'RP1', send_listid: '1', id: 'f'.repeat(24), outcome: 'sent' }

  it.each<[string, Way, RegExp, number?]>([
    ['a 500', answering(500, {}), /500: \{\}/],
    ['an answer without a description', answering(201, {}), /201 is not described/],
    ['a field too many', answering(200, { ...sent, seq: 1 }), /not as described/],
    ['a signature that is not looked at', answering(200, sent), /is not|200 for a signature/],
    ['an answer that is late each time', answering(200, sent), /hangs: /, -1],
  ])('%s', async (_, way, message, slow_ms = SLOW_MS) => {
    await expect(fuzz({ ...options, way, slow_ms, requests: 100 })).rejects.toThrow(message)
  })
})
