// The table that stands, beside the one that resources/table.yml describes: what CloudFormation would replace, and what it cannot do.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

type Key = { readonly AttributeName?: string | undefined; readonly KeyType?: string | undefined }
type Index = { readonly IndexName?: string | undefined; readonly KeySchema?: readonly Key[] | undefined }

/** As DescribeTable and the template both have it. */
export type Table = {
  readonly KeySchema?: readonly Key[] | undefined
  readonly GlobalSecondaryIndexes?: readonly Index[] | undefined
}

/** DynamoDB makes or removes one index in an update, and CloudFormation refuses an update with more. */
const INDEX_CHANGES_MAX = 1

/** The table as it would be deployed. */
export function wantedTable(): Table {
  return parse(readFileSync(new URL('../../resources/table.yml', import.meta.url), 'utf8')).Properties
}

/** @returns why the update would replace the table or fail; undefined if neither */
export function conflictOf(standing: Table, wanted: Table): string | undefined {
  if (keyOf(standing) !== keyOf(wanted)) {
    return `its key is ${keyOf(standing)}, and the new one is ${keyOf(wanted)}: it would be replaced by an empty table`
  }
  const [old, next] = [indexesOf(standing), indexesOf(wanted)]
  const changed = [...next].filter(([name, key]) => old.has(name) && old.get(name) !== key).map(([name]) => name)
  if (changed.length > 0) return `the index ${changed.join(', ')} has another key, and no update changes an index`
  const added = [...next.keys()].filter((name) => !old.has(name))
  const removed = [...old.keys()].filter((name) => !next.has(name))
  if (added.length + removed.length <= INDEX_CHANGES_MAX) return undefined
  return `the update would add ${listed(added)} and remove ${listed(removed)}: AWS makes one change of an index at a time`
}

function keyOf({ KeySchema = [] }: Table | Index): string {
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ')
}

function indexesOf({ GlobalSecondaryIndexes = [] }: Table): Map<string, string> {
  return new Map(GlobalSecondaryIndexes.map((index) => [index.IndexName ?? '', keyOf(index)]))
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'no index' : `the index ${names.join(', ')}`
}
