// Which browser the tests and the screenshots are run in, if there is any.
import { existsSync } from 'node:fs'

/** Debian's, Ubuntu's and what CI has put there (REDPACK_CHROMIUM). */
const PLACES = [
  process.env.REDPACK_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Undefined if there is none. */
export function chromiumPath(): string | undefined {
  return PLACES.find((path) => path !== undefined && path !== '' && existsSync(path))
}

/** Nothing may wait for a network that is not there, or draw on a screen. */
export const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking']
