// redpack simulator: a WeChat Pay of one's own, for this service or for any other library.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { KeyPair } from '../../simulator/src/certificates.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { whole } from '../flags.ts'

type Options = { port: number; controlPort: number; folder: string }
type Identity = { mch_id: string; api_key: string; ca: KeyPair; server: KeyPair; merchant: KeyPair }

const PORT = 8443
const CONTROL_PORT = 8444
const FOLDER = '.redpack/simulator'
const MCH_ID = '1900000109'
/** The names under which WeChat hands out a merchant's certificate, and the CA to trust. */
/** WeChat's p12 is one that OpenSSL 3 refuses; this one opens everywhere. */
const P12_3DES = 'apiclient_cert.3des.p12'
const FILES = { p12: 'apiclient_cert.p12', cert: 'apiclient_cert.pem', key: 'apiclient_key.pem', ca: 'ca.pem' } as const

export function addSimulator(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('simulator')
    .description(help.simulator)
    .option('--port <n>', help.port, whole(0, 65_535), PORT)
    .option('--control-port <n>', help.controlPort, whole(0, 65_535), CONTROL_PORT)
    .option('--folder <folder>', help.folder, FOLDER)
    .addHelpText('after', help.simulatorAfter)
    .action((options: Options) => simulate(options, context))
}

async function simulate({ port, controlPort, folder }: Options, context: Context): Promise<void> {
  const { startSimulator } = await import('../../simulator/src/server.ts')
  const identity = await prepare(folder, context)
  const { mch_id, api_key, ca, server } = identity
  const options = { port, control_port: controlPort, tls: { ca: ca.cert, ...server }, merchants: [{ mch_id, api_key }] }
  const simulator = await startSimulator({ ...options, log: context.note }).catch((error) => {
    const { code, port: taken } = error as NodeJS.ErrnoException & { port?: number }
    throw code === 'EADDRINUSE' ? new CliError('port_taken', context.m.simulator.portTaken(Number(taken))) : error
  })
  // Before anybody hears that it runs, and may stop it.
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  const { origin, control_origin } = simulator
  const files = Object.fromEntries(Object.entries(FILES).map(([name, file]) => [name, join(resolve(folder), file)]))
  const told = { origin, control_origin, mch_id, api_key, files }
  context.print(told, context.m.simulator.ready({ ...told, folder: resolve(folder) }))
  await ended
  await simulator.stop()
  context.note(context.m.simulator.stopped)
}

/** Makes the folder the first time; later starts have the same merchant, key and CA. */
async function prepare(folder: string, context: Context): Promise<Identity> {
  const file = join(folder, 'simulator.json')
  try {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
    mkdirSync(folder, { recursive: true })
    const { createCa, createMerchantCertificate, createServerCertificate } = await import(
      '../../simulator/src/certificates.ts'
    )
    const ca = createCa()
    const merchant = createMerchantCertificate(ca, MCH_ID)
    const api_key = randomBytes(16).toString('hex')
    const { writeP12 } = await import('../../simulator/src/p12.ts')
    const write = (name: string, data: string | Buffer) => writeFileSync(join(folder, name), data, { mode: 0o600 })
    write(FILES.ca, ca.cert)
    write(FILES.cert, merchant.cert)
    write(FILES.key, merchant.key)
    write(FILES.p12, writeP12(merchant, MCH_ID, 'rc2-40'))
    write(P12_3DES, writeP12(merchant, MCH_ID, '3des'))
    const identity: Identity = { mch_id: MCH_ID, api_key, ca, server: createServerCertificate(ca), merchant }
    write('simulator.json', JSON.stringify(identity, null, 2))
    return identity
  } catch (error) {
    throw new CliError(
      'unwritable',
      context.m.unwritable(folder, (error as NodeJS.ErrnoException).code ?? String(error)),
    )
  }
}
