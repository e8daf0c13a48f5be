// The command wechatpay-simulator.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ArgumentError, type Arguments, readArguments } from './arguments.ts'
import { keepIdentity, makeIdentity, writeFiles } from './identity.ts'
import { type Simulator, startSimulator } from './server.ts'
import { words } from './words.ts'

const WRONG_USE = 2
const say = words(process.env)

/** Whoever reads no further leaves the simulator running: it is the tests that need it, not the text. */
process.stdout.on('error', () => {})

try {
  const given = readArguments(process.argv.slice(2))
  if (given.help) process.stdout.write(say.help)
  else if (given.version) console.log(version())
  else await run(given)
} catch (error) {
  console.error(`✘ ${explain(error)}`)
  process.exitCode = error instanceof ArgumentError ? WRONG_USE : 1
}

async function run(given: Arguments): Promise<void> {
  const { data, merchants: requests, names } = given
  const identity = data === undefined ? makeIdentity(requests, names) : keepIdentity(data, requests, names)
  const { ca, server, merchants } = identity
  if (given.ca_out !== undefined) {
    mkdirSync(dirname(given.ca_out), { recursive: true })
    writeFileSync(given.ca_out, ca.cert)
  }
  const folders = [data, given.out].filter((folder) => folder !== undefined)
  const files = folders.map((folder) => writeFiles(folder, identity)).at(-1)
  const log = given.quiet ? () => {} : (line: string) => console.error(line)
  const simulator = await startSimulator({ ...given, tls: { ca: ca.cert, ...server }, merchants, log })
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  if (given.json) console.log(JSON.stringify({ ...told(simulator), merchants: merchants.map(publicOf), files }))
  else console.log(say.ready(simulator, identity, files))
  await ended
  await simulator.stop()
  if (!given.json) console.error(say.stopped)
}

function told({ origin, control_origin, port, control_port }: Simulator): object {
  return { origin, control_origin, port, control_port }
}

function publicOf({ cert: _, key: __, ...merchant }: Readonly<{ cert: string; key: string }>): object {
  return merchant
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

function explain(error: unknown): string {
  if (error instanceof ArgumentError) return error.message
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number }
  return code === 'EADDRINUSE' && port !== undefined ? say.portTaken(port) : say.unusable(message)
}
