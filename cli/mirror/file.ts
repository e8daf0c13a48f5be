// The mirror's file: a SQLite database for each service and caller, which nobody but its owner can read.
import { createHash } from 'node:crypto'
import { chmodSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import type { Settings } from '../service.ts'

/** Where the files are instead. */
const VARIABLE = 'REDPACK_MIRROR_DIR'
/** What SQLite keeps beside a database. */
const BESIDE = ['', '-wal', '-shm', '-journal']
/** Another command may be filling the same file. */
const BUSY_MS = 10_000

/** Named so that a person can tell which is which; the hash tells apart what the name leaves out. */
export function mirrorFile({ endpoint, keyid }: Pick<Settings, 'endpoint' | 'keyid'>, env: NodeJS.ProcessEnv): string {
  const address = endpoint.trim().replace(/\/+$/, '')
  const hash = createHash('sha256').update(`${address}\0${keyid}`).digest('hex').slice(0, 12)
  const plain = (text: string) => text.replace(/[^\w.-]+/g, '_').slice(0, 40)
  const host = address.replace(/^\w+:\/\//, '')
  return join(folderOf(env), `${plain(host)}-${plain(keyid)}-${hash}.sqlite`)
}

function folderOf(env: NodeJS.ProcessEnv): string {
  if (env[VARIABLE]) return env[VARIABLE]
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'redpack')
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'redpack')
}

/** Opens the file, or makes it. @throws CliError if this Node has no SQLite, or the file cannot be used */
export async function openDatabase(file: string, { m }: Context): Promise<DatabaseSync> {
  const Database = await sqlite(m)
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
    // Before SQLite opens it: what it makes beside the file gets the file's own rights.
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
    return new Database(file, { timeout: BUSY_MS })
  } catch (error) {
    throw new CliError('unwritable', m.unwritable(file, (error as NodeJS.ErrnoException).code ?? String(error)))
  }
}

/** Removes the file and what stands beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of BESIDE) rmSync(`${file}${suffix}`, { force: true })
}

/** Node has SQLite since 22.13 without a flag; it still warns of it there, which would stand in the midst of --json. */
async function sqlite(m: Context['m']): Promise<typeof DatabaseSync> {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return (await import('node:sqlite')).DatabaseSync
  } catch {
    throw new CliError('node_too_old', m.mirror.needsNode(process.version))
  } finally {
    process.emitWarning = emitWarning
  }
}
