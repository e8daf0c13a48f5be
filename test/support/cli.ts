// The command, run in this process with a terminal of the test's own, or as a process that can be killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { run } from '../../cli/run.ts'

const NO_PROFILES = join(tmpdir(), 'redpack-no-profiles')

export type Run = { code: number; out: string; err: string }

export const LAUNCHER = fileURLToPath(new URL('../../cli/bin/redpack.js', import.meta.url))

/** Runs the command here. `env` is all that it sees; the AWS SDK looks at process.env, so it stands there meanwhile, too. */
export async function redpack(argv: string[], given: Record<string, string> = {}, stdin = ''): Promise<Run> {
  // The profiles of whoever runs the tests are not theirs.
  const env = { REDPACK_CONFIG_DIR: NO_PROFILES, ...given }
  const result = { out: '', err: '' }
  const before = { ...process.env }
  Object.assign(process.env, env)
  try {
    const code = await run(argv, {
      env,
      interactive: false,
      colour: false,
      out: (chunk) => {
        result.out += chunk
      },
      err: (chunk) => {
        result.err += chunk
      },
      stdin: async () => Buffer.from(stdin),
    })
    return { code, ...result }
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
    Object.assign(process.env, before)
  }
}

/** Starts `bin/redpack.js` by `node`. Out: the process, and what it came to. */
export function startRedpack(argv: string[], env: Record<string, string>, node = process.execPath) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const child = spawn(node, [LAUNCHER, ...argv], {
    env: { PATH, HOME, NODE_COMPILE_CACHE, REDPACK_CONFIG_DIR: NO_PROFILES, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = Promise.all([text(child.stdout), text(child.stderr), exit(child)]).then(([out, err, code]) => ({
    code,
    out,
    err,
  }))
  return { child, ended }
}

function exit(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
}

export type Asked = { method: string; path: string; headers: IncomingMessage['headers']; body: string }
/** undefined: hangs up. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | undefined

/** A service that says what the test wants, and remembers what it was asked. */
export async function startService(answer: (asked: Asked, n: number) => Answer | Promise<Answer>) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    asked.push({ method, path, headers, body: await text(request) })
    const told = await answer(asked.at(-1) as Asked, asked.length)
    if (!told) return request.socket.destroy()
    const type = told.status < 400 ? 'application/json' : 'application/problem+json'
    response.writeHead(told.status, { 'content-type': type, ...told.headers }).end(JSON.stringify(told.body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    asked,
    env: { REDPACK_ENDPOINT: url, REDPACK_KEYID: 'shop-1', REDPACK_SECRET: 'c2VjcmV0' },
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export function problem(status: number, code: string, detail: string): Answer {
  return { status, body: { type: 'about:blank', title: code, status, code, detail, request_id: 'r-1' } }
}

/** Flags for what all rows and packets of the tests have in common. */
export const COMMON = [
  ...['--official-account-id', 'wxcbda96de0b165486', '--send-name', '天虹百货'],
  ...['--act-name', '新年红包', '--remark', '新年红包'],
]
/** Flags of one whole packet. */
export const PACKET = [
  ...COMMON,
  '--re-openid',
  'oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd',
  '--total-amount',
  '1.10',
  '--wishing',
  '恭喜发财',
]

/** A CSV file of `count` rows to as many receivers, each with an amount of its own; out: its text and its sum in fen. */
export function people(count: number, prefix = 'oCli'): { csv: string; fen: number } {
  const rows = Array.from({ length: count }, (_, i) => ({
    re_openid: `${prefix}${String(i).padStart(23, '0')}`,
    fen: 100 + (i % 900),
  }))
  const lines = rows.map(({ re_openid, fen }, i) => `"恭喜, ${i}",${(fen / 100).toFixed(2)},${re_openid}`)
  return {
    csv: `wishing,total_amount,re_openid\n${lines.join('\n')}\n`,
    fen: rows.reduce((sum, { fen }) => sum + fen, 0),
  }
}
