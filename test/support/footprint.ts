// What a request left behind: items in the table, calls at WeChat, reads of merchants' certificates.
import { createHash } from 'node:crypto'
import { DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { expect, inject } from 'vitest'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { castOf } from './callers.ts'
import { everyCall } from './wechat.ts'

const { env, reads_url, casts } = inject('stack')
const { callers, merchant } = castOf(casts, expect.getState().testPath)
/** What marks an item or a secret as the file's own, while other files run. */
const MARKS = [...Object.values(callers).map(({ miniapp_id }) => miniapp_id), merchant.mch_id]
const TableName = env.REDPACK_TABLE
const client = new DynamoDBClient({
  endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
  region: 'local',
  credentials: LOCAL_CREDENTIALS,
})

/** The stored item, as it is. */
export async function stored(id: unknown, table = TableName): Promise<Record<string, unknown> | undefined> {
  const Key = { id: { S: String(id) } }
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
  return Item && unmarshall(Item)
}

/** The id that docs/guarantees.md gives a key. */
export function idOf(miniapp_id: string, idempotency_key: string): string {
  return createHash('sha256').update(`redpack\0${miniapp_id}\0${idempotency_key}`).digest('hex').slice(0, 24)
}

/** Names of the secrets with the certificates of the file's mini apps that were read so far, in order. */
export async function merchantReads(): Promise<string[]> {
  const reads = (await (await fetch(reads_url)).json()) as string[]
  return reads.filter((name) => name.includes('/merchants/') && isOwn(name))
}

/** Does something that must write nothing of the file's callers and merchant, and call nobody for it. */
export async function withoutEffect<T>(act: () => Promise<T>): Promise<T> {
  const before = { items: await everyItem(), calls: await everyCall() }
  const result = await act()
  expect({ items: await everyItem(), calls: await everyCall() }).toEqual(before)
  return result
}

function isOwn(text: string): boolean {
  return MARKS.some((mark) => text.includes(mark))
}

/** Those of the file, by id. */
async function everyItem(): Promise<Record<string, Record<string, unknown>>> {
  const items: Record<string, Record<string, unknown>> = {}
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const item of (page.Items ?? []).map((one) => unmarshall(one))) {
      if (isOwn(JSON.stringify(item, (_, value) => (value instanceof Set ? [...value] : value)))) items[item.id] = item
    }
  }
  return items
}
