// docs/openapi.yaml: fresh, sound, and true of the service; and the page for reading it.
import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { createVerifier, httpbis } from 'http-message-signatures'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { apiPage, openapiYaml } from '../../docs/openapi.ts'
import { ERROR_TABLE } from '../../lib/errors.ts'
import { isMadeBy, parseSignature } from '../../lib/http/signature.ts'
import { VERSION } from '../../lib/http/version.ts'
import { assertAllowed, assertDescribed, assertValid, at, described, type Node, resolve } from '../support/openapi.ts'

const DOCS = new URL('../../docs/', import.meta.url)
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Every operation, by method and path. */
const operations = Object.entries(described.paths ?? {}).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((method) => METHODS.includes(method))
    .map((method) => ({ route: `${method.toUpperCase()} ${path}`, pointer: ['paths', path, method] })),
)

describe('the written files', () => {
  it('docs/openapi.yaml is up to date (else: npm run docs)', () => {
    expect(readFileSync(new URL('openapi.yaml', DOCS), 'utf8')).toBe(openapiYaml())
  })

  it('the page loads nothing, runs nothing, and names every operation, schema and error', () => {
    const page = apiPage()

    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(page.match(/<script|<link|<img| src=|@import|url\(/g) ?? []).toEqual([])
    const targets = [...page.matchAll(/ href="([^"]*)"/g)].map(([, target = '']) => target)
    expect(targets.filter((target) => !page.includes(` id="${target.slice(1)}"`))).toEqual([])
    const names = [
      ...operations.map(({ pointer }) => String(at(pointer)?.operationId)),
      ...Object.keys(at(['components', 'schemas']) ?? {}),
    ]
    expect(names.filter((name) => !page.includes(`<h2 id="${name}">`))).toEqual([])
    expect(Object.keys(ERROR_TABLE).filter((code) => !page.includes(`<code>${code}</code>`))).toEqual([])
    expect(page).not.toMatch(/undefined|\[object /)
  })
})

describe('the description', () => {
  it('passes the linter without an error or a warning', async () => {
    const source = readFileSync(new URL('openapi.yaml', DOCS), 'utf8')
    const config = await createConfig({ extends: ['recommended-strict'] })

    const problems = await lintFromString({ source, config })

    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
  })

  it('has the routes that serverless.yml has, under the names of the methods', () => {
    const { functions } = parse(readFileSync(new URL('../serverless.yml', DOCS), 'utf8'))
    const events = Object.values<{ events: { httpApi?: string }[] }>(functions).flatMap((one) => one.events)

    expect(operations.map(({ route }) => route).sort()).toEqual(events.flatMap(({ httpApi = [] }) => httpApi).sort())
    expect(operations.map(({ pointer }) => at(pointer)?.operationId).sort()).toEqual([
      'cancelCampaign',
      'createCampaign',
      'getCampaign',
      'getRedPackStatus',
      'getSentRedPack',
      'getSentRedPackList',
      'listCampaignRows',
      'listCampaigns',
      'pauseCampaign',
      'resumeCampaign',
      'retryCampaign',
      'sendRedPack',
      'startCampaign',
      'uploadCampaignRows',
    ])
  })

  it.each(Object.entries(ERROR_TABLE))('describes the error %s', (code, { status, title }) => {
    const found = operations.flatMap(({ pointer }) => {
      const content = at([...resolve([...pointer, 'responses', String(status)]), 'content', 'application/problem+json'])
      const codes: unknown =
        content?.schema?.allOf?.[1]?.properties?.code?.enum ?? content?.schema?.properties?.code?.enum
      return Array.isArray(codes) && codes.includes(code) ? [resolve([...pointer, 'responses', String(status)])] : []
    })

    expect(found).not.toEqual([])
    for (const response of found) expect(at([...response, 'description'])).toContain(`\`${code}\` (${title}): `)
  })

  it.each([...examples(described)])('has a valid example at %s', (_, schema, value) => {
    assertValid(schema, value, 'the example')
  })
})

describe('the example of a signature', () => {
  type Example = { method: string; target: string; headers: Record<string, string>; body?: string; base: string }
  type Examples = { keyid: string; secret: string; created: number; requests: Example[] }
  const scheme = at(['components', 'securitySchemes', 'messageSignature'])
  const { keyid, secret, created, requests } = (scheme?.['x-examples'] ?? {}) as unknown as Examples
  const key = Buffer.from(secret, 'base64')

  it.each(requests)('is one that the service accepts at its time, over the base it shows: $method', (request) => {
    const { pathname: path, search } = new URL(request.target, 'http://service')
    const { method, headers, body = '' } = request
    const received_ms = created * 1000
    const query = search.slice(1)

    const claim = parseSignature({ method, path, query, headers, body: Buffer.from(body), received_ms })

    expect(claim).toMatchObject({ keyid, base: request.base })
    expect('base' in claim && isMadeBy(claim, [key])).toBe(true)
  })

  it.each(requests)(
    'is one that another library for RFC 9421 accepts: $method',
    async ({ method, target, headers }) => {
      const verify = createVerifier(key, 'hmac-sha256')
      const keyLookup = async () => ({ id: keyid, algs: ['hmac-sha256'], verify })

      const message = { method, url: `https://service.example${target}`, headers }

      expect(await httpbis.verifyMessage({ keyLookup }, message)).toBe(true)
    },
  )

  it('is shown whole in the text', () => {
    const text = String(scheme?.description)
    for (const { headers, body = '' } of requests) {
      for (const part of [secret, body, ...Object.values(headers)]) expect(text).toContain(part)
    }
    expect(text).toContain(requests[0]?.base)
  })
})

describe('an answer is not described', () => {
  const version = { 'redpack-version': VERSION }
  const json = { ...version, 'content-type': 'application/json; charset=utf-8' }
  const problem = { ...version, 'content-type': 'application/problem+json; charset=utf-8' }
  const sent = example('/redpacks', 'post', '200', 'application/json', 'sent')
  const busy = example('/redpacks', 'post', '409', 'application/problem+json', 'in_progress')
  const busy409 = { ...problem, 'retry-after': '1' }
  const record = example('/redpacks/{id}', 'get', '200', 'application/json', 'record')

  it.each<[string, ...Parameters<typeof assertDescribed>]>([
    ['with a field more', 'POST', '/redpacks', 200, json, { ...sent, seq: 1 }],
    ['with a field less', 'POST', '/redpacks', 200, json, { ...sent, outcome: undefined }],
    ['with another outcome', 'POST', '/redpacks', 200, json, { ...sent, outcome: 'refused' }],
    ['as another media type', 'POST', '/redpacks', 200, problem, sent],
    ['under another status', 'POST', '/redpacks', 201, json, sent],
    ['as another operation’s', 'POST', '/redpacks', 200, json, record],
    ['with an undefined where null is meant', 'GET', `/redpacks/x`, 200, json, { ...record, status: undefined }],
    ['with an error of another status', 'POST', '/redpacks', 422, problem, busy],
    ['without Retry-After', 'POST', '/redpacks', 409, problem, busy],
    ['with a Retry-After that is none', 'POST', '/redpacks', 409, { ...problem, 'retry-after': '0' }, busy],
    ['without the version', 'POST', '/redpacks', 200, { ...json, 'redpack-version': undefined }, sent],
    ['without the version, and without a body', 'PUT', '/campaigns/x/rows/0', 204, {}, {}],
    ['an error without the version', 'POST', '/redpacks', 409, { ...busy409, 'redpack-version': undefined }, busy],
    ['with a version that is none', 'POST', '/redpacks', 200, { ...json, 'redpack-version': 'latest' }, sent],
    ['by another method', 'PUT', '/redpacks', 200, json, sent],
  ])('%s', (_, ...answer) => {
    expect(() => assertDescribed(...answer)).toThrow(/is not|has no/)
  })

  it('but these are', () => {
    assertDescribed('POST', '/redpacks', 200, json, sent)
    assertDescribed('POST', '/redpacks', 409, busy409, busy)
    assertDescribed('GET', '/redpacks/x?y', 200, json, record)
    assertDescribed('PUT', '/campaigns/x/rows/0', 204, version, {})
    assertDescribed('GET', '/elsewhere', 404, json, {})
  })

  it.each(['', '/', '/a/0/b', '/~0~1', '/\r\n', '/a\u2028b', '/\u0085'])('a fault at %j is described', (pointer) => {
    const invalid = example('/redpacks', 'get', '400', 'application/problem+json', 'invalid_parameters')
    const errors = [{ pointer, detail: '没有这个参数' }]
    assertDescribed('GET', '/redpacks', 400, problem, { ...invalid, errors })
  })
})

it('a send that the service would turn down is not allowed, where JSON Schema has a word for it', () => {
  const packet = example('/redpacks', 'post', 'requestBody', 'application/json', 'minimal')
  assertAllowed('POST', '/redpacks', { ...packet, scene_id: null, wishing: '🧧'.repeat(128) })

  for (const wrong of [
    { total_num: 2 },
    { type: 'fission' },
    { total_amount: '1.88' },
    { total_amount: 0 },
    { total_amount: 1_000_001 },
    { wishing: '' },
    { wishing: '🧧'.repeat(129) },
    { gateway_type: null },
    { openid: 'x' },
  ]) {
    expect(() => assertAllowed('POST', '/redpacks', { ...packet, ...wrong }), JSON.stringify(wrong)).toThrow('is not')
  }
})

/** Every example with the schema that it is an example of. */
function* examples(node: Node, pointer: string[] = []): Generator<[at: string, schema: string[], value: unknown]> {
  if (typeof node !== 'object' || node === null || pointer.at(-1)?.startsWith('x-')) return
  const schema = [...pointer, 'schema']
  if (node.schema && node.example !== undefined) yield [pointer.join(' '), schema, node.example]
  for (const [name, { value } = {}] of Object.entries(node.schema ? (node.examples ?? {}) : {})) {
    yield [`${pointer.join(' ')} ${name}`, schema, value]
  }
  for (const [name, child] of Object.entries(node)) {
    if (name !== 'examples' && name !== 'example') yield* examples(child, [...pointer, name])
  }
}

/** The value of a named example of a response, or of the request's body. */
function example(path: string, method: string, status: string, type: string, name: string): object {
  const where = status === 'requestBody' ? [status] : ['responses', status]
  return at([...resolve(['paths', path, method, ...where]), 'content', type, 'examples', name])?.value as object
}
