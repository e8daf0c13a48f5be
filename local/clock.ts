// One clock for the local stack: preloaded into the worker threads in which serverless-offline runs the handlers, it moves
// their Date by what the simulator's POST /clock has added up. Bundles know nothing of it, so on AWS time cannot be moved.
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** The file is read again after this long: less than a request takes, so whoever has moved the clock finds it moved. */
const REREAD_MS = 1

/** `main`: also that of the main thread, in a process that runs one handler alone. */
const parameters = new URL(import.meta.url).searchParams
const file = parameters.get('file')
if (file !== null && (!isMainThread || parameters.has('main'))) moveDate(file)

function moveDate(path: string): void {
  const RealDate = Date
  let offset_ms = 0
  let read_at = Number.NEGATIVE_INFINITY

  function now(): number {
    if (performance.now() - read_at > REREAD_MS) {
      read_at = performance.now()
      offset_ms = readOffset(path)
    }
    return RealDate.now() + offset_ms
  }

  globalThis.Date = class extends RealDate {
    constructor(...given: ConstructorParameters<typeof RealDate> | []) {
      super(...((given.length === 0 ? [now()] : given) as ConstructorParameters<typeof RealDate>))
    }
    static override now = now
  } as DateConstructor
}

/** Milliseconds, or 0 where the clock has not been moved. */
function readOffset(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
