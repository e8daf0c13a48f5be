// Who is let in: over HTTP, with what a browser sends for another page, and with what a program may forge.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HEADERS } from '../../../../cli/console/guard.ts'
import { aRow } from '../mirror/records.ts'
import { aConsole } from './asking.ts'

let desk: Awaited<ReturnType<typeof aConsole>>
beforeAll(async () => {
  desk = await aConsole({ rows: [aRow(1), aRow(2)] })
})
afterAll(() => desk?.stop())

const JSON_TYPE = 'application/json; charset=utf-8'
const WORDS = {
  wrong_host: 'The console answers to 127.0.0.1 and localhost only (Host). Open the link as redpack console printed it',
  wrong_origin: 'The console does not answer other pages (Origin). Open the link as redpack console printed it',
  no_session:
    'This browser has not opened the console. Open the link that redpack console printed; run the command again for a new one',
  bad_token: 'This link is not of the console that runs here. Open the link that it printed last',
  token_used:
    'This link has been used: it works once. If it was not you, end the command (Ctrl-C). Run it again for a new link',
}
const refused = (status: number, code: keyof typeof WORDS) => ({
  status,
  type: JSON_TYPE,
  body: JSON.stringify({ code, message: WORDS[code] }),
})
const whole = ({ status, type, body }: { status: number; type: string | undefined; body: string }) => ({
  status,
  type,
  body,
})

describe('a name that leads to this machine (DNS rebinding)', () => {
  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    'localhost.evil.example:PORT',
    'evil.example:PORT@127.0.0.1:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.2:PORT',
    '[::1]:PORT',
    '0.0.0.0:PORT',
  ])('Host %j is refused, with the session and for every path', async (name) => {
    const host = name.replaceAll('PORT', String(desk.port))
    const { cookie } = desk
    for (const path of ['/', '/api/state', '/page.js', `/?token=${'A'.repeat(43)}`]) {
      expect(whole(await desk.wire({ path, headers: { host, cookie } }))).toEqual(refused(403, 'wrong_host'))
    }
  })

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST'])('Host %s with the port is the console’s own', async (name) => {
    const { status } = await desk.get('/api/state', { host: `${name}:${desk.port}` })
    expect(status).toBe(200)
  })
})

describe('a page of another origin', () => {
  it.each([
    ['https://evil.example', 'cross-site'],
    ['null', 'cross-site'],
    ['http://127.0.0.1:1', 'same-site'],
    ['http://localhost:PORT', undefined],
    ['https://127.0.0.1:PORT', undefined],
    ['http://127.0.0.1:PORT.evil.example', undefined],
    ['', undefined],
  ])('Origin %j is refused, with the session', async (name, site) => {
    const origin = name.replaceAll('PORT', String(desk.port))
    const headers = { origin, cookie: desk.cookie, ...(site && { 'sec-fetch-site': site }) }
    for (const path of ['/', '/api/packets', '/export.csv']) {
      expect(whole(await desk.wire({ path, headers }))).toEqual(refused(403, 'wrong_origin'))
    }
    const posted = await desk.post('/api/update', {}, { origin })
    expect(whole(posted)).toEqual(refused(403, 'wrong_origin'))
  })

  it.each(['cross-site', 'same-site'])('Sec-Fetch-Site %s is refused without an Origin', async (site) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }
    for (const path of ['/', '/page.js', '/api/overview', '/export.csv']) {
      expect(whole(await desk.get(path, headers))).toEqual(refused(403, 'wrong_origin'))
    }
    const navigated = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' }
    expect(whole(await desk.get('/export.csv', navigated))).toEqual(refused(403, 'wrong_origin'))
  })

  it('a link in another page leads to the page, which without the cookie shows nothing', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect(whole(await desk.wire({ headers }))).toEqual(refused(401, 'no_session'))
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s without an Origin is refused', async (method) => {
    const { cookie } = desk
    expect(whole(await desk.wire({ method, path: '/api/update', headers: { cookie } }))).toEqual(
      refused(403, 'wrong_origin'),
    )
  })
})

describe('the token and the cookie', () => {
  it('open the page once: the cookie is of this session, HttpOnly and SameSite=Strict', async () => {
    const fresh = await aConsole({ rows: [aRow(1)] })
    try {
      const [entered] = fresh.answers
      expect(entered && whole(entered)).toEqual({
        status: 200,
        type: 'text/html; charset=utf-8',
        body: '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><link rel="icon" href="/icon.svg"><title>redpack</title>',
      })
      expect(entered?.headers['set-cookie']).toEqual([
        expect.stringMatching(
          new RegExp(`^redpack_console_${fresh.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
        ),
      ])
      expect((await fresh.get('/')).body).toBe('<!doctype html><title>redpack</title>')

      const again = await fresh.wire({ path: fresh.url.slice(fresh.origin.length) })
      expect(whole(again)).toEqual(refused(401, 'token_used'))
      expect(again.headers['set-cookie']).toBeUndefined()
      // Nor does the token serve as a cookie, or the cookie as a token.
      const token = new URL(fresh.url).searchParams.get('token') ?? ''
      const [, session = ''] = fresh.cookie.split('=')
      const forged = await fresh.get('/api/state', { cookie: `redpack_console_${fresh.port}=${token}` })
      expect(whole(forged)).toEqual(refused(401, 'no_session'))
      expect(whole(await fresh.wire({ path: `/?token=${session}` }))).toEqual(refused(401, 'token_used'))
    } finally {
      await fresh.stop()
    }
  })

  it('a wrong token is refused and uses nothing up', async () => {
    const { startDemo } = await import('../../../browser/demo.ts')
    const demo = await startDemo({ rows: [], files: { html: () => '', read: () => '' } })
    try {
      for (const token of ['', 'A', 'A'.repeat(43)]) {
        const wrong = await fetch(`http://127.0.0.1:${demo.port}/?token=${token}`)
        expect([wrong.status, await wrong.json()]).toEqual([401, { code: 'bad_token', message: WORDS.bad_token }])
      }
      expect((await fetch(demo.url)).status).toBe(200)
    } finally {
      await demo.stop()
    }
  })

  it.each([
    '/',
    '/?',
    '/?tokens=1',
    '/api/state',
    '/api/packets',
    '/api/campaigns',
    '/export.csv',
    '/page.js',
    '/nowhere',
  ])('without either, %s is refused', async (path) => {
    expect(whole(await desk.wire({ path }))).toEqual(refused(401, 'no_session'))
  })

  it('a forged cookie is refused', async () => {
    const name = `redpack_console_${desk.port}`
    const real = desk.cookie.slice(name.length + 1)
    const forged = [
      `${name}=`,
      `${name}=${'A'.repeat(43)}`,
      `${name}=${real.slice(0, -1)}`,
      `${name}=${real}A`,
      `${name}_=${real}`,
      `redpack_console_1=${real}`,
      real,
      `${name}=${'x'.repeat(4000)}`,
    ]
    for (const cookie of forged) {
      expect(whole(await desk.get('/api/state', { cookie }))).toEqual(refused(401, 'no_session'))
    }
  })

  it('tells a person in the browser’s language, as text', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml', 'accept-language': 'zh-CN,zh;q=0.9' }
    expect(whole(await desk.wire({ headers }))).toEqual({
      status: 401,
      type: 'text/plain; charset=utf-8',
      body: '此浏览器没有打开过 console。请打开 redpack console 打印的链接；重新运行命令可得到新的链接\n',
    })
  })
})

describe('a request that asks for too much', () => {
  const tooLarge = {
    status: 413,
    type: 'application/json',
    body: '{"code":"body_too_large","message":"The request is too large"}',
  }

  it('a body of more than 8 KB is refused, whether it says its size or not', async () => {
    const { cookie, origin } = desk
    const headers = { cookie, origin, 'content-type': 'application/json' }
    const body = JSON.stringify({ text: 'x'.repeat(9_000) })
    const post = { method: 'POST', path: '/api/update', headers, body }
    expect(whole(await desk.wire(post))).toEqual(tooLarge)
    expect(whole(await desk.wire({ ...post, chunked: true }))).toEqual(tooLarge)
  })

  it('headers of more than 8 KB are refused', async () => {
    expect((await desk.get(`/api/state?q=${'x'.repeat(9_000)}`)).status).toBe(431)
  })

  it.each([
    ['text/plain', '{}', 415, 'wrong_content_type'],
    ['application/x-www-form-urlencoded', 'a=1', 415, 'wrong_content_type'],
    ['application/json', '{', 400, 'malformed_json'],
  ])('a body of %s (%s) is refused', async (type, body, status, code) => {
    const { cookie, origin } = desk
    const headers = { cookie, origin, 'content-type': type }
    const said = await desk.wire({ method: 'POST', path: '/api/update', headers, body })
    expect([said.status, JSON.parse(said.body).code]).toEqual([status, code])
  })

  it.each([
    '/../cli/package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/page.js/../../../package.json',
    '/page.css/..%5c..%5cpackage.json',
    '/console/page.js',
    '//evil.example/page.js',
    '/page.js%00',
    '/api/packets/../../export.csv%2f..',
    `/api/packets/${'0'.repeat(23)}g`,
    '/api/packets/..%2fstate',
  ])('%s names no file', async (path) => {
    expect(whole(await desk.get(path))).toEqual({
      status: 404,
      type: 'application/json',
      body: '{"code":"not_found","message":"There is nothing here"}',
    })
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1e2', 'limit'],
    ['offset=-1', 'offset'],
    ['kind=paid', 'kind'],
    ['from=2026-02-30', 'from, to'],
    ['to=yesterday', 'to'],
    ['campaign=%27', 'campaign'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['sql=1', 'sql'],
  ])('the filter %s is refused', async (query, name) => {
    expect(whole(await desk.get(`/api/packets?${query}`))).toEqual({
      status: 400,
      type: 'application/json',
      body: JSON.stringify({ code: 'invalid_parameters', message: `The filter cannot be understood: ${name}` }),
    })
  })
})

describe('actions without --allow-actions', () => {
  const id = aRow(1).id
  it.each([
    `/api/packets/${id}/ask`,
    `/api/campaigns/${id}/pause`,
    `/api/campaigns/${id}/resume`,
    `/api/campaigns/${id}/retry`,
    '/api/brake/stop',
    '/api/brake/resume',
  ])('%s is refused, and the service hears nothing', async (path) => {
    const before = desk.service.asked.length
    expect(whole(await desk.post(path))).toEqual({
      status: 403,
      type: 'application/json',
      body: '{"code":"actions_off","message":"The console only reads. To act from the page, start it with --allow-actions"}',
    })
    expect(desk.service.asked.slice(before)).toEqual([])
  })
})

describe('every answer', () => {
  it('has the headers that keep others out, and neither the caller’s key nor a secret of the session', async () => {
    const id = aRow(1).id
    for (const path of ['/', '/page.js', '/api/state', '/api/overview', '/api/packets', '/api/activities']) {
      expect([path, (await desk.get(path)).status]).toEqual([path, 200])
    }
    for (const path of [`/api/packets/${id}`, '/api/campaigns', '/export.csv', '/api/state?lang=zh']) {
      expect([path, (await desk.get(path)).status]).toEqual([path, 200])
    }
    const [, session = ''] = desk.cookie.split('=')
    const secrets = [desk.secret, Buffer.from(desk.secret, 'base64').toString(), session]
    // What node itself refuses before anybody sees it has no headers at all.
    for (const { status, headers, body } of desk.answers.filter(({ status }) => status !== 431)) {
      const kept = Object.fromEntries(Object.keys(HEADERS).map((name) => [name, headers[name]]))
      expect({ status, ...kept }).toEqual({ status, ...HEADERS })
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
      for (const secret of secrets) expect(body).not.toContain(secret)
    }
    expect(HEADERS['content-security-policy']).not.toMatch(/unsafe|http:|https:|\*/)
  })
})
