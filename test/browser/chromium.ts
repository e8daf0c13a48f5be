// Which browser the tests and the screenshots run in: this machine's, or the one that `npm run browser` has put beside them.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

export type Found = {
  readonly path: string /** Where it finds libraries that the machine lacks. */
  readonly libraries?: string
}

/** Where `npm run browser` puts one. */
export const FOLDER = fileURLToPath(new URL('../../.redpack/browser/', import.meta.url))
export const NOTE = `${FOLDER}found.json`

/** Debian's, Ubuntu's, Google's; or only what REDPACK_CHROMIUM names, which may be nothing. */
const NAMED = process.env.REDPACK_CHROMIUM
const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const PLACES = NAMED === undefined ? USUAL : [NAMED]

/** It draws on no screen, and looks for nothing in a network. */
const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking']

/** Undefined if there is none. */
export function findChromium(): Found | undefined {
  const path = PLACES.find((path) => path && existsSync(path))
  if (path) return { path }
  return existsSync(NOTE) ? (JSON.parse(readFileSync(NOTE, 'utf8')) as Found) : undefined
}

/** @throws Error if it does not start on this machine */
export function launch({ path, libraries }: Found): Promise<Browser> {
  const env = { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) } as Record<string, string>
  return chromium.launch({ executablePath: path, args: FLAGS, env })
}
