// A campaign's rows on DynamoDB: an item of packed rows and a head for each chunk, the sketch, and the records of rows.
import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  DeleteItemCommand,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { Draft, Head } from '../campaigns/campaign.ts'
import type { CampaignStore, RowRecord } from '../campaigns/ports.ts'
import { waiting } from '../campaigns/totals.ts'
import { AppError } from '../errors.ts'
import { idOf, OUTCOMES, STATUSES } from '../redpack/record.ts'
import { campaignItem, headItem, rowsItem, sketchItem } from './campaign-items.ts'
import { type Item, isWritten, reachable, readItem, type Sender } from './dynamodb.ts'

export type CampaignItems = { readonly client: Sender; readonly table: string; now(): number }

/** DynamoDB's limits of one batch. */
const GET_MAX = 100
const WRITE_MAX = 25
/** Batches under way at once. */
const BATCHES = 4
/** What a batch leaves over is asked for again so often. */
const TRIES_MAX = 8
const AGAIN_MS = 50

/** `draft` of a chunk that no worker has written yet; `codes` and the rest of one that a worker has. */
const HeadItem = v.object({ n: v.number(), version: v.optional(v.number(), 1), draft: v.optional(Draft) })
const Sketch = v.object({ rows_count: v.number(), digests: v.string(), values: v.string(), written_at: v.number() })
const RowItem = v.object({
  outcome: v.picklist(OUTCOMES),
  status: v.optional(v.picklist(STATUSES)),
  open: v.optional(v.string()),
  err_code: v.optional(v.string()),
  err_code_des: v.optional(v.string()),
  send_listid: v.optional(v.string()),
  created_at: v.number(),
  updated_at: v.number(),
})
const ROW_KEYS = ['id', ...Object.keys(RowItem.entries)]

type RowStore = Pick<
  CampaignStore,
  | 'putRows'
  | 'rows'
  | 'putDraft'
  | 'drafts'
  | 'heads'
  | 'saveHead'
  | 'removeRows'
  | 'removeDraft'
  | 'putSketch'
  | 'sketches'
  | 'records'
>

export function campaignRows(items: CampaignItems): RowStore {
  const { client, table: TableName } = items

  async function rows(id: string, n: number): Promise<Uint8Array | undefined> {
    return (await readItem(client, TableName, rowsItem(id, n)))?.packed?.B
  }

  async function headItems(id: string, ns: readonly number[], keys?: readonly string[]): Promise<Item[]> {
    return getAll(
      items,
      ns.map((n) => headItem(id, n)),
      { ConsistentRead: true, ...projection(keys) },
    )
  }

  return {
    rows,

    async putRows(id, n, packed) {
      const Item = { id: { S: rowsItem(id, n) }, packed: { B: packed } }
      const put = new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(id)' })
      if (await isWritten(client.send(put))) return true
      const standing = await rows(id, n)
      return standing !== undefined && Buffer.compare(standing, packed) === 0
    },

    async putDraft(id, n, draft) {
      const Item = marshall({ id: headItem(id, n), n, version: 1, draft })
      // A start may have come meanwhile, and a worker: what it has written stays.
      const condition = { ConditionExpression: 'attribute_not_exists(id) OR attribute_exists(draft)' }
      await isWritten(client.send(new PutItemCommand({ TableName, Item, ...condition })))
    },

    async drafts(id, ns) {
      const found = (await headItems(id, ns)).map((item) => v.parse(HeadItem, unmarshall(item)))
      return new Map(found.flatMap(({ n, draft }) => (draft ? [[n, draft]] : [])))
    },

    async heads(id, ns) {
      const found = await headItems(id, ns, HEAD_KEYS)
      return found.map(toHead).sort((a, b) => a.n - b.n)
    },

    saveHead(id, version, head) {
      const Item = marshall({ ...head, id: headItem(id, head.n) }, { removeUndefinedValues: true })
      const put = new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: '#version = :seen_version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: marshall({ ':seen_version': version }),
      })
      return isWritten(client.send(put))
    },

    async removeRows(id, ns) {
      const ids = [...ns.flatMap((n) => [rowsItem(id, n), headItem(id, n)]), sketchItem(id)]
      await inBatches(ids, WRITE_MAX, async (batch) => {
        await writeAll(
          items,
          batch.map((one) => ({ DeleteRequest: { Key: { id: { S: one } } } })),
        )
      })
    },

    async removeDraft({ id, version }) {
      const command = new DeleteItemCommand({
        TableName,
        Key: { id: { S: campaignItem(id) } },
        ConditionExpression: '#state = :draft AND #version = :seen_version',
        ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
        ExpressionAttributeValues: marshall({ ':draft': 'draft', ':seen_version': version }),
      })
      await isWritten(client.send(command))
    },

    async putSketch(id, sketch) {
      const Item = marshall({ ...sketch, id: sketchItem(id) })
      await reachable(client.send(new PutItemCommand({ TableName, Item })))
    },

    async sketches(ids) {
      const found = await getAll(items, ids.map(sketchItem), { ConsistentRead: true })
      const suffix = sketchItem('').length - campaignItem('').length
      return new Map(
        found.map((item) => {
          const id = (item.id?.S ?? '').slice(campaignItem('').length, -suffix)
          return [id, v.parse(Sketch, unmarshall(item))]
        }),
      )
    },

    async records(miniapp_id, keys, ConsistentRead) {
      const byId = new Map(keys.map((key) => [idOf(miniapp_id, key), key]))
      const found = await getAll(items, [...byId.keys()], { ConsistentRead, ...projection(ROW_KEYS) })
      return new Map(found.map((item) => [byId.get(item.id?.S ?? '') ?? '', toRow(item)]))
    },
  }
}

const HEAD_KEYS = [...Object.keys(Head.entries), 'draft']

/** A chunk that nobody has worked on waits whole. */
function toHead(item: Item): Head {
  const stored = unmarshall(item)
  const { n, version, draft } = v.parse(HeadItem, stored)
  if (!draft) return v.parse(Head, stored)
  return { n, version, pass: 0, codes: '.'.repeat(draft.count), totals: waiting(draft.count, draft.sum), reasons: {} }
}

/** One that cannot be read counts as unknown: people hear of it where it is looked at. */
function toRow(item: Item): RowRecord {
  const parsed = v.safeParse(RowItem, unmarshall(item))
  return parsed.success ? parsed.output : { outcome: 'unknown', created_at: 0, updated_at: 0 }
}

type GetOptions = {
  ConsistentRead: boolean
  ProjectionExpression?: string
  ExpressionAttributeNames?: Record<string, string>
}

function projection(keys: readonly string[] | undefined) {
  if (!keys) return {}
  return {
    ProjectionExpression: keys.map((key) => `#${key}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(keys.map((key) => [`#${key}`, key])),
  }
}

/** Items by id, in any order; those that there are not are missing. @throws AppError store_unavailable */
async function getAll({ client, table }: CampaignItems, ids: readonly string[], options: GetOptions): Promise<Item[]> {
  const found: Item[] = []
  await inBatches(ids, GET_MAX, async (batch) => {
    let keys: Item[] | undefined = batch.map((id) => ({ id: { S: id } }))
    for (let tries = 0; keys && keys.length > 0; tries += 1) {
      await pause(tries)
      const command: BatchGetItemCommand = new BatchGetItemCommand({
        RequestItems: { [table]: { ...options, Keys: keys } },
      })
      const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await reachable(client.send(command))
      found.push(...(Responses?.[table] ?? []))
      keys = UnprocessedKeys?.[table]?.Keys
    }
  })
  return found
}

async function writeAll({ client, table }: CampaignItems, requests: readonly WriteRequest[]): Promise<void> {
  let left: WriteRequest[] | undefined = [...requests]
  for (let tries = 0; left && left.length > 0; tries += 1) {
    await pause(tries)
    const command: BatchWriteItemCommand = new BatchWriteItemCommand({ RequestItems: { [table]: left } })
    const { UnprocessedItems }: BatchWriteItemCommandOutput = await reachable(client.send(command))
    left = UnprocessedItems?.[table]
  }
}

async function pause(tries: number): Promise<void> {
  if (tries >= TRIES_MAX) throw new AppError('store_unavailable', '暂时无法读写活动的名单；请稍后重试')
  if (tries > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * 2 ** tries))
}

async function inBatches<T>(all: readonly T[], size: number, work: (batch: T[]) => Promise<void>): Promise<void> {
  let next = 0
  async function worker(): Promise<void> {
    while (next < all.length) {
      const from = next
      next += size
      await work(all.slice(from, from + size))
    }
  }
  await Promise.all(Array.from({ length: BATCHES }, worker))
}
