// What the methods give back, and the query of a path.
import { kindOf, wrong } from './options.ts'
import type { Answer } from './verdict.ts'

/** An answer of the service and its HTTP status. */
export type Reply<T> = { status: number; data: T }

/** `stopped_since` is not enumerable: JSON and a spread leave it out. */
export type ReadReply<T> = Reply<T> & {
  /** Since when the service's operators have stopped all sending (Unix seconds); undefined while it goes on. */
  readonly stopped_since: number | undefined
}

export function readReply<T>({ status, data, stopped_since }: Answer): ReadReply<T> {
  const reply = { status, data: data as T, stopped_since }
  return Object.defineProperty(reply, 'stopped_since', { enumerable: false, writable: false })
}

/** What is undefined is left out. @throws TypeError for what is neither text nor a number */
export function query(params: Record<string, string | number | undefined>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    if (typeof value !== 'string' && typeof value !== 'number') throw wrong(`${name} must not be ${kindOf(value)}`)
    given.set(name, String(value))
  }
  const text = given.toString()
  return text && `?${text}`
}
