// The mirror as the commands use it: opened, brought up to date, and closed again.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { type RedPack, RedPackError } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { identityOf, serviceOf } from '../service.ts'
import { tellStopped } from '../stopped.ts'
import { when } from '../when.ts'
import { mirrorFile, openDatabase, removeDatabase } from './file.ts'
import { fill } from './fill.ts'
import { type Store, storeOver } from './store.ts'

export type MirrorOptions = {
  /** The service is not asked; what was read before is all there is. */
  readonly offline?: true | undefined
  /** Records that may still change are looked at again. */
  readonly open: boolean
}

export type Mirror = {
  readonly store: Store
  readonly file: string
  /** Undefined if it must not be asked. */
  readonly service: RedPack | undefined
  /** When the service was last asked, Unix seconds. */
  readonly as_of: number
}

/** Fills the mirror, then calls `use`. @throws CliError, RedPackError, and what `use` throws */
export async function withMirror<T>(
  { offline, open }: MirrorOptions,
  command: Command,
  context: Context,
  use: (mirror: Mirror) => T | Promise<T>,
): Promise<T> {
  const { m } = context
  const file = mirrorFile(identityOf(command, context), context.env)
  if (offline && !existsSync(file)) throw new CliError('no_mirror', m.mirror.none)
  const service = offline ? undefined : serviceOf(command, context)
  const database = await openDatabase(file, context)
  try {
    const store = storeOver(database)
    if (service) await update(store, service, open, context)
    else if (store.asOf() === 0) throw new CliError('no_mirror', m.mirror.none)
    else context.note(m.mirror.asOf(when(store.asOf())))
    return await use({ store, file, service, as_of: store.asOf() })
  } catch (error) {
    throw sqliteError(error, file, context)
  } finally {
    database.close()
  }
}

/** A copy that is damaged, or that another command holds: it can always be made again. */
export function sqliteError(error: unknown, file: string, { m }: Context): unknown {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR') return error
  return new CliError('mirror_unusable', m.mirror.unusable(file, error.message))
}

/** @returns the file that was removed */
export function clearMirror(command: Command, context: Context): string {
  const file = mirrorFile(identityOf(command, context), context.env)
  removeDatabase(file)
  return file
}

async function update(store: Store, service: RedPack, open: boolean, context: Context): Promise<void> {
  const { m } = context
  const bar = progressOn(context, store.asOf() === 0)
  let stopped_since: number | undefined
  const source = {
    page: async (params: { limit: number; offset: number }) => {
      const reply = await service.getSentRedPackList(params)
      stopped_since ??= reply.stopped_since
      return reply.data
    },
    record: async (id: string) => (await service.getSentRedPack(id)).data,
  }
  try {
    await fill(store, source, { now_s: Math.floor(Date.now() / 1000), open, progress: bar.show })
  } catch (error) {
    if (error instanceof RedPackError && store.asOf() > 0) context.note(m.mirror.tryOffline(when(store.asOf())))
    throw error
  } finally {
    bar.end()
  }
  tellStopped(stopped_since, context)
}

/** A line that is written over on a terminal, and the first and the last one elsewhere; only for the first fill. */
function progressOn({ m, json, terminal, note }: Context, isFirst: boolean) {
  const isDrawn = isFirst && terminal.interactive && !json
  let last = ''
  return {
    show(done: number, total: number): void {
      const text = m.mirror.progress(done, total)
      if (!isFirst || total === 0 || text === last) return
      last = text
      if (isDrawn) terminal.err(`\r${text}`)
      else if (done === total) note(text)
    },
    end(): void {
      if (isDrawn && last !== '') terminal.err('\n')
    },
  }
}
