// The code beside each operation: every sample is run, and the service would take its signature.
import { spawnSync } from 'node:child_process'
import * as crypto from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RedPack } from '../../client/src/index.ts'
import { codeSamples } from '../../docs/openapi/samples.ts'
import { isMadeBy, parseSignature } from '../../lib/http/signature.ts'
import { type Asked, startService } from '../support/cli.ts'
import { at, described } from '../support/openapi.ts'

const METHODS = ['get', 'post', 'put']
const operations = Object.keys(described.paths ?? {}).flatMap((path) =>
  METHODS.flatMap((method) => {
    const operationId = at(['paths', path, method])?.operationId
    return operationId === undefined ? [] : [{ operationId: String(operationId), method: method.toUpperCase(), path }]
  }),
)
const KEYID = 'shop-1'
const SECRET = 'c2VjcmV0'
const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor

let service: Awaited<ReturnType<typeof startService>>
beforeAll(async () => {
  service = await startService(({ path }) =>
    /rows\/\d+$/.test(path) ? { status: 204 } : { status: 200, body: { outcome: 'sent' } },
  )
})
afterAll(() => service.stop())

/** The imports are given to it; the rest is run as it stands. */
async function runs(source: string): Promise<Asked> {
  service.asked.length = 0
  const env = { REDPACK_ENDPOINT: `${service.url}/prod`, REDPACK_KEYID: KEYID, REDPACK_SECRET: SECRET }
  class Configured extends RedPack {
    constructor() {
      super({ endpoint: env.REDPACK_ENDPOINT, keyid: KEYID, secret: SECRET, retries: 0 })
    }
  }
  const given = { RedPack: Configured, createHash: crypto.createHash, createHmac: crypto.createHmac }
  const code = source.replace(/^import .*$/gm, '')
  await new AsyncFunction(...Object.keys(given), 'process', 'console', code)(
    ...Object.values(given),
    { env },
    { log: () => {} },
  )
  const [asked] = service.asked
  if (!asked || service.asked.length > 1) throw new Error(`${service.asked.length} requests`)
  return asked
}

function isAccepted({ method, path: target, headers, body }: Asked): boolean {
  const { pathname: path, search } = new URL(target, service.url)
  const plain = headers as Record<string, string>
  const request = {
    method,
    path,
    query: search.slice(1),
    headers: plain,
    received_ms: Date.now(),
    body: Buffer.from(body),
  }
  const claim = parseSignature(request)
  return 'signature' in claim && isMadeBy(claim, [Buffer.from(SECRET, 'base64')])
}

describe.each(operations)('$operationId', ({ operationId, method, path }) => {
  const [curl, client, node] = codeSamples(operationId).map(({ source }) => source)
  const fits = new RegExp(`^/prod${path.replace(/\{\w+\}/g, '[0-9a-f]+')}(\\?.*)?$`)

  it('with the client and with Node alone makes the same request, with a signature that is accepted', async () => {
    const [one, other] = [await runs(client ?? ''), await runs(node ?? '')]
    for (const asked of [one, other]) {
      expect({ method: asked.method, path: asked.path, accepted: isAccepted(asked) }).toEqual({
        ...{ method, path: expect.stringMatching(fits), accepted: true },
      })
    }
    expect([one.body && JSON.parse(one.body), one.headers['idempotency-key'], one.path]).toEqual([
      ...[other.body && JSON.parse(other.body), other.headers['idempotency-key'], other.path],
    ])
  })

  it('with curl gives the same to redpack sign', () => {
    const script = `cd "$(mktemp -d)"; redpack() { printf '%s\\n' "$@" >&2; [ "$4" ] && cat "$5" >&2; }; ${curl}`
    const { stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
    const [sign, verb, target, ...rest] = stderr.trim().split('\n')
    expect([sign, verb]).toEqual(['sign', method])
    expect(`/prod${target}`).toMatch(fits)
    const key = /idempotency-key/.test(node ?? '')
    expect(rest.slice(0, key ? 4 : rest.length > 0 ? 2 : 0)).toEqual([
      ...(method === 'GET' ? [] : ['--data', 'body.json']),
      ...(key ? ['--key', 'new-year-2026/onqOjjmM1tad'] : []),
    ])
    if (method !== 'GET') expect(() => JSON.parse(stderr.slice(stderr.indexOf('{')))).not.toThrow()
  })
})
