// Writes that land and whose answer is lost: a proxy before DynamoDB that hangs up after it has passed a write on.
import { createHash } from 'node:crypto'
import { type DynamodbProxy, dynamodbProxy } from '../support/interpose.ts'

const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem'])
/**
 * How often the answer to one and the same write is lost, in turn: once (the SDK's next try meets its own write), for all three
 * tries of the SDK (the use case does not learn of it), and for all tries of the use case, too (nobody does).
 */
const TIMES = [1, 3, 9]

export type LossyDynamodb = Pick<DynamodbProxy, 'url' | 'stop'> & {
  /** Writes that landed and of which at least one answer was lost. */
  lost(): number
  /** From now on every answer arrives. */
  calm(): void
}

/** `share` of all writes. A write that is tried again is known by its bytes until its losses are over. */
export async function losingWrites(endpoint: string, share: number): Promise<LossyDynamodb> {
  const left = new Map<string, number>()
  let writes = 0
  let lost = 0
  let isCalm = false

  function timesFor(): number {
    writes += 1
    if (isCalm || writes * share < lost + 1) return 0
    const times = TIMES[lost % TIMES.length] ?? 1
    lost += 1
    return times
  }

  const proxy = await dynamodbProxy(endpoint, (operation, body) => {
    if (!WRITES.has(operation)) return undefined
    const write = createHash('sha256').update(body).digest('base64')
    const times = left.get(write) ?? timesFor()
    if (times > 1) left.set(write, times - 1)
    else left.delete(write)
    return times > 0 && !isCalm ? 'lose' : undefined
  })
  return {
    url: proxy.url,
    stop: proxy.stop,
    lost: () => lost,
    calm: () => {
      isCalm = true
    },
  }
}
