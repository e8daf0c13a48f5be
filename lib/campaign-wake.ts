// How the functions that command, and the minute, wake the worker.
import { app } from './app.ts'
import { describe } from './aws/log.ts'
import { wakeWorker } from './aws/wake.ts'
import { worker } from './config.ts'

let waker: ((id: string) => Promise<boolean>) | undefined

/** @returns whether it could be; never throws */
export async function wakeOrSay(id: string): Promise<boolean> {
  try {
    waker ??= wakeWorker(worker(), told)
    return await waker(id)
  } catch (error) {
    told(error)
    return false
  }
}

/** If it cannot be woken, the minute finds the campaign. */
export async function wake(id: string): Promise<void> {
  await wakeOrSay(id)
}

function told(error: unknown): void {
  app.log.warn('worker_not_woken', { cause: describe(error) })
}
