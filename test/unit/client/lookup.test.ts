// What became of a key, asked without sending anything.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HError, RedPack } from '../../../client/src/index.ts'
import { PAGE, RECORD } from '../../../client/test/page.ts'
import { type Play, reset, startService } from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'

beforeEach(() => {
  takeTime()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const KEY = { idempotency_key: 'order-7' }
const MINIAPP = 'wx0123456789abcdef'
const ID = createHash('sha256').update(`redpack\0${MINIAPP}\0order-7`).digest('hex').slice(0, 24)
const LIST = { body: { ...PAGE, objects: PAGE.objects.map((one) => ({ ...one, miniapp_id: MINIAPP })) } }
const EMPTY = { body: { meta: { ...PAGE.meta, total_count: 0 }, objects: [] } }
const FOUND = { body: { ...RECORD, id: ID, miniapp_id: MINIAPP } }
const NOT_FOUND = { status: 404, body: { code: 'not_found', detail: '当前小程序没有这条红包记录' } }

async function lookUp(options: { miniapp_id?: string; retries?: number }, ...plays: [Play, ...Play[]]) {
  await using service = await startService(...plays)
  const reply = await new RedPack({ ...service.options, ...options }).getSentRedPack(KEY).catch((error) => error)
  return { reply, seen: service.seen.map(({ method, url }) => `${method} ${url}`) }
}

describe('getSentRedPack({ idempotency_key })', () => {
  it('learns the mini app from the list', async () => {
    expect(await lookUp({}, LIST, FOUND)).toEqual({
      reply: { status: 200, data: FOUND.body },
      seen: ['GET /redpacks?limit=1', `GET /redpacks/${ID}`],
    })
  })

  it('asks at once if it is told the mini app', async () => {
    expect(await lookUp({ miniapp_id: MINIAPP }, FOUND)).toEqual({
      reply: { status: 200, data: FOUND.body },
      seen: [`GET /redpacks/${ID}`],
    })
  })

  it('takes the mini app from the environment', async () => {
    vi.stubEnv('REDPACK_MINIAPP_ID', MINIAPP)

    expect((await lookUp({}, FOUND)).seen).toEqual([`GET /redpacks/${ID}`])
  })

  it.each<[string, { miniapp_id?: string }, [Play, ...Play[]]]>([
    ['learned', {}, [LIST, NOT_FOUND]],
    ['told', { miniapp_id: MINIAPP }, [NOT_FOUND, LIST]],
    ['told, and the list is empty', { miniapp_id: MINIAPP }, [NOT_FOUND, EMPTY]],
  ])('is 404 if there is no record yet, which leaves the key in doubt (mini app %s)', async (_, options, plays) => {
    const { reply } = await lookUp(options, ...plays)

    expect(reply).toBeInstanceOf(HError)
    expect(reply).toMatchObject({ code: 404, problem: NOT_FOUND.body, ...KEY, maybe_sent: true })
    expect(reply.message).toMatch(/^当前小程序没有这条红包记录\. .*go on with the same idempotency_key order-7/)
  })

  it('is no 404 if it was told another mini app than the caller’s', async () => {
    const { reply } = await lookUp({ miniapp_id: 'wxffff' }, NOT_FOUND, LIST)

    expect(reply).toEqual(
      new TypeError(
        `RedPack: miniapp_id must be ${MINIAPP}, the mini app of the caller cloud-function-1, not wxffff. Nothing was sent.`,
      ),
    )
  })

  it('is 404 and names the option if the list is empty and it was told no mini app', async () => {
    const { reply, seen } = await lookUp({}, EMPTY)

    expect(reply).toMatchObject({ name: 'HError', code: 404, problem: undefined, ...KEY, maybe_sent: true })
    expect(reply.message).toMatch(/give new RedPack\(\{ miniapp_id \}\)/)
    expect(seen).toEqual(['GET /redpacks?limit=1'])
  })

  it.each<[string, { miniapp_id?: string }]>([
    ['the list', {}],
    ['the record', { miniapp_id: MINIAPP }],
  ])('leaves the key in doubt if %s cannot be read', async (_, options) => {
    const { reply } = await lookUp({ ...options, retries: 0 }, reset)

    expect(reply).toMatchObject({ name: 'NetworkError', ...KEY, maybe_sent: true })
  })

  it.each([undefined, null, '', 'a b', 'a,b', 7])('sends nothing under the key %j', async (key) => {
    await using service = await startService(FOUND)
    const asked = new RedPack(service.options).getSentRedPack({ idempotency_key: key as string })

    await expect(asked).rejects.toThrow('RedPack: idempotency_key must be 1 to 255 visible ASCII characters')
    expect(service.seen).toEqual([])
  })

  it.each([
    [{}, /idempotency_key must be/],
    [{ idempotencyKey: 'k' }, /did you mean idempotency_key/],
    [{ id: ID }, /has no option "id"/],
    [['k'], /not an array/],
  ])('does not take %j', async (options, message) => {
    await using service = await startService(FOUND)

    await expect(new RedPack(service.options).getSentRedPack(options as never)).rejects.toThrow(message)
    expect(service.seen).toEqual([])
  })
})

it.each(['', 'wx 1', 'wx\0', '小程序', 'x'.repeat(129)])('miniapp_id is not %j', async (miniapp_id) => {
  await using service = await startService(LIST, FOUND)
  const options = { ...service.options, miniapp_id }

  // Empty is as good as left out: an environment variable may be.
  if (miniapp_id === '') expect(new RedPack(options)).toBeInstanceOf(RedPack)
  else expect(() => new RedPack(options)).toThrow('miniapp_id must be the id of a mini app')
})
