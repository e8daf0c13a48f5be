// On the way to the service: an address that is asked over http and answers https, and a proxy that the environment names.
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { withoutRedirects } from '../../../cli/redirect.ts'
import { PACKET, redpack, startService } from '../../support/cli.ts'

const EMPTY = { meta: { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }, objects: [] }
const SECRET = { REDPACK_KEYID: 'shop-1', REDPACK_SECRET: 'c2VjcmV0', LANG: 'C' }

let service: Awaited<ReturnType<typeof startService>>
afterEach(() => service?.stop())

describe('an address that answers with a redirect', () => {
  const redirects =
    (location: string, status = 301) =>
    async (argv: string[], more = {}) => {
      service = await startService(({ path }) => ({ status, headers: { location: location.replace('PATH', path) } }))
      const told = await redpack(argv, { ...SECRET, REDPACK_ENDPOINT: `${service.url}/prod`, ...more })
      return { ...told, asked: service.asked.length }
    }
  const address = 'https://redpack.example.com/prod'

  it.each([
    [['list'], 'en', `✘ The service is asked over https only: the address is ${address}. Nothing was sent there`],
    [['list'], 'zh', `✘ 服务只接受 https：地址是 ${address}。没有向它发送任何内容`],
    [['send', ...PACKET], 'en', `the address is ${address}. `],
    [['campaign', 'list'], 'en', `the address is ${address}. `],
    [['get', '5c474dd8e2aa136e58867af3'], 'en', `the address is ${address}. `],
  ])('%j names the https address, asks once, and a send is not in doubt (%s)', async (argv, lang, line) => {
    const { code, err, asked } = await redirects('https://redpack.example.comPATH')([...argv, '--lang', lang])
    expect({ code, asked, err }).toEqual({ code: 1, asked: 1, err: expect.stringContaining(line) })
    expect(err).not.toMatch(/may have been sent/)
  })

  it('is told by doctor with the address to set, and as JSON with the status that was answered', async () => {
    const away = redirects('https://redpack.example.comPATH')
    const { out } = await away(['doctor'])
    expect(out).toContain(`  → set the endpoint to ${address}\n`)
    await service.stop()
    const { err } = await away(['list', '--json'])
    expect(JSON.parse(err).error).toMatchObject({ code: 'redirected', status: 301, exit_code: 1 })
  })

  it.each([
    ['another path over https', 'https://login.example.com/?next=x', 302],
    ['http', 'http://127.0.0.1:9PATH', 307],
    ['nowhere', 'http://[', 308],
  ])('to %s is not followed: an error, after which a send is in doubt', async (_, location, status) => {
    service = await startService(({ path }) => ({ status, headers: { location: location.replace('PATH', path) } }))
    await expect(withoutRedirects(fetch)(`${service.url}/redpacks`)).rejects.toThrow(`redirect (HTTP ${status}) to `)
    expect(service.asked).toHaveLength(1)
  })
})

describe('a proxy', () => {
  const tunnels: string[] = []
  const proxy = createServer((_, response) => response.writeHead(502).end())
  proxy.on('connect', ({ url = '' }, client) => {
    tunnels.push(url)
    const target = connect(Number(new URL(service.url).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    for (const socket of [client, target]) socket.on('error', () => {})
  })
  let address: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  afterAll(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const through = async (
    variables: Record<string, string>,
    endpoint = 'http://redpack.example/prod',
    argv = ['list'],
  ) => {
    tunnels.length = 0
    service = await startService(() => ({ status: 200, body: EMPTY }))
    return redpack(argv, { ...SECRET, REDPACK_ENDPOINT: endpoint, ...variables })
  }

  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])('of %s is used', async (name) => {
    expect(await through({ [name]: address })).toMatchObject({ code: 0 })
    expect({ tunnels, asked: service.asked.length }).toEqual({ tunnels: ['redpack.example:80'], asked: 1 })
    // For this run of the command only.
    expect((await redpack(['list'], { ...SECRET, REDPACK_ENDPOINT: service.url })).code).toBe(0)
    expect(tunnels).toHaveLength(1)
  })

  it('is used for https, too', async () => {
    const { code, out } = await through({ HTTPS_PROXY: address }, 'https://redpack.example/prod', ['doctor'])
    // The tunnel ends at a server without TLS.
    expect({ code, tunnels }).toEqual({ code: 1, tunnels: ['redpack.example:443'] })
    expect(out).toContain(`(through the proxy ${address.slice(7)} of HTTPS_PROXY)`)
  })

  it.each([[{ NO_PROXY: '127.0.0.1' }], [{ no_proxy: '*' }], [{ NODE_USE_ENV_PROXY: '0' }]])(
    'is not used if the environment says so: %j',
    async (more) => {
      service = await startService(() => ({ status: 200, body: EMPTY }))
      tunnels.length = 0
      expect((await redpack(['list'], { ...service.env, HTTP_PROXY: address, ...more })).code).toBe(0)
      expect(tunnels).toEqual([])
    },
  )

  it('that is none is named', async () => {
    expect(await through({ ALL_PROXY: 'socks5://127.0.0.1:1080' })).toEqual({
      ...{ code: 1, out: '', err: '✘ ALL_PROXY must be the http(s) URL of a proxy (SOCKS is not supported)\n' },
    })
  })
})
