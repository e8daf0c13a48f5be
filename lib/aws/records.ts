// The records on DynamoDB: one table, keyed by id; every write is stamped, and names the version and the outcome that it leaves.
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { AppError } from '../errors.ts'
import type { Due, Store, Written } from '../redpack/ports.ts'
import {
  type Kind,
  PERSONAL_KEYS,
  RedpackRecord,
  STATE_KEYS,
  type Stamp,
  type State,
  withoutPersonal,
} from '../redpack/record.ts'
import { type Shard, shardOf } from '../redpack/shards.ts'
import { type Item, queryAll, reachable, readItem, type Sender } from './dynamodb.ts'

/** The index that serves the list: miniapp_id, seq. */
export const BY_SEQUENCE = 'by-sequence'
/** The sparse index of records with something open: open_shard, due_at; it has mch_id too. */
const OPEN_INDEX = 'open'
const PAGE_MAX = 1_000

export type Surroundings = {
  /** Unix ms. */
  now(): number
  /** A random text of at least 64 bits that names one write. */
  token(): string
  /** Hears of each item of a page that is no record. */
  unreadable(id: string, error: unknown): void
}

export function dynamoRecords(client: Sender, table: string, { now, token, unreadable }: Surroundings): Store {
  const stamp = (version: number): Stamp => ({ version, writer: token(), updated_at: Math.floor(now() / 1000) })

  async function get(id: string): Promise<RedpackRecord | undefined> {
    const item = await readItem(client, table, id)
    return item && toRecord(item)
  }

  /** Waits for a conditional write that leaves `next`. If the condition fails, what stands there may still be this very write. */
  async function written(call: Promise<unknown>, next: RedpackRecord): Promise<Written> {
    try {
      await reachable(call)
      return { applied: true, record: next }
    } catch (failure) {
      if (!(failure instanceof ConditionalCheckFailedException)) throw failure
      // DynamoDB returns the current item with the failure; dynalite does not, so it is read, consistently.
      const record = failure.Item ? toRecord(failure.Item) : await get(next.id)
      if (!record) throw failure
      return { applied: record.writer === next.writer, record }
    }
  }

  /** One item that cannot be read must not hide the others of its page (docs/adr/0010). */
  function readable(item: Item): RedpackRecord[] {
    try {
      return [toRecord(item)]
    } catch (error) {
      unreadable(item.id?.S ?? '', error)
      return []
    }
  }

  return {
    get,

    insert(order) {
      const record = { ...order, ...stamp(1) }
      const put = new PutItemCommand({
        TableName: table,
        Item: marshall(keyed(record.id, record), { removeUndefinedValues: true }),
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      return written(client.send(put), record)
    },

    prepare(seen, next) {
      const stamped = { ...stateOf(next), ...stamp(seen.version + 1) }
      const record = { ...seen, ...stamped }
      const left = next.erased_at === undefined ? record : withoutPersonal(record)
      const update = new UpdateItemCommand({ TableName: table, ...replacement(seen, keyed(seen.id, stamped)) })
      return async (timeout_ms) => {
        // Not AbortSignal.timeout: each goes on until it fires, long after the write.
        const given_up = new AbortController()
        const timer = setTimeout(() => given_up.abort(), timeout_ms)
        try {
          return await written(client.send(update, { abortSignal: given_up.signal }), left)
        } finally {
          clearTimeout(timer)
        }
      }
    },

    async range(miniapp_id, from, to) {
      const items = await queryAll(client, {
        TableName: table,
        IndexName: BY_SEQUENCE,
        KeyConditionExpression: 'miniapp_id = :miniapp_id AND seq BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':miniapp_id': miniapp_id, ':from': from, ':to': to }),
        ScanIndexForward: false,
      })
      return items.flatMap(readable)
    },

    async page(kind, shard, due_by_s, { after, limit = PAGE_MAX } = {}) {
      const query = new QueryCommand({
        TableName: table,
        IndexName: OPEN_INDEX,
        KeyConditionExpression: 'open_shard = :open_shard AND due_at <= :due_by',
        ExpressionAttributeValues: marshall({ ':open_shard': openShard(kind, shard), ':due_by': due_by_s }),
        Limit: limit,
        ...(after && { ExclusiveStartKey: after as Item }),
      })
      const { Items = [], LastEvaluatedKey } = await reachable(client.send(query))
      return { due: Items.map(toDue), next: LastEvaluatedKey }
    },
  }
}

function openShard(kind: Kind, shard: Shard): string {
  return `${kind}#${shard}`
}

/** What is stored: the record, and its key in the index of what is open, which only the store knows. */
function keyed<R extends Pick<State, 'open'>>(id: string, record: R): R & { open_shard: string | undefined } {
  return { ...record, open_shard: record.open && openShard(record.open, shardOf(id)) }
}

function toDue({ id, mch_id, due_at }: Item): Due {
  return { id: id?.S ?? '', mch_id: mch_id?.S ?? '', due_at: Number(due_at?.N) }
}

/** Whoever passes a whole record means its state. */
function stateOf(next: State): State {
  return Object.fromEntries(STATE_KEYS.map((key) => [key, next[key]])) as State
}

/**
 * Sets what `next` has and removes what it has as undefined, and what is personal if it says that this is erased; attributes of
 * another version of this code stay.
 */
function replacement(seen: RedpackRecord, next: State & Stamp & { open_shard: string | undefined }) {
  const keys = [...STATE_KEYS, 'open_shard', 'version', 'writer', 'updated_at'] as const
  const set = keys.filter((key) => next[key] !== undefined)
  const gone = next.erased_at === undefined ? [] : PERSONAL_KEYS
  const remove = [...keys.filter((key) => next[key] === undefined), ...gone]
  return {
    Key: { id: { S: seen.id } },
    UpdateExpression: `SET ${set.map((key) => `#${key} = :${key}`).join(', ')}${remove.length > 0 ? ` REMOVE ${remove.map((key) => `#${key}`).join(', ')}` : ''}`,
    ConditionExpression: '#version = :seen_version AND #outcome = :seen_outcome',
    ExpressionAttributeNames: Object.fromEntries([...keys, ...gone].map((key) => [`#${key}`, key])),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(set.map((key) => [`:${key}`, next[key]])),
      ':seen_version': seen.version,
      ':seen_outcome': seen.outcome,
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
}

/** @throws AppError record_unreadable; valibot's own error would carry the whole item into the log */
function toRecord(item: Item): RedpackRecord {
  const parsed = v.safeParse(RedpackRecord, unmarshall(item))
  if (parsed.success) return parsed.output
  const cause = new Error(`item ${item.id?.S} does not parse at ${v.getDotPath(parsed.issues[0])}`)
  throw new AppError(
    'record_unreadable',
    '这条记录由其他版本的服务写入或已损坏，本次没有处理；请稍后用同一个 key 重试',
    {
      cause,
    },
  )
}
