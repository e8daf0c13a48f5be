// Two simulators for a file of tests, in the newest captured shapes and in the documented ones; each test finds them as they started.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { simulate } from './harness.ts'

export let weChat: Awaited<ReturnType<typeof simulate>>
export let documented: Awaited<ReturnType<typeof simulate>>

/** Called once by each file: what is loaded is shared between files. */
export function useBothShapes(): void {
  beforeAll(async () => {
    weChat = await simulate()
    documented = await simulate({ shapes: 'documented' })
  })
  beforeEach(async () => {
    await weChat.control('POST', '/reset')
    await documented.control('POST', '/reset')
  })
  afterAll(async () => {
    await weChat.stop()
    await documented.stop()
  })
}
