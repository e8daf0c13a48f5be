// The load of a soak: callers that send and read by turns, as long as they are told to.
import { sendStubbornly, type Told } from '../storm/callers.ts'
import { signedHeaders } from '../support/signing.ts'
import type { SoakStack } from './stack.ts'

export type Load = {
  readonly told: Told[]
  /** Answered reads by route, and those without an answer: the service was killed. */
  readonly reads: Record<'list' | 'get' | 'status' | 'unanswered', number>
  readonly findings: string[]
}

const READ_MAX_MS = 30_000
/** Reads for each send. */
const READS = 2
const LIST_LIMIT = 20

/** @returns once `going` says no and every caller is through */
export async function load(stack: SoakStack, callers: number, pause_ms: number, going: () => boolean): Promise<Load> {
  const done: Load = { told: [], reads: { list: 0, get: 0, status: 0, unanswered: 0 }, findings: [] }
  let next = 0
  const call = async () => {
    while (going()) {
      const n = next
      next += 1
      done.told.push(await sendStubbornly(() => stack.url, stack.identity.caller, n))
      for (let read = 0; read < READS; read += 1) await readOne(stack, done, n * READS + read)
      await new Promise((resolve) => setTimeout(resolve, pause_ms))
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return done
}

async function readOne(stack: SoakStack, { told, reads, findings }: Load, n: number): Promise<void> {
  const known = told[(n * 7) % Math.max(told.length, 1)]?.text
  const id = known === undefined ? undefined : String(JSON.parse(known).id)
  const targets = [
    ['list', `/redpacks?limit=${LIST_LIMIT}&offset=${(n * 13) % Math.max(told.length, 1)}`],
    ['get', `/redpacks/${id}`],
    ['status', `/redpacks/status?id=${id}`],
  ] as const
  const [name, target] = (id === undefined ? targets[0] : targets[n % targets.length]) ?? targets[0]
  const { keyid, secret } = stack.identity.caller
  try {
    const response = await fetch(`${stack.url}${target}`, {
      headers: signedHeaders({ target, keyid, secret }),
      signal: AbortSignal.timeout(READ_MAX_MS),
    })
    const text = await response.text()
    // 503: the database, the secrets or WeChat are away for a moment; they are killed too.
    if ((response.status === 200 || response.status === 202) && !text.includes('"errorMessage"')) reads[name] += 1
    else if (response.status === 503 || response.status === 502 || response.status === 200) reads.unanswered += 1
    else findings.push(`GET ${target}: ${response.status} ${text.slice(0, 200)}`)
  } catch {
    reads.unanswered += 1
  }
}
