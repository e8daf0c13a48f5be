// redpack sign: a signed request as a curl line, for trying things by hand.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { signRequest } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { isKey, serviceOf, settingsOf } from '../service.ts'
import { quote } from '../shell.ts'

type Options = { data?: string; key?: string }

export function addSign(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('sign')
    .description(help.sign)
    .argument('<method>', help.method)
    .argument('<path>', help.path)
    .option('--data <file>', help.data)
    .option('--key <key>', help.idempotencyKey)
    .addHelpText('after', help.signAfter)
    .action((method: string, path: string, options: Options, command) => print(method, path, options, command, context))
}

async function print(given: string, path: string, options: Options, command: Command, context: Context) {
  const { m } = context
  const method = given.toUpperCase()
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT') throw new CliError('usage', m.sign.method)
  if (!path.startsWith('/')) throw new CliError('usage', m.sign.path)
  if ((method === 'GET') === (options.data !== undefined)) throw new CliError('usage', m.sign.data)
  const { endpoint, keyid, secret } = settingsOf(command, context)
  // Says what is wrong with them, if anything is.
  serviceOf(command, context)
  const { href: url } = new URL(`${endpoint.replace(/\/+$/, '')}${path}`)
  const created = Math.floor(Date.now() / 1000)
  const signed = { url, keyid, secret, created }
  if (options.data === undefined) {
    const headers = signRequest({ ...signed, method: 'GET' })
    return show({ method, url, headers }, [], context)
  }
  // Below /campaigns there is no key.
  const hasKey = method === 'POST' && !/\/campaigns(\/|$)/.test(new URL(url).pathname)
  if (!hasKey && options.key !== undefined) throw new CliError('usage', m.sign.noKey)
  const idempotency_key = options.key ?? randomUUID()
  if (!isKey(idempotency_key)) throw new CliError('usage', m.badKey)
  const body = await read(options.data, context)
  const headers = {
    'content-type': 'application/json',
    ...(hasKey
      ? signRequest({ ...signed, method: 'POST', body, idempotency_key })
      : signRequest({ ...signed, method: method === 'PUT' ? 'PUT' : 'POST', body })),
  }
  show({ method, url, headers, body: body.toString('utf8') }, dataFlag(options.data, body, context), context)
}

async function read(file: string, { m, terminal }: Context): Promise<Buffer> {
  try {
    return file === '-' ? await terminal.stdin() : readFileSync(file)
  } catch (error) {
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}

/** curl reads a file byte for byte with --data-binary; what came by standard input is gone, so it stands in the line. */
function dataFlag(file: string, body: Buffer, { m }: Context): string[] {
  if (file !== '-') return ['--data-binary', `@${file}`]
  const text = body.toString('utf8')
  if (!Buffer.from(text).equals(body) || text.includes('\0')) throw new CliError('usage', m.sign.notText)
  return ['--data-raw', text]
}

type Request = { method: string; url: string; headers: Record<string, string>; body?: string }

function show(request: Request, data: string[], context: Context): void {
  const { method, url, headers } = request
  const flags = Object.entries(headers).map(([name, value]) => ['-H', `${name}: ${value}`])
  // Brackets and braces mean something to curl in a URL, unless it is told that they do not.
  const glob = /[[\]{}]/.test(url) ? [['-g']] : []
  const parts = [['curl', '-X', method, url], ...glob, ...flags, ...(data.length > 0 ? [data] : [])]
  const curl = parts.map((words) => words.map(quote).join(' ')).join(' \\\n  ')
  context.print({ ...request, curl }, curl)
  context.note(context.m.sign.valid)
}
