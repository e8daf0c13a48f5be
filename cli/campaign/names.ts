// The names of a list, kept on this machine for `redpack find`: the service is sent openids, and no names.
import type { Campaign } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { mirrorFile, openDatabase } from '../mirror/file.ts'
import { storeOver } from '../mirror/store.ts'
import type { Settings } from '../service.ts'
import { count } from '../yuan.ts'
import type { Checked } from './check.ts'
import { type List, rowsOf } from './rows.ts'

/** A name has so many characters; what is longer is another kind of column. */
const NAME_MAX = 100

/** The campaign goes on whatever happens here: what fails is told, and nothing else. */
export async function keepNames(
  list: List,
  { columns }: Checked,
  { id, name }: Pick<Campaign, 'id' | 'name'>,
  caller: Pick<Settings, 'endpoint' | 'keyid'>,
  context: Context,
): Promise<void> {
  const { m, note, env } = context
  const { name_at, names } = columns
  if (name_at === undefined) return
  try {
    const kept = await namesOf(list, context)
    const database = await openDatabase(mirrorFile(caller, env), context)
    try {
      const store = storeOver(database)
      store.atOnce(() => store.putNames({ id, name }, kept))
    } finally {
      database.close()
    }
    note(m.campaign.namesKept(count(kept.length), names[name_at] ?? ''))
  } catch (error) {
    note(m.campaign.namesLost(error instanceof CliError ? error.message : String(error)))
  }
}

/** Rows are counted as the service counts them. @throws CliError if the file is another one by now */
async function namesOf(list: List, context: Context): Promise<{ row: number; name: string }[]> {
  const kept: { row: number; name: string }[] = []
  let row = 0
  for await (const one of rowsOf(list, context)) {
    row += 1
    if ('name' in one && one.name !== undefined && one.name.length <= NAME_MAX) kept.push({ row, name: one.name })
  }
  list.source.assertUnchanged()
  return kept
}
