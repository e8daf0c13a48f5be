// The client's four methods, its settings and its errors, over real HTTP.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HError, NetworkError, RedPack, RedPackError, type SendOptions } from '../../../client/src/index.ts'
import { PAGE, RECORD, SENT, WECHAT_STATUS } from '../../../client/test/page.ts'
import { KEYID, PARAMS, PROBLEM_415, SECRET, startService } from '../../../client/test/service.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('sendRedPack', () => {
  it('posts the parameters as they are, signed, under a key of its own making, and gives the key back', async () => {
    await using service = await startService({ body: { ...SENT, id: '5c47', outcome: 'sent' } })

    const reply = await new RedPack(service.options).sendRedPack(PARAMS)

    expect(reply).toEqual({
      status: 200,
      data: { ...SENT, id: '5c47', outcome: 'sent' },
      idempotency_key: expect.stringMatching(UUID),
    })
    expect(service.seen).toEqual([
      {
        method: 'POST',
        url: '/redpacks',
        body: JSON.stringify(PARAMS),
        headers: expect.objectContaining({
          'content-type': 'application/json',
          'idempotency-key': reply.idempotency_key,
        }),
        at_ms: expect.any(Number),
      },
    ])
  })

  it('makes another key for each send', async () => {
    await using service = await startService({ body: SENT })
    const redPack = new RedPack(service.options)

    const [one, two] = [await redPack.sendRedPack(PARAMS), await redPack.sendRedPack(PARAMS)]

    expect(one.idempotency_key).not.toBe(two.idempotency_key)
  })

  it('sends under the key that it is given', async () => {
    await using service = await startService({ body: SENT })

    const reply = await new RedPack(service.options).sendRedPack(PARAMS, { idempotency_key: 'order-1/row:7' })

    expect(reply.idempotency_key).toBe('order-1/row:7')
    expect(service.seen[0]?.headers['idempotency-key']).toBe('order-1/row:7')
  })

  it.each([undefined, null, '', 'a b', 'a,b', '订单', 'a\n', 'k'.repeat(256)])(
    'sends nothing under the key %j',
    async (key) => {
      await using service = await startService({ body: SENT })
      const send = new RedPack(service.options).sendRedPack(PARAMS, { idempotency_key: key } as SendOptions)

      await expect(send).rejects.toThrow(
        'RedPack: idempotency_key must be 1 to 255 visible ASCII characters without comma',
      )
      expect(service.seen).toEqual([])
    },
  )

  it('answers with an unknown outcome as with any other: 202 is no error and is not tried again', async () => {
    const data = {
      err_code: 'PROCESSING',
      err_code_des: '查询状态',
      mch_billno: 'RP5c47',
      id: '5c47',
      outcome: 'unknown',
    }
    await using service = await startService({ status: 202, body: data })

    const reply = await new RedPack(service.options).sendRedPack(PARAMS)

    expect(reply).toEqual({ status: 202, data, idempotency_key: expect.any(String) })
    expect(service.seen).toHaveLength(1)
  })

  it('answers with WeChat’s refusal: it is no error', async () => {
    const data = {
      err_code: 'NOTENOUGH',
      err_code_des: '余额不足',
      mch_billno: 'RP5c47',
      id: '5c47',
      outcome: 'refused',
    }
    await using service = await startService({ body: data })

    expect((await new RedPack(service.options).sendRedPack(PARAMS)).data).toEqual(data)
  })
})

describe('queries', () => {
  it.each([
    ['with nothing', undefined, '/redpacks'],
    ['with a page', { offset: 40, limit: 20 }, '/redpacks?limit=20&offset=40'],
    ['with a limit alone', { limit: 1000 }, '/redpacks?limit=1000'],
  ] as const)('getSentRedPackList %s asks for %3$s', async (_, params, url) => {
    await using service = await startService({ body: PAGE })

    expect(await new RedPack(service.options).getSentRedPackList(params)).toEqual({ status: 200, data: PAGE })
    expect(service.seen).toEqual([expect.objectContaining({ method: 'GET', url, body: '' })])
    expect(service.seen[0]?.headers).not.toHaveProperty('idempotency-key')
  })

  it('getSentRedPack asks for one record', async () => {
    await using service = await startService({ body: RECORD })

    expect(await new RedPack(service.options).getSentRedPack(RECORD.id)).toEqual({ status: 200, data: RECORD })
    expect(service.seen[0]?.url).toBe(`/redpacks/${RECORD.id}`)
  })

  it.each(['', '.', '..', 'status', 'a/b', 'a?b', 7])('getSentRedPack asks for nothing with the id %j', async (id) => {
    await using service = await startService({ body: RECORD })

    await expect(new RedPack(service.options).getSentRedPack(id as string)).rejects.toThrow(TypeError)
    expect(service.seen).toEqual([])
  })

  it.each([
    [{ id: '5c47' }, '/redpacks/status?id=5c47'],
    [{ mch_billno: 'RP 5c&47' }, '/redpacks/status?mch_billno=RP+5c%2647'],
    // Two of them, or none, are for the service to refuse.
    [{ id: '1', mch_billno: '2' }, '/redpacks/status?id=1&mch_billno=2'],
    [{}, '/redpacks/status'],
  ])('getRedPackStatus of %j asks for %s', async (params, url) => {
    await using service = await startService({ body: WECHAT_STATUS })

    expect(await new RedPack(service.options).getRedPackStatus(params)).toEqual({ status: 200, data: WECHAT_STATUS })
    expect(service.seen[0]?.url).toBe(url)
  })
})

describe('HError', () => {
  it('has the HTTP status for code, the service’s sentence for message, and the problem', async () => {
    const problem = {
      type: 'about:blank',
      title: '参数错误',
      status: 400,
      detail: '参数错误：total_amount 须为数字',
      code: 'invalid_parameters',
      request_id: 'r-7',
      errors: [{ pointer: '/total_amount', detail: '须为数字，单位元' }],
    }
    await using service = await startService({ status: 400, body: problem })

    const error = await new RedPack(service.options).sendRedPack(PARAMS, { idempotency_key: 'k-1' }).catch((e) => e)

    expect(error).toBeInstanceOf(HError)
    expect(error).toBeInstanceOf(Error)
    expect({ ...error, message: error.message }).toEqual({
      name: 'HError',
      code: 400,
      message: '参数错误：total_amount 须为数字',
      problem,
      idempotency_key: 'k-1',
      maybe_sent: false,
    })
  })

  it('is 415 for a caller whose secret is another', async () => {
    await using service = await startService({ body: RECORD })
    const redPack = new RedPack({ ...service.options, secret: 'AAAA' })

    await expect(redPack.getSentRedPack('5c47')).rejects.toMatchObject({
      code: 415,
      message: '不允许在非云函数环境下调用',
      problem: PROBLEM_415,
      idempotency_key: undefined,
      maybe_sent: false,
    })
    expect(service.seen).toHaveLength(1)
  })

  it('has no problem where something else than the service answers', async () => {
    await using service = await startService({ status: 403, body: '<html>Forbidden</html>' })

    await expect(new RedPack(service.options).getSentRedPack('5c47')).rejects.toMatchObject({
      code: 403,
      message: 'HTTP 403',
      problem: undefined,
    })
  })
})

describe('instanceof', () => {
  it.each(['RedPackError', 'HError', 'NetworkError', 'TimeoutError'])(
    'is false of %s for anything else',
    async (name) => {
      const { [name as 'HError']: type } = await import('../../../client/src/index.ts')

      for (const value of [new Error('x'), {}, { name }, null, undefined, name, 7, Object.create(Error.prototype)]) {
        expect(value instanceof type).toBe(false)
      }
    },
  )

  it('tells the classes apart, and a subclass from its class', () => {
    class Mine extends HError {}
    const [error, mine] = [new HError(400, 'x'), new Mine(400, 'x')]

    expect([error instanceof HError, error instanceof RedPackError, error instanceof NetworkError]).toEqual([
      true,
      true,
      false,
    ])
    expect([mine instanceof Mine, mine instanceof HError, error instanceof Mine]).toEqual([true, true, false])
  })
})

describe('new RedPack', () => {
  it('takes from the environment what it is not given', async () => {
    await using service = await startService({ body: RECORD })
    vi.stubEnv('REDPACK_ENDPOINT', service.options.endpoint)
    vi.stubEnv('REDPACK_KEYID', KEYID)
    vi.stubEnv('REDPACK_SECRET', SECRET)

    expect((await new RedPack().getSentRedPack('5c47')).status).toBe(200)
  })

  it('names what is missing, and where it is looked for', () => {
    expect(() => new RedPack({ keyid: 'a' })).toThrow(
      new TypeError(
        'RedPack: missing endpoint (or the environment variable REDPACK_ENDPOINT), secret (or the environment variable REDPACK_SECRET)',
      ),
    )
  })

  it.each([
    [{ endpoint: 'localhost:3000' }, 'endpoint'],
    [{ endpoint: 'https://user:pw@example.com' }, 'endpoint'],
    [{ endpoint: 'https://user@example.com' }, 'endpoint'],
    [{ endpoint: 'https://example.com/?a=b' }, 'endpoint'],
    [{ endpoint: 'https://example.com/?' }, 'endpoint'],
    [{ endpoint: 'https://example.com/#' }, 'endpoint'],
    [{ endpoint: 'https://example.com/prod#top' }, 'endpoint'],
    [{ endpoint: 'ftp://example.com' }, 'endpoint'],
    [{ endpoint: 'https:example.com' }, 'endpoint'],
    [{ endpoint: 'https:///example.com' }, 'endpoint'],
    [{ endpoint: 'https://example.com/prod stage' }, 'endpoint'],
    [{ endpoint: ' https://example.com' }, 'endpoint'],
    [{ endpoint: 'https://example.com\n' }, 'endpoint'],
    [{ endpoint: 'https://example.com\\prod' }, 'endpoint'],
    [{ endpoint: 'https://example.com//prod' }, 'endpoint'],
    [{ endpoint: 'https://example.com/redpacks?limit=1' }, 'endpoint'],
    [{ keyid: 'a"b' }, 'keyid'],
    [{ secret: 'not base64!' }, 'secret'],
    [{ timeout_ms: 0 }, 'timeout_ms'],
    [{ retries: 1.5 }, 'retries'],
    [{ fetch: 'fetch' as never }, 'fetch'],
  ])('refuses %j', (options, name) => {
    const valid = { endpoint: 'https://example.com', keyid: KEYID, secret: SECRET }

    expect(() => new RedPack({ ...valid, ...options })).toThrow(`RedPack: ${name} must be`)
  })

  it.each([
    ['https://example.com/redpacks', '/redpacks', 'https://example.com'],
    ['https://example.com/redpacks/', '/redpacks', 'https://example.com'],
    ['https://example.com/redpacks//', '/redpacks', 'https://example.com'],
    ['https://example.com/prod/redpacks', '/redpacks', 'https://example.com/prod'],
    ['https://example.com/prod/RedPacks', '/RedPacks', 'https://example.com/prod'],
    ['https://example.com/prod/./redpacks', '/redpacks', 'https://example.com/prod'],
    ['https://example.com/redpacks/status', '/redpacks/status', 'https://example.com'],
    [
      'https://example.com/redpacks/5c474dd8e2aa136e58867af3',
      '/redpacks/5c474dd8e2aa136e58867af3',
      'https://example.com',
    ],
  ])('refuses %s, which is a path of the API, and names the address before it', (endpoint, path, base) => {
    expect(() => new RedPack({ endpoint, keyid: KEYID, secret: SECRET })).toThrow(
      new TypeError(`RedPack: endpoint must be the service's address without ${path}: ${base}. Nothing was sent.`),
    )
  })

  it.each(['/redpacks-prod', '/redpacks/prod', '/my-redpacks', '/a/b/'])(
    'takes an endpoint that ends in %s',
    (path) => {
      expect(new RedPack({ endpoint: `https://example.com${path}`, keyid: KEYID, secret: SECRET })).toBeInstanceOf(
        RedPack,
      )
    },
  )

  it('keeps the stage of its endpoint, and signs the path with it', async () => {
    await using service = await startService({ body: RECORD })

    await new RedPack({ ...service.options, endpoint: `${service.options.endpoint}/prod/` }).getSentRedPack('5c47')

    expect(service.seen[0]?.url).toBe('/prod/redpacks/5c47')
  })

  it('uses the fetch that it is given', async () => {
    const fetch = vi.fn(async () => Response.json(RECORD))

    await new RedPack({ endpoint: 'https://example.com', keyid: KEYID, secret: SECRET, fetch }).getSentRedPack('5c47')

    expect(fetch).toHaveBeenCalledWith(
      'https://example.com/redpacks/5c47',
      expect.objectContaining({ method: 'GET', redirect: 'error' }),
    )
  })

  it('does not show its secret', async () => {
    const { inspect } = await import('node:util')
    const redPack = new RedPack({ endpoint: 'https://example.com', keyid: KEYID, secret: SECRET })

    expect(inspect(redPack, { showHidden: true, depth: 9 }) + JSON.stringify(redPack)).not.toContain(SECRET)
  })
})
