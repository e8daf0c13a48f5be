// What the command does: it starts a simulator, says where it is, and runs until it is told to end.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Arguments } from './arguments.ts'
import { keepIdentity, makeIdentity, writeFiles } from './identity.ts'
import { type Simulator, startSimulator } from './server.ts'
import { ToldError } from './told.ts'
import type { Words } from './words.ts'

/** Where it says things, and in which words. */
export type Speech = Readonly<{ words: Words; out: (text: string) => void; err: (text: string) => void }>

/** Runs until SIGINT, SIGTERM or SIGHUP. @throws what startSimulator throws, see explain() */
export async function runCommand(given: Arguments, { words, out, err }: Speech): Promise<void> {
  const { data, merchants: requests, names } = given
  const identity = data === undefined ? makeIdentity(requests, names) : keepIdentity(data, requests, names)
  const { ca, server, merchants } = identity
  if (given.ca_out !== undefined) {
    mkdirSync(dirname(given.ca_out), { recursive: true })
    writeFileSync(given.ca_out, ca.cert)
  }
  const folders = [data, given.out].filter((folder) => folder !== undefined)
  const files = folders.map((folder) => writeFiles(folder, identity)).at(-1)
  const log = given.quiet ? () => {} : err
  const simulator = await startSimulator({ ...given, tls: { ca: ca.cert, ...server }, merchants, log })
  // Before anybody hears that it runs, and may stop it.
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  if (given.json) out(JSON.stringify({ ...told(simulator), merchants: merchants.map(publicOf), files }))
  else out(words.ready(simulator, identity, files))
  await ended
  await simulator.stop()
  if (!given.json) err(words.stopped)
}

function told({ origin, control_origin, port, control_port }: Simulator): object {
  return { origin, control_origin, port, control_port }
}

function publicOf({ cert: _, key: __, ...merchant }: Readonly<{ cert: string; key: string }>): object {
  return merchant
}

/** Why the command did not start, in one line. */
export function explain(error: unknown, words: Words): string {
  if (error instanceof ToldError) return words.told(error)
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number }
  return code === 'EADDRINUSE' && port !== undefined ? words.portTaken(port) : words.unusable(message)
}
