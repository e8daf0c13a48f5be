// Brake: what is read says in a header that nothing is being sent. Bodies stay as they are.
import type { ReadingApp } from '../app.ts'
import type { Middleware, StackRequest } from './request.ts'

/** Since when, in Unix seconds; absent while the brake is off. */
const HEADER = 'redpack-stopped'

export function brake({ services }: Pick<ReadingApp, 'services'>): Middleware {
  const asked = new WeakMap<object, Promise<number | undefined>>()

  /** Asked while the page is read, so that it takes no time of its own. A page is worth more than this header. */
  function askForBrake({ event, context }: StackRequest): void {
    const since = services().stoppedSince(event.caller.miniapp_id)
    asked.set(
      context,
      since.catch(() => undefined),
    )
  }

  async function tellBrake({ context, response }: StackRequest): Promise<void> {
    const since = await asked.get(context)
    if (since !== undefined && response) response.headers = { ...response.headers, [HEADER]: String(since) }
  }

  return { before: askForBrake, after: tellBrake }
}
