// redPack.campaigns: what is asked of the service, what comes of its answers, and lists of any length.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Campaign, type CampaignRow, HError, NetworkError, RedPack } from '../../../client/src/index.ts'
import { answer, KEYID, type Play, reset, SECRET, startService } from '../../../client/test/service.ts'
import { takeTime } from '../../../client/test/time.ts'

const ID = '3f1c9a0b5d7e2468ace01357'
const CAMPAIGN = { id: ID, name: '2026 春节', state: 'draft', version: 1 }
const CREATE = { name: '2026 春节', defaults: { wishing: '恭喜发财' }, rows_count: 3, total_amount: 3.3 }

beforeEach(() => {
  takeTime()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const rowOf = (i: number): CampaignRow => ({ re_openid: `o${i}`, total_amount: 1 })
const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => rowOf(i))
const problem = (status: number, code: string, more = {}): Play => ({
  status,
  body: { type: 'about:blank', title: code, status, detail: '说明', code, request_id: 'r-1', ...more },
})

describe('a call', () => {
  it('creates a draft', async () => {
    await using service = await startService({ status: 201, body: CAMPAIGN })

    const reply = await new RedPack(service.options).campaigns.create(CREATE)

    expect(reply).toEqual({ status: 201, data: CAMPAIGN })
    expect(service.seen).toMatchObject([{ method: 'POST', url: '/campaigns', body: JSON.stringify(CREATE) }])
  })

  it.each([
    ['start', { version: 1, even_if_similar: true }],
    ['pause', { version: 2 }],
    ['resume', { version: 3 }],
    ['cancel', { version: 4 }],
    ['retry', { version: 5, err_code: 'OPENID_ERROR' }],
  ] as const)('commands %s', async (command, options) => {
    await using service = await startService({ status: 202, body: CAMPAIGN })

    const reply = await new RedPack(service.options).campaigns[command](ID, options)

    expect(reply).toEqual({ status: 202, data: CAMPAIGN })
    const url = `/campaigns/${ID}/${command}`
    expect(service.seen).toMatchObject([{ method: 'POST', url, body: JSON.stringify(options) }])
  })

  it('reads a campaign, a page of campaigns and a page of rows', async () => {
    await using service = await startService({ body: CAMPAIGN })
    const { campaigns } = new RedPack(service.options)

    const reply = await campaigns.get(ID)
    await campaigns.list()
    await campaigns.list({ limit: 5, offset: 10 })
    await campaigns.rowsPage(ID, { limit: 5, outcome: 'refused' })

    expect(reply).toEqual({ status: 200, data: CAMPAIGN })
    expect(reply.stopped_since).toBeUndefined()
    expect(service.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET /campaigns/${ID}`,
      'GET /campaigns',
      'GET /campaigns?limit=5&offset=10',
      `GET /campaigns/${ID}/rows?limit=5&outcome=refused`,
    ])
  })

  it('is tried again after a lost answer, as the same command again is answered as before', async () => {
    await using service = await startService(reset, { status: 202, body: CAMPAIGN })

    await new RedPack(service.options).campaigns.start(ID, { version: 1 })

    expect(service.seen.map(({ body }) => body)).toEqual(['{"version":1}', '{"version":1}'])
  })

  it.each(['campaign_state', 'campaign_changed', 'campaign_incomplete', 'campaign_similar'])(
    'that is answered %s is not tried again',
    async (code) => {
      await using service = await startService(problem(409, code, { state: 'paused', version: 7 }))

      const error = await new RedPack(service.options).campaigns.resume(ID, { version: 1 }).catch((error) => error)

      expect(error).toBeInstanceOf(HError)
      expect(error).toMatchObject({ code: 409, message: '说明', maybe_sent: false, idempotency_key: undefined })
      expect(error.problem).toMatchObject({ code, state: 'paused', version: 7 })
      expect(service.seen).toHaveLength(1)
    },
  )

  it('that gets no answer does not say that nothing was sent', async () => {
    await using service = await startService(reset)

    const error = await new RedPack({ ...service.options, retries: 1 }).campaigns
      .start(ID, { version: 1 })
      .catch((error) => error)

    expect(error).toBeInstanceOf(NetworkError)
    expect(error.message).not.toMatch(/Nothing was sent|没有发出/)
  })

  const refused = () => expect.unreachable('something was sent')
  const offline = { endpoint: 'https://example.com', keyid: KEYID, secret: SECRET, fetch: refused as never }
  type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>
  const loose = new RedPack(offline).campaigns as unknown as Loose

  it.each<[string, unknown[], RegExp]>([
    ['create', [{ ...CREATE, rate: 5 }], /campaigns\.create has no option "rate"/],
    ['create', [null], /campaigns\.create takes \{ name, defaults, rows_count, total_amount, rate_per_s \}/],
    ['create', [CREATE, {}], /campaigns\.create got more arguments than it takes/],
    ['start', [ID, { version: 1, evenIfSimilar: true }], /no option "evenIfSimilar".*even_if_similar/],
    ['start', [ID, {}], /campaigns\.start needs \{ version \}/],
    ['pause', [ID, { version: '1' }], /campaigns\.pause needs \{ version \}/],
    ['resume', [ID, { version: 1, err_code: 'X' }], /no option "err_code"/],
    ['cancel', ['..', { version: 1 }], /id must be the id of a campaign/],
    ['retry', [7, { version: 1 }], /id must be the id of a campaign, 24 hex digits, not a number/],
    ['get', ['x'], /id must be the id of a campaign/],
    ['list', [{ size: 5 }], /campaigns\.list has no option "size"/],
    ['rowsPage', [ID, { page: 5 }], /campaigns\.rowsPage has no option "page"/],
    ['upload', [ID, 7], /campaigns\.upload takes an iterable of rows as its second argument, not a number/],
    ['upload', [ID, 'rows'], /not a string/],
    ['upload', [ID, [], { from: 1 }], /campaigns\.upload has no option "from"/],
    ['upload', [ID, [], { concurrency: 17 }], /concurrency must be an integer from 1 to 16/],
    ['upload', [ID, [], { from_chunk: -1 }], /from_chunk must be an integer from 0/],
    ['upload', [ID, [], { on_chunk: 1 }], /on_chunk must be a function/],
  ])('%s(%j) is a TypeError before anything is sent', async (method, args, message) => {
    const error = await (async () => loose[method]?.(...args))().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toMatch(message)
    expect(String(error)).toMatch(/Nothing was sent\.$/)
  })

  it('rows: options and id are checked when it is called', () => {
    expect(() => loose.rows?.(ID, { offset: 5 })).toThrow(/campaigns\.rows has no option "offset"/)
    expect(() => loose.rows?.('x')).toThrow(/id must be/)
  })
})

describe('upload', () => {
  const stands: Play = (response) => response.writeHead(204).end()
  const chunksOf = (seen: readonly { url: string; body: string }[]) =>
    seen
      .map(({ url, body }) => [Number(url.split('/').at(-1)), JSON.parse(body).rows.length] as const)
      .sort(([a], [b]) => a - b)

  it.each([
    [1, [[0, 1]]],
    [500, [[0, 500]]],
    [
      501,
      [
        [0, 500],
        [1, 1],
      ],
    ],
    [
      1700,
      [
        [0, 500],
        [1, 500],
        [2, 500],
        [3, 200],
      ],
    ],
    [0, []],
  ])('cuts %i rows into chunks', async (count, chunks) => {
    await using service = await startService(stands)
    const heard: number[] = []

    const uploaded = await new RedPack(service.options).campaigns.upload(ID, rowsOf(count), {
      on_chunk: (chunk) => heard.push(chunk),
    })

    expect(uploaded).toEqual({ rows: count, chunks: chunks.length })
    expect(chunksOf(service.seen)).toEqual(chunks)
    expect(service.seen.every(({ method, url }) => method === 'PUT' && url.startsWith(`/campaigns/${ID}/rows/`))).toBe(
      true,
    )
    expect(heard.sort()).toEqual(chunks.map(([chunk]) => chunk))
  })

  it('takes an asynchronous iterable, and reads no further than what is on its way', async () => {
    const waiting: (() => void)[] = []
    await using service = await startService((response) => {
      waiting.push(() => response.writeHead(204).end())
    })
    let read = 0
    async function* source() {
      for (let i = 0; i < 5000; i++) {
        read += 1
        yield rowOf(i)
      }
    }

    const done = new RedPack(service.options).campaigns.upload(ID, source(), { concurrency: 2 })
    await vi.waitUntil(() => waiting.length === 2)
    expect(read).toBe(1000)
    let open = true
    const finished = done.finally(() => {
      open = false
    })
    while (open) {
      for (const go of waiting.splice(0)) go()
      await new Promise((resolve) => setImmediate(resolve))
      expect(read - 500 * service.seen.length).toBeLessThanOrEqual(1000)
    }

    expect(await finished).toEqual({ rows: 5000, chunks: 10 })
  })

  it('goes on from a chunk', async () => {
    await using service = await startService(stands)

    const uploaded = await new RedPack(service.options).campaigns.upload(ID, rowsOf(1200), { from_chunk: 1 })

    expect(uploaded).toEqual({ rows: 1200, chunks: 3 })
    expect(chunksOf(service.seen)).toEqual([
      [1, 500],
      [2, 200],
    ])
  })

  it('ends at the first error, once nothing is on its way, and reads no more rows', async () => {
    await using service = await startService(problem(422, 'chunk_written'))
    let closed = false
    function* source() {
      try {
        for (let i = 0; ; i++) yield rowOf(i)
      } finally {
        closed = true
      }
    }

    const error = await new RedPack(service.options).campaigns.upload(ID, source()).catch((error) => error)

    expect(error).toMatchObject({ code: 422, problem: { code: 'chunk_written' } })
    expect(closed).toBe(true)
    expect(service.seen.length).toBeLessThanOrEqual(5)
  })

  it('throws what the rows throw', async () => {
    await using service = await startService(stands)
    function* source() {
      yield rowOf(1)
      throw new Error('the file is gone')
    }

    await expect(new RedPack(service.options).campaigns.upload(ID, source())).rejects.toThrow('the file is gone')
    expect(service.seen).toEqual([])
  })
})

describe('rows', () => {
  /** Pages of the rows that a filter leaves, each page of another moment. */
  function playing(...moments: number[][]) {
    let n = 0
    return startService((response, { url }) => {
      const list = moments[Math.min(n++, moments.length - 1)] ?? []
      const query = new URL(url, 'http://service').searchParams
      const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))]
      const objects = list.slice(offset, offset + limit).map((row) => ({ row }))
      const next = offset + limit < list.length ? 'next' : null
      answer(response, { body: { meta: { limit, offset, next, previous: null, total_count: list.length }, objects } })
    })
  }
  const to = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
  async function read(options: { endpoint: string }, given = {}) {
    const rows: number[] = []
    for await (const { row } of new RedPack(options).campaigns.rows(ID, given)) rows.push(row)
    return rows
  }

  it('are all there, once, in order', async () => {
    await using service = await playing(to(25))

    expect(await read(service.options, { limit: 10 })).toEqual(to(25))
  })

  it('are read a thousand at a time, with the filter', async () => {
    await using service = await playing(to(1500))

    expect(await read(service.options, { outcome: 'refused' })).toEqual(to(1500))
    expect(service.seen.map(({ url }) => url)).toEqual([
      `/campaigns/${ID}/rows?limit=1000&offset=0&outcome=refused`,
      `/campaigns/${ID}/rows?limit=1000&offset=999&outcome=refused`,
    ])
  })

  it.each([1, 5, 9, 10, 20])('miss none when %i rows leave between two pages', async (gone) => {
    await using service = await playing(
      to(45),
      to(45).filter((row) => row > gone),
    )

    expect(await read(service.options, { limit: 10 })).toEqual(expect.arrayContaining(to(45).slice(gone)))
  })

  it('show none twice when rows come between two pages', async () => {
    const odd = to(40).filter((row) => row % 2 === 1)
    await using service = await playing(odd, to(40))

    const rows = await read(service.options, { limit: 10 })

    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b))
    expect(rows).toEqual(expect.arrayContaining(odd))
  })

  it('end at once if there are none, and can be left early', async () => {
    await using none = await playing([])
    expect(await read(none.options)).toEqual([])
    await using many = await playing(to(25))
    for await (const { row } of new RedPack(many.options).campaigns.rows(ID, { limit: 10 })) if (row === 3) break
    expect(many.seen).toHaveLength(1)
  })

  it.each([1, 1001, 2.5])('are not read %d at a time', async (limit) => {
    await using service = await playing([])
    await expect(read(service.options, { limit })).rejects.toThrow('limit must be an integer from 2 to 1000')
  })
})

it('the types of the answers are the campaign’s', () => {
  const states = (campaign: Campaign) => campaign.state
  expect(states).toBeTypeOf('function')
})
