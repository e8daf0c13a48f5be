// Ctrl-C during a batch: once stops it in good order, twice ends it at once. Neither loses or doubles anything.
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { onSignals } from '../signals.ts'

/** One Ctrl-C can arrive several times: from the terminal, from npx and from redpack.js, each passing it on. */
const SAME_MS = 500

/** Calls `stop` at the first signal. @returns what puts everything back */
export function onInterrupt({ m, terminal }: Context, stop: () => void): () => void {
  let first_ms: number | undefined
  const hear = () => {
    if (first_ms === undefined) {
      first_ms = performance.now()
      terminal.err(`\n${m.batch.stopping}\n`)
      stop()
    } else if (performance.now() - first_ms > SAME_MS) {
      terminal.err(`${m.batch.ended}\n`)
      process.exit(EXIT.interrupted)
    }
  }
  return onSignals(hear)
}
