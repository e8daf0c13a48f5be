// redpack console: opens the mirror, serves the page until somebody ends it or nobody looks any more, and closes the mirror.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { tableNamed } from '../aws/table.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { mirrorFile, openDatabase } from '../mirror/file.ts'
import { sqliteError } from '../mirror/mirror.ts'
import { storeOver } from '../mirror/store.ts'
import { identityOf, serviceOf } from '../service.ts'
import { ended } from './ended.ts'
import { pageFiles } from './files.ts'
import { fillerOf } from './filler.ts'
import { type Served, serve } from './server.ts'

export type ConsoleOptions = { port: number; allowActions?: true; table?: string; offline?: true }

/** A person waits: fewer tries than a program has. */
const RETRIES = 1

/** @throws CliError if the port is taken, this Node has no SQLite, or --offline finds no copy */
export async function openConsole(options: ConsoleOptions, command: Command, context: Context): Promise<void> {
  const { m, env } = context
  const { endpoint, keyid } = identityOf(command, context)
  const file = mirrorFile({ endpoint, keyid }, env)
  if (options.offline && !existsSync(file)) throw new CliError('no_mirror', m.mirror.none)
  const service = options.offline ? undefined : serviceOf(command, context, { retries: RETRIES })
  const database = await openDatabase(file, context)
  try {
    const store = storeOver(database)
    const now_s = () => Math.floor(Date.now() / 1000)
    const filler = fillerOf(store, service, now_s)
    const table = tableOf(options, context)
    const desk = {
      store,
      service,
      endpoint,
      keyid,
      may_act: options.allowActions === true,
      table,
      filler,
      context,
      now_s,
    }
    const served = await serve(desk, await pageFiles(), options.port, () => Date.now()).catch((error) => {
      throw portError(error, options.port, context)
    })
    try {
      tell(served, options, table, context)
      void filler.update()
      await ended(served, context)
    } finally {
      await served.close()
      await filler.end()
    }
  } catch (error) {
    throw sqliteError(error, file, context)
  } finally {
    database.close()
  }
}

function tell(
  { url, port }: Served,
  { allowActions, offline }: ConsoleOptions,
  table: string | undefined,
  context: Context,
): void {
  const { m } = context
  const actions = allowActions === true
  context.print({ url, port, actions, offline: offline === true }, m.console.ready(url))
  context.note(actions ? m.console.acting : m.console.reading)
  if (actions && table !== undefined) context.note(m.console.braking(table))
}

/** Without one the page shows the brake, and does not offer it. */
function tableOf({ table }: ConsoleOptions, context: Context): string | undefined {
  try {
    return tableNamed(table, context).name
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

function portError(error: unknown, port: number, { m }: Context): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return new CliError('port_taken', m.console.portTaken(port))
  if (code === 'EACCES') return new CliError('port_denied', m.console.portDenied(port))
  return error
}
