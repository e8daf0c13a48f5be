// That the service's operators have stopped all sending: told beside whatever was read.
import type { Context } from './context.ts'
import { mark } from './terminal.ts'
import { when } from './when.ts'

/** `stopped_since` as the client gives it; undefined: nothing is stopped, and nothing is said. */
export function tellStopped(stopped_since: number | undefined, { m, terminal, note }: Context): void {
  if (stopped_since !== undefined) note(`${mark(terminal, 'doubt')} ${m.stopped(when(stopped_since))}`)
}

/** The document of --json, with the time if sending is stopped. */
export function withStopped<T extends object>(data: T, stopped_since: number | undefined): T {
  return stopped_since === undefined ? data : { ...data, stopped_since }
}
