// Lambda freezes a function between two invocations, and what it kept open may be dead when it goes on: nothing may be sent there.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createProxy, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createCa, createMerchantCertificate, createServerCertificate } from '../../simulator/src/certificates.ts'
import type { Came, Setup } from '../support/frozen-caller.ts'
import { aMerchant } from '../unit/records.ts'

/** More than the 4 s that a connection may have been idle. */
const FROZEN_MS = 4_300
/** Three tries on dead connections take 6 s. */
const PATIENCE_MS = 20_000
const ca = createCa()
const merchant = aMerchant({ mch_id: '10000098', ...createMerchantCertificate(ca, '10000098') })
const ONE_TRY_EACH: Came = { dynamodb: 1, secrets: 1, wechat: 1 }

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const answered: RequestListener = (request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}')
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** What stands between the caller and a server, as a NAT or a load balancer does: it can forget the connections it has. */
async function between(server: Server) {
  const port = await portOf(server)
  const lines: { near: Socket; far: Socket }[] = []
  const proxy = createProxy((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => {})
      from.pipe(to)
    }
    lines.push({ near, far })
  })
  const origin = `127.0.0.1:${await portOf(proxy)}`
  stops.push(() => {
    for (const { near, far } of lines) for (const socket of [near, far]) socket.destroy()
  })
  return {
    origin,
    connections: () => lines.length,
    forget(how: 'silence' | 'reset') {
      for (const { near, far } of lines) {
        if (how === 'reset') near.resetAndDestroy()
        else near.unpipe(far).resume()
        far.destroy()
      }
    },
  }
}

async function startCaller(setup: Setup, env: Record<string, string> = {}): Promise<ChildProcess> {
  const file = new URL('../support/frozen-caller.ts', import.meta.url)
  const child = fork(file, { env: { ...process.env, FROZEN_CALLER: JSON.stringify(setup), ...env }, stdio: 'inherit' })
  stops.push(() => child.kill('SIGKILL'))
  await once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })
  return child
}

async function cameTo(child: ChildProcess): Promise<Came> {
  return (await once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) }))[0]
}

async function services() {
  const tls = { ...createServerCertificate(ca), ca: ca.cert, requestCert: true, rejectUnauthorized: false }
  const aws = [createHttpServer(answered), createHttpServer(answered)] as const
  const wechat = createHttpsServer(tls, answered)
  for (const server of [...aws, wechat]) server.keepAliveTimeout = 60_000
  const [dynamodb, secrets, pay] = await Promise.all([between(aws[0]), between(aws[1]), between(wechat)])
  const setup = {
    aws: `http://${dynamodb.origin}`,
    secrets: `http://${secrets.origin}`,
    wechat: `https://${pay.origin}`,
    ca: ca.cert,
    merchant,
  }
  return { setup, all: [dynamodb, secrets, pay] }
}

test.for([
  ['silent', 'silence'],
  ['reset', 'reset'],
] as const)(
  'connections that are %s after a freeze are not used again: each service answers at the first try',
  async ([, how]) => {
    const { setup, all } = await services()
    const child = await startCaller(setup)
    child.send('call')
    expect(await cameTo(child)).toEqual(ONE_TRY_EACH)
    child.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, FROZEN_MS))
    for (const service of all) service.forget(how)
    // Waits for the process to go on, as an invocation does.
    child.send('call')
    child.kill('SIGCONT')
    expect(await cameTo(child)).toEqual(ONE_TRY_EACH)
    expect(all.map(({ connections }) => connections())).toEqual([2, 2, 2])
  },
)

test('a connection that is alive and was idle for a moment is used again', async () => {
  const { setup, all } = await services()
  const child = await startCaller({ ...setup, clock_stands: true })
  for (let i = 0; i < 3; i += 1) {
    child.send('call')
    expect(await cameTo(child)).toEqual(ONE_TRY_EACH)
  }
  expect(all.map(({ connections }) => connections())).toEqual([1, 1, 1])
})

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not make a server of an unknown CA trusted', async () => {
  let served = 0
  const count: RequestListener = (request, response) => {
    served += 1
    answered(request, response)
  }
  const origin = `https://127.0.0.1:${await portOf(createHttpsServer(createServerCertificate(createCa()), count))}`
  const setup = { aws: origin, secrets: origin, wechat: origin, ca: ca.cert, merchant }
  const child = await startCaller(setup, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' })
  child.send('call')
  const refused = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
  expect(await cameTo(child)).toEqual({ dynamodb: refused, secrets: refused, wechat: refused })
  expect(served).toBe(0)
})
