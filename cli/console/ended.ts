// When the console ends: at Ctrl-C, when nobody looks any more, and at the latest after half a day.
import type { Context } from '../context.ts'
import { onSignals } from '../signals.ts'
import type { Served } from './server.ts'

/** Nobody has looked for so long: a page that is open and seen asks every few seconds. */
const IDLE_MS = 3_600_000
/** A session ends, whatever is done with it. */
const OPEN_MS = 12 * 3_600_000
const CHECK_MS = 15_000
/** Ctrl-C, or nobody looks any more. */
export async function ended(
  { last_ms }: Pick<Served, 'last_ms'>,
  { m, note }: Pick<Context, 'm' | 'note'>,
): Promise<void> {
  const from_ms = Date.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now_ms = Date.now()
      if (now_ms - last_ms() >= IDLE_MS) note(m.console.idle(IDLE_MS / 60_000))
      else if (now_ms - from_ms >= OPEN_MS) note(m.console.tooLong(OPEN_MS / 3_600_000))
      else return
      end()
    }, CHECK_MS)
    const calm = onSignals(end)
    function end(): void {
      clearInterval(timer)
      calm()
      resolve()
    }
  })
}
