// A call that cannot be meant is a TypeError before anything is sent: above all a key that would be ignored.
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RedPack } from '../../../client/src/index.ts'
import { RECORD, SENT } from '../../../client/test/page.ts'
import { KEYID, PARAMS, SECRET, startService } from '../../../client/test/service.ts'

const OPTIONS = { endpoint: 'https://example.com', keyid: KEYID, secret: SECRET }

/** What a program in JavaScript may call: any method with anything. */
type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>

/** A client whose fetch fails the test: nothing may be sent. */
function loose(options: object = {}): Loose {
  const fetch = () => expect.unreachable('something was sent')
  return new RedPack({ ...OPTIONS, fetch, ...options }) as unknown as Loose
}

const errorOf = async (call: () => unknown) => {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

async function refuses(call: () => unknown, message: RegExp) {
  const error = await errorOf(call)
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toMatch(message)
  expect(String(error)).toMatch(/^TypeError: RedPack: .*Nothing was sent\.$/)
}

describe('sendRedPack takes no other option than idempotency_key', () => {
  it.each([
    { idempotencyKey: 'k-1' },
    { idempotencykey: 'k-1' },
    { IdempotencyKey: 'k-1' },
    { 'Idempotency-Key': 'k-1' },
    { 'idempotency-key': 'k-1' },
    { idempotency_kye: 'k-1' },
    { idempotence_key: 'k-1' },
    { idempotency: 'k-1' },
    { key: 'k-1' },
    { request_id: 'k-1' },
    { idempotencyKey: undefined },
    { idempotency_key: 'k-1', idempotencyKey: 'k-1' },
  ])('not %j', (options) =>
    refuses(
      () => loose().sendRedPack?.(PARAMS, options),
      /sendRedPack has no option ".*": did you mean idempotency_key\?/,
    ),
  )

  it.each([
    [{ timeout_ms: 5 }, 'new RedPack'],
    [{ retries: 0 }, 'new RedPack'],
    [{ requireKey: true }, 'new RedPack'],
    [{ limit: 5 }, 'getSentRedPackList'],
  ])('%j belongs to %s', (options, call) =>
    refuses(() => loose().sendRedPack?.(PARAMS, options), new RegExp(`it is an option of ${call}`)),
  )

  it('not a symbol', () =>
    refuses(() => loose().sendRedPack?.(PARAMS, { [Symbol('key')]: 'k-1' }), /has no option "Symbol\(key\)"/))

  it.each([
    ['null', null, 'null'],
    ['the key itself', 'order-1', 'a string'],
    ['a number', 7, 'a number'],
    ['an array', ['order-1'], 'an array'],
    ['a function', () => 'order-1', 'a function'],
    ['true', true, 'a boolean'],
    ['a Map', new Map([['idempotency_key', 'k']]), 'this object (Map)'],
    ['a string object', new String('order-1'), 'this object (String)'],
    ['an object that inherits its key', Object.create({ idempotency_key: 'k' }), 'this object (Object)'],
  ])('its options are not %s', async (_, options, kind) => {
    const error = await errorOf(() => loose().sendRedPack?.(PARAMS, options))

    expect(error).toEqual(
      new TypeError(`RedPack: sendRedPack takes { idempotency_key } as its options, not ${kind}. Nothing was sent.`),
    )
  })

  it('no third argument: a callback of Array.map is not given', async () => {
    const { sendRedPack } = loose()

    await refuses(() => sendRedPack?.call(new RedPack(OPTIONS), PARAMS, {}, [PARAMS]), /more arguments than it takes/)
  })
})

describe('sendRedPack takes the parameters of a red packet', () => {
  it.each([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a string', JSON.stringify(PARAMS), 'a string'],
    ['a number', 1, 'a number'],
    ['an array', [PARAMS], 'an array'],
    ['an empty object', {}, 'this object'],
    ['a promise', Promise.resolve(PARAMS), 'a promise (await it)'],
    ['a Map', new Map(Object.entries(PARAMS)), 'this object (Map)'],
    ['a date', new Date(), 'this object (Date)'],
  ])('not %s', async (_, params, kind) => {
    const error = await errorOf(() => loose().sendRedPack?.(params, { idempotency_key: 'k-1' }))

    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain(`as its first argument, not ${kind}`)
    expect(String(error)).toContain('Nothing was sent.')
  })

  it.each(['idempotency_key', 'idempotencyKey', 'Idempotency-Key'])('and no key among them: %s', (name) =>
    refuses(
      () => loose().sendRedPack?.({ ...PARAMS, [name]: 'k-1' }),
      new RegExp(`"${name}" is no parameter: give \\{ idempotency_key \\} as the second argument`),
    ),
  )

  it.each(['secret', 'timeout_ms', 'keyId'])('and no option of the constructor among them: %s', (name) =>
    refuses(() => loose().sendRedPack?.({ ...PARAMS, [name]: 'x' }), /is an option of new RedPack/),
  )

  it.each([
    ['a number too big for JSON', { ...PARAMS, total_num: 1n }],
    ['a circle', Object.assign({ ...PARAMS }, { self: {} as object })],
  ])('not %s', (_, params) => {
    if ('self' in params) Object.assign(params.self as object, { params })
    return refuses(() => loose().sendRedPack?.(params, { idempotency_key: 'k-1' }), /cannot be written as JSON/)
  })

  it('of any class that JSON can write', async () => {
    await using service = await startService({ body: SENT })
    class Packet {
      toJSON() {
        return PARAMS
      }
    }

    await new RedPack(service.options).sendRedPack(new Packet() as never, { idempotency_key: 'k-1' })

    expect(service.seen[0]?.body).toBe(JSON.stringify(PARAMS))
  })
})

describe('idempotency_key', () => {
  it.each([
    undefined,
    null,
    '',
    7,
    7n,
    true,
    ['k'],
    { k: 1 },
    Symbol('k'),
    Number.NaN,
    'a b',
    'a,b',
    '订单',
    'a\n',
    'é',
    'k'.repeat(256),
  ])('is not %o', (key) =>
    refuses(
      () => loose().sendRedPack?.(PARAMS, { idempotency_key: key }),
      /idempotency_key must be 1 to 255 visible ASCII characters without comma/,
    ),
  )

  it('is not taken from Object.prototype', async () => {
    await using service = await startService({ body: SENT })
    Object.defineProperty(Object.prototype, 'idempotency_key', { value: 'polluted', configurable: true })
    try {
      const reply = await new RedPack(service.options).sendRedPack(PARAMS)

      expect(reply.idempotency_key).not.toBe('polluted')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'idempotency_key')
    }
  })
})

describe('without a key', () => {
  const WARNED = Symbol.for('redpack-client.warned-without-key')
  beforeEach(() => {
    Reflect.deleteProperty(globalThis, WARNED)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('a send warns, once a process', async () => {
    await using service = await startService({ body: SENT })
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})

    await new RedPack(service.options).sendRedPack(PARAMS)
    await new RedPack(service.options).sendRedPack(PARAMS, {})
    await new RedPack(service.options).sendRedPack(PARAMS, undefined)

    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(/idempotency_key.*pays twice.*require_key.*重复付款/),
        { type: 'RedPackWarning', code: 'REDPACK_NO_KEY' },
      ],
    ])
    expect(service.seen).toHaveLength(3)
  })

  it('a send with a key does not warn', async () => {
    await using service = await startService({ body: SENT })
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})

    await new RedPack(service.options).sendRedPack(PARAMS, { idempotency_key: 'k-1' })

    expect(warn).not.toHaveBeenCalled()
  })

  it.each([[], [{}], [undefined]])('a send is an error with require_key', (...options) =>
    refuses(
      () => loose({ require_key: true }).sendRedPack?.(PARAMS, ...options),
      /sendRedPack needs \{ idempotency_key \} as its second argument/,
    ),
  )

  it('require_key leaves a send with a key as it is', async () => {
    await using service = await startService({ body: SENT })
    const redPack = new RedPack({ ...service.options, require_key: true })

    expect((await redPack.sendRedPack(PARAMS, { idempotency_key: 'k-1' })).idempotency_key).toBe('k-1')
  })
})

describe('new RedPack', () => {
  it.each([
    ['endPoint', 'endpoint'],
    ['end_point', 'endpoint'],
    ['keyId', 'keyid'],
    ['key_id', 'keyid'],
    ['secrets', 'secret'],
    ['timeout', 'timeout_ms'],
    ['timeoutMs', 'timeout_ms'],
    ['retry', 'retries'],
    ['maxRetries', 'retries'],
    ['requireKey', 'require_key'],
    ['require_keys', 'require_key'],
    ['fecth', 'fetch'],
  ])('has no option %s, but %s', (name, nearest) =>
    refuses(() => loose({ [name]: 'x' }), new RegExp(`has no option "${name}": did you mean ${nearest}\\?`)),
  )

  it('lists its options where none is near', () =>
    refuses(() => loose({ url: 'x' }), /has no option "url"\. Nearest: .*\. Options: endpoint, keyid, secret, /))

  it('has no option that belongs to a call', () =>
    refuses(() => loose({ idempotency_key: 'k' }), /it is an option of sendRedPack/))

  it.each([
    ['null', null],
    ['a string', 'https://example.com'],
    ['an array', [OPTIONS]],
    ['a URL', new URL('https://example.com')],
  ])('takes no %s', (_, options) =>
    refuses(() => new RedPack(options as never), /new RedPack takes \{ endpoint, .* not /),
  )

  it('takes one argument', () =>
    refuses(() => new (RedPack as new (...args: unknown[]) => RedPack)(OPTIONS, {}), /more arguments than it takes/))

  it.each([
    ['endpoint', null],
    ['endpoint', new URL('https://example.com')],
    ['keyid', 7],
    ['secret', Buffer.from('secret')],
    ['timeout_ms', null],
    ['timeout_ms', '5000'],
    ['retries', Number.POSITIVE_INFINITY],
    ['require_key', 'true'],
    ['require_key', 1],
    ['fetch', null],
  ])('refuses %s that is %o', (name, value) => refuses(() => loose({ [name]: value }), new RegExp(`${name} must be`)))

  it('does not tell a secret that it refuses', async () => {
    const error = await errorOf(() => loose({ secret: 'hunter2 is my secret' }))

    expect(inspect(error)).not.toContain('hunter2')
  })

  it('takes options that are undefined for options left out', () => {
    const nothing = { timeout_ms: undefined, retries: undefined, require_key: undefined, fetch: undefined }

    expect(new RedPack({ ...OPTIONS, ...nothing })).toBeInstanceOf(RedPack)
  })
})

describe('queries', () => {
  it.each<[string, unknown[], RegExp]>([
    ['getSentRedPackList', [{ page: 2 }], /has no option "page"\. Nearest: .*\. Options: limit, offset|did you mean/],
    ['getSentRedPackList', [{ Limit: 2 }], /did you mean limit\?/],
    ['getSentRedPackList', [20, 0], /more arguments than it takes/],
    ['getSentRedPackList', [20], /takes \{ limit, offset \} as its options, not a number/],
    ['getSentRedPackList', [null], /not null/],
    ['getSentRedPackList', [{ limit: null }], /limit must not be null/],
    ['getSentRedPackList', [{ limit: [20] }], /limit must not be an array/],
    ['getRedPackStatus', [], /takes \{ id, mch_billno \} as its options, not undefined/],
    ['getRedPackStatus', ['5c47'], /not a string/],
    ['getRedPackStatus', [null], /not null/],
    ['getRedPackStatus', [{ mchBillno: 'RP' }], /did you mean mch_billno\?/],
    ['getRedPackStatus', [{ ID: '5c47' }], /did you mean id\?/],
    ['getRedPackStatus', [{ id: {} }], /id must not be this object/],
    ['getRedPackStatus', [{ id: '5c47' }, 1], /more arguments/],
    ['getSentRedPack', [], /id must be the id of a record, not undefined/],
    ['getSentRedPack', [null], /not null/],
    ['getSentRedPack', ['5c47', 0, ['5c47']], /more arguments/],
    ['records', [{ limits: 5 }], /did you mean limit\?/],
    ['records', [{ offset: 5 }], /it is an option of getSentRedPackList/],
    ['records', [5], /not a number/],
    ['records', [null], /not null/],
    ['records', [{}, 5], /more arguments/],
  ])('%s refuses %j', (name, args, message) => refuses(() => loose()[name]?.(...args), message))

  it('take a page from the text of a query string', async () => {
    await using service = await startService({ body: RECORD })

    await (new RedPack(service.options) as unknown as Loose).getSentRedPackList?.({ limit: '20' })

    expect(service.seen[0]?.url).toBe('/redpacks?limit=20')
  })
})
