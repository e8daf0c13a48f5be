// npm start: the service and all its parts on this machine, until Ctrl-C.
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PortTakenError, portOf } from './listen.ts'
import { type LocalStack, PORTS, startStack } from './stack.ts'

const DEFAULT_PORT = 3000

const begun = performance.now()
let stack: LocalStack | undefined
let ready = false

async function stop(): Promise<void> {
  ready = false
  await stack?.stop()
  console.log('\nredpack has stopped.')
  process.exit(0)
}

try {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop())
  const port = portOf(process.env.PORT, DEFAULT_PORT, PORTS)
  const folder = folderOf(port)
  stack = await startStack({ folder, port, onLine: (line) => ready && line.trim() !== '' && console.log(line) })
  console.log(welcome(stack, relative(process.cwd(), folder), (performance.now() - begun) / 1000))
  ready = true
  const code = await stack.offline.ended
  if (ready) console.error(`serverless offline has ended with code ${code}`)
  if (ready) {
    await stack.parts.stop()
    process.exitCode = 1
  }
} catch (error) {
  const hint = `${DEFAULT_PORT + 100}`
  console.error(error instanceof PortTakenError ? `${error.message}, for example PORT=${hint} npm start` : error)
  process.exit(1)
}

/** What is kept between two starts: records, secrets, certificates. Another port is another machine, as it were. */
function folderOf(port: number): string {
  return fileURLToPath(new URL(`../.redpack/local${port === DEFAULT_PORT ? '' : `-${port}`}`, import.meta.url))
}

function welcome({ parts, offline }: LocalStack, folder: string, seconds: number): string {
  const { simulator, identity, env } = parts
  return `
redpack is ready (${seconds.toFixed(1)} s). Everything runs on this machine only; Ctrl-C stops it. Records and
the simulator's ledger are kept in ${folder}.

  HTTP API          ${offline.url}
  WeChat Pay        ${simulator.origin}   a simulator, with client certificates
  its control       ${simulator.control_origin}    GET /ledger /calls · POST /faults /clock /receive /balance /reset; a page in a browser
  DynamoDB          ${env.AWS_ENDPOINT_URL_DYNAMODB}    table ${env.REDPACK_TABLE}
  Secrets Manager   ${env.AWS_ENDPOINT_URL_SECRETS_MANAGER}    ${env.REDPACK_SECRET_PREFIX}/…

A test caller for this machine:

  export REDPACK_ENDPOINT=${offline.url}
  export REDPACK_KEYID=${identity.caller.keyid}
  export REDPACK_SECRET=${identity.caller.secret}

For the operator's commands (npx --no -- redpack merchant, caller, stop …), npm run offline and npx serverless invoke local, the service's own environment:

${Object.entries(env)
  .map(([name, value]) => `  export ${name}=${quoted(value ?? '')}`)
  .join('\n')}

Try it in another terminal. Without a signature the service answers 415:

  curl -i ${offline.url}/redpacks

Make WeChat close the connection after the next debit, then send a packet: it is paid once.

  curl --json '{"kind":"reset_after"}' ${simulator.control_origin}/faults
`
}

/** For a shell: a folder may have a space in its name. */
function quoted(value: string): string {
  return /^[\w@%+:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}
