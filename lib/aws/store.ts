// The record store on DynamoDB: one table, keyed by id; every write names the state it leaves.
import { ConditionalCheckFailedException, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { Changes, Store } from '../redpack/ports.ts'
import { RedpackRecord } from '../redpack/record.ts'
import { bookId, bookOf } from './book.ts'
import { type Item, queryAll, reachable, readItem, type Sender } from './dynamodb.ts'

/** The index that serves the list: miniapp_id, seq. */
export const BY_SEQUENCE = 'by-sequence'

/** @throws AppError store_unavailable from every method */
export function dynamoStore(client: Sender, table: string): Store {
  async function get(id: string): Promise<RedpackRecord | undefined> {
    const item = await readItem(client, table, id)
    return item && toRecord(item)
  }

  /** DynamoDB gives the standing item with the failure; dynalite does not, so it is read, consistently. */
  async function standing(failure: ConditionalCheckFailedException, id: string): Promise<RedpackRecord> {
    const record = failure.Item ? toRecord(failure.Item) : await get(id)
    if (!record) throw failure
    return record
  }

  return {
    get,

    async insert(record) {
      try {
        await reachable(
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: toItem(record),
              ConditionExpression: 'attribute_not_exists(id)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          ),
        )
        return record
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return standing(error, record.id)
        throw error
      }
    },

    async update(seen, changes) {
      try {
        await reachable(client.send(new UpdateItemCommand({ TableName: table, ...updateOf(seen, changes) })))
        return { ...seen, ...changes } as RedpackRecord
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return standing(error, seen.id)
        throw error
      }
    },

    async takeSeq(miniapp_id) {
      const { Attributes } = await reachable(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { id: { S: bookId(miniapp_id) } },
            UpdateExpression: 'ADD last_seq :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
            ReturnValues: 'UPDATED_NEW',
          }),
        ),
      )
      return bookOf(Attributes).last_seq
    },

    async book(miniapp_id) {
      return bookOf(await readItem(client, table, bookId(miniapp_id)))
    },

    async range(miniapp_id, from, to) {
      const items = await queryAll(client, {
        TableName: table,
        IndexName: BY_SEQUENCE,
        KeyConditionExpression: 'miniapp_id = :miniapp_id AND seq BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':miniapp_id': miniapp_id, ':from': from, ':to': to }),
        ScanIndexForward: false,
      })
      return items.map(toRecord)
    },
  }
}

function updateOf(seen: RedpackRecord, changes: Changes) {
  const names: Record<string, string> = { '#version': 'version', '#outcome': 'outcome' }
  const values: Record<string, unknown> = { ':seen_version': seen.version, ':seen_outcome': seen.outcome }
  const set: string[] = []
  const remove: string[] = []
  for (const [name, value] of Object.entries(changes)) {
    names[`#${name}`] = name
    if (value === undefined) remove.push(`#${name}`)
    else {
      values[`:${name}`] = value
      set.push(`#${name} = :${name}`)
    }
  }
  return {
    Key: { id: { S: seen.id } },
    UpdateExpression: `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
    ConditionExpression: '#version = :seen_version AND #outcome = :seen_outcome',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall(values),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
}

function toItem(record: RedpackRecord): Item {
  return marshall(record, { removeUndefinedValues: true })
}

/** @throws Error for an item that is no record; valibot's own would carry the whole item into the log. */
function toRecord(item: Item): RedpackRecord {
  const parsed = v.safeParse(RedpackRecord, unmarshall(item))
  if (parsed.success) return parsed.output
  throw new Error(`record ${item.id?.S} is not one: ${v.getDotPath(parsed.issues[0])}`)
}
