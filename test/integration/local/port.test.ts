// npm start and npm run offline with a PORT that cannot be had: one line, and nothing is left running.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { PortTakenError, portOf } from '../../../local/listen.ts'

async function run(program: string, PORT: string): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(process.execPath, [`local/${program}.ts`], { env: { PATH: process.env.PATH, PORT } })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, error }
}

const FIVE = 'is not a whole number from 0 to 65531 (5 ports are needed from there on)'
const ONE = 'is not a whole number from 0 to 65535'

it.each(['abc', '65533', '65536', '-1', '3e3', '0x50', '3000.5', ' 3000', '３０００', 'Infinity'])(
  'npm start with PORT="%s"',
  async (port) => {
    const error = `PORT=${port} ${FIVE}: choose another, for example PORT=3100 npm start\n`
    expect(await run('start', port)).toEqual({ code: 1, out: '', error })
  },
)

it.each(['abc', '65536', '99999'])('npm run offline with PORT="%s"', async (port) => {
  const error = `PORT=${port} ${ONE}: choose another, for example PORT=3100 npm run offline\n`
  expect(await run('offline', port)).toEqual({ code: 1, out: '', error })
})

it('a port that another program has', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const why = `port ${port} for the HTTP API is taken: stop what listens there, or choose another`
    const error = `${why}, for example PORT=3100 npm run offline\n`
    expect(await run('offline', String(port))).toEqual({ code: 1, out: '', error })
  } finally {
    server.close()
  }
})

it('a port is read', () => {
  expect(portOf(undefined, 3000, 5)).toBe(3000)
  expect(portOf('', 3000)).toBe(3000)
  expect(portOf('0', 3000, 5)).toBe(0)
  expect(portOf('65531', 3000, 5)).toBe(65_531)
  expect(portOf('65535', 3000)).toBe(65_535)
  expect(() => portOf('65532', 3000, 5)).toThrow(PortTakenError)
})
