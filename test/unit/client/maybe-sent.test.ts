// Whether a send that ended in an error may still have been sent: the service's own word, and a cautious guess without it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RedPack, type RedPackError } from '../../../client/src/index.ts'
import {
  IN_PROGRESS,
  INTERNAL,
  PARAMS,
  type Play,
  PROBLEM_415,
  reset,
  startService,
  UNAVAILABLE,
} from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'

let time: ReturnType<typeof takeTime>
beforeEach(() => {
  time = takeTime()
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** The error of a send that is answered `plays`, one after the other. */
async function errorOf(...plays: [Play, ...Play[]]): Promise<RedPackError> {
  await using service = await startService(...plays)
  const redPack = new RedPack({ ...service.options, retries: plays.length - 1 })
  return await redPack.sendRedPack(PARAMS, { idempotency_key: 'k-1' }).then(
    () => expect.unreachable(),
    (error) => error,
  )
}

const saying = (status: number, code: string, maybe_sent?: unknown) => ({
  status,
  body: { code, detail: '某个原因', ...(maybe_sent === undefined ? {} : { maybe_sent }) },
})

describe('the service says it', () => {
  it.each([
    [503, 'store_unavailable', true],
    [409, 'in_progress', true],
    [500, 'internal', true],
    [500, 'internal', false],
    [503, 'store_unavailable', false],
    [503, 'secrets_unavailable', false],
    [503, 'too_many_open', false],
    [503, 'too_many_open', true],
    [503, 'stopped', false],
    [503, 'misconfigured', false],
    [503, 'misconfigured', true],
    [400, 'invalid_parameters', false],
    [400, 'merchant_changed', true],
    [422, 'key_reused', true],
    [422, 'key_reused', false],
    [415, 'not_a_cloud_function', false],
    [418, 'a_code_of_a_newer_service', true],
    [503, 'a_code_of_a_newer_service', false],
  ])('%i %s: %s', async (status, code, maybe_sent) => {
    expect(await errorOf(saying(status, code, maybe_sent))).toMatchObject({
      name: 'HError',
      code: status,
      problem: { code, maybe_sent },
      idempotency_key: 'k-1',
      maybe_sent,
    })
  })
})

describe('an older service does not say it', () => {
  it.each([
    ['store_unavailable: the claim may stand though its acknowledgement was lost', UNAVAILABLE, true],
    ['in_progress: another request is at it', IN_PROGRESS, true],
    ['internal', INTERNAL, true],
    ['key_reused: what stands under the key is another packet', saying(422, 'key_reused'), false],
    ['merchant_changed: a record stands', saying(400, 'merchant_changed'), true],
    ['too_many_open, which an older service does not know', saying(503, 'too_many_open'), true],
    ['a word that is no truth value', saying(503, 'store_unavailable', 'false'), true],
    ['secrets_unavailable: the key material was not there to begin with', saying(503, 'secrets_unavailable'), false],
    ['invalid_parameters', saying(400, 'invalid_parameters'), false],
    ['certificate_missing', saying(400, 'certificate_missing'), false],
    ['idempotency_key_malformed', saying(400, 'idempotency_key_malformed'), false],
    ['not_a_cloud_function', { status: 415, body: PROBLEM_415 }, false],
  ])('%s', async (_, play, maybe_sent) => {
    expect(await errorOf(play)).toMatchObject({ name: 'HError', maybe_sent })
  })
})

describe('something before the service answers', () => {
  it.each([400, 401, 403, 404, 405, 413, 414, 429, 431])('%i: it has passed nothing on', async (status) => {
    expect(await errorOf({ status, body: { message: 'no' } })).toMatchObject({ code: status, maybe_sent: false })
  })

  it.each([408, 409, 424, 444, 460, 499, 500, 502, 503, 504, 520, 524])(
    '%i: it may have given up waiting',
    async (status) => {
      expect(await errorOf({ status, body: '<html>no</html>' })).toMatchObject({
        code: status,
        problem: undefined,
        maybe_sent: true,
      })
    },
  )

  it('200 with a page of its own: the send may be behind it', async () => {
    expect(await errorOf({ body: '<html>filtered</html>' })).toMatchObject({ name: 'NetworkError', maybe_sent: true })
  })
})

describe('once in doubt, a send stays in doubt', () => {
  const SURE = [
    ['415', { status: 415, body: PROBLEM_415 }],
    ['503 that says it is not sent', saying(503, 'secrets_unavailable', false)],
    ['the brake', saying(503, 'stopped', false)],
    ['400', saying(400, 'invalid_parameters', false)],
    ['a firewall', { status: 403, body: 'Forbidden' }],
  ] as const
  const DOUBTFUL: [string, Play][] = [
    ['a reset connection', reset],
    ['no answer in time', () => time.runOut()],
    ['503 that says it may be sent', saying(503, 'store_unavailable', true)],
    ['a gateway that gave up', { status: 504 }],
  ]

  it.each(DOUBTFUL.flatMap(([before, fault]) => SURE.map(([name, sure]) => [name, before, sure, fault] as const)))(
    '%s after %s',
    async (_, __, sure, fault) => {
      expect(await errorOf(fault, sure)).toMatchObject({ name: 'HError', maybe_sent: true })
    },
  )
})

describe('the message', () => {
  it('of a send in doubt says so in both languages after the service’s sentence, with the key', async () => {
    expect((await errorOf(UNAVAILABLE)).message).toMatch(
      /^暂时无法读写记录\. The outcome is unknown, .* the same idempotency_key k-1, never .*结果未知，红包可能已经发出/,
    )
  })

  it('of a send that moved no money is the service’s sentence and nothing else', async () => {
    expect((await errorOf(saying(400, 'invalid_parameters', false))).message).toBe('某个原因')
  })
})

it('is false for a query, which says nothing of keys', async () => {
  await using service = await startService(reset)

  const error: RedPackError = await new RedPack({ ...service.options, retries: 0 }).getSentRedPack('1').catch((e) => e)

  expect(error).toMatchObject({ name: 'NetworkError', idempotency_key: undefined, maybe_sent: false })
  expect(error.message).not.toContain('unknown')
})
