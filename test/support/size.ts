// How much an installation takes on disk, beside what README.md says that it takes.
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const README = new URL('../../README.md', import.meta.url)
const BLOCK_BYTES = 512
/** File systems differ in how much they need for a small file. */
const TOLERANCE = 1.25

/** What everything below `folder` takes on disk, in MB. */
export function megabytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const blocks = names.reduce((sum, name) => sum + lstatSync(join(folder, name)).blocks, 0)
  return (blocks * BLOCK_BYTES) / 2 ** 20
}

/** The most that a package may take by the table of README.md, in MB. NaN if it is not in there. */
export function megabytesToldOf(name: string): number {
  const row = new RegExp(`\\./${name}-[^|]*\\|[^|]*\\| ([\\d.]+) MB`).exec(readFileSync(README, 'utf8'))
  return Number(row?.[1]) * TOLERANCE
}
