// How many calls to WeChat go out for a merchant at the same time. Connections are dear, and WeChat takes 30 sends a second from a
// merchant: a burst waits for the few connections that there are, and more are made only as long as these are not enough.

/** Calls at once to begin with. */
const WIDTH = 4
/** If some wait for so long without a pause, one more is let in. */
const WIDER_AFTER_MS = 300
/** As long as some still wait, one more each time this has passed. */
const WIDER_AGAIN_MS = 50

export type Gate = {
  /**
   * Waits for its turn. @returns what to call once the call has ended
   * @throws Error if the time is over before
   */
  enter(timeout_ms: number): Promise<() => void>
}

type Waiter = { letIn(): void }

export function gate(): Gate {
  let width = WIDTH
  let inside = 0
  let widening: NodeJS.Timeout | undefined
  const waiting = new Set<Waiter>()

  function admit(): void {
    for (const waiter of waiting) {
      if (inside >= width) break
      waiting.delete(waiter)
      inside += 1
      waiter.letIn()
    }
    if (waiting.size === 0) {
      clearTimeout(widening)
      widening = undefined
      return
    }
    widening ??= setTimeout(widen, width === WIDTH ? WIDER_AFTER_MS : WIDER_AGAIN_MS)
  }

  function widen(): void {
    widening = undefined
    if (waiting.size > 0) width += 1
    admit()
  }

  function leave(): void {
    inside -= 1
    admit()
    if (inside === 0) width = WIDTH
  }

  async function enter(timeout_ms: number): Promise<() => void> {
    if (inside < width && waiting.size === 0) {
      inside += 1
      return leave
    }
    return new Promise((resolve, reject) => {
      const waiter = {
        letIn() {
          clearTimeout(timer)
          resolve(leave)
        },
      }
      const timer = setTimeout(() => {
        waiting.delete(waiter)
        reject(Object.assign(new Error('no turn in time'), { name: 'TimeoutError' }))
      }, timeout_ms)
      waiting.add(waiter)
      admit()
    })
  }

  return { enter }
}
