// What a fault does in place of the true answer.
import type { ServerResponse } from 'node:http'

/** The longest that setTimeout can wait, 24 days; a longer hang lasts until the client goes away. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** The calls that hang. */
export class Hanging {
  readonly #hanging = new Set<ServerResponse>()

  /** Waits; false when the client (or a reset of the simulator) ends the connection first. */
  wait(response: ServerResponse, seconds?: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (response.destroyed) return resolve(false)
      const hang_ms = (seconds ?? Number.POSITIVE_INFINITY) * 1000
      const timer = hang_ms > TIMER_MAX_MS ? undefined : setTimeout(() => end(true), hang_ms)
      const closed = () => end(false)
      const end = (goes_on: boolean): void => {
        clearTimeout(timer)
        response.off('close', closed)
        this.#hanging.delete(response)
        resolve(goes_on)
      }
      this.#hanging.add(response)
      response.once('close', closed)
    })
  }

  /** Lets go of all of them, unanswered. */
  release(): void {
    for (const response of this.#hanging) response.destroy()
  }
}
