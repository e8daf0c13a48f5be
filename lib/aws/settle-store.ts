// What settle needs of the table beyond the senders' store: what is due, and where the search for holes stands.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { HoleSearch, SettleStore } from '../redpack/ports.ts'
import { bookId } from './book.ts'
import { isWritten, queryAll, readItem, type Sender } from './dynamodb.ts'
import { BY_SEQUENCE, dynamoStore } from './store.ts'

/** The sparse index of records with something open: unsettled, due_at. */
const UNSETTLED_INDEX = 'unsettled'

const whole = v.pipe(v.number(), v.safeInteger())
const HoleSearchItem = v.object({
  watermark: v.optional(whole, 0),
  mark: v.optional(whole, 0),
  mark_at: v.optional(whole, 0),
  fenced: v.optional(v.literal(true)),
})

/** @throws AppError store_unavailable from every method */
export function dynamoSettleStore(client: Sender, table: string): SettleStore {
  return {
    ...dynamoStore(client, table),

    async due(unsettled, due_at, limit) {
      const items = await queryAll(
        client,
        {
          TableName: table,
          IndexName: UNSETTLED_INDEX,
          KeyConditionExpression: 'unsettled = :unsettled AND due_at <= :due_at',
          ExpressionAttributeValues: marshall({ ':unsettled': unsettled, ':due_at': due_at }),
          Limit: limit,
        },
        limit,
      )
      return items.flatMap(({ id }) => id?.S ?? []).slice(0, limit)
    },

    async seqsIn(miniapp_id, from, to) {
      const items = await queryAll(client, {
        TableName: table,
        IndexName: BY_SEQUENCE,
        KeyConditionExpression: 'miniapp_id = :miniapp_id AND seq BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':miniapp_id': miniapp_id, ':from': from, ':to': to }),
        ProjectionExpression: 'seq',
      })
      return items.map(({ seq }) => Number(seq?.N))
    },

    async holeSearch(miniapp_id) {
      const item = await readItem(client, table, bookId(miniapp_id))
      return v.parse(HoleSearchItem, item ? unmarshall(item) : {})
    },

    saveHoleSearch(miniapp_id, seen, next, holes) {
      const Key = { id: { S: bookId(miniapp_id) } }
      return isWritten(
        client.send(new UpdateItemCommand({ TableName: table, Key, ...searchUpdate(seen, next, holes) })),
      )
    },
  }
}

function searchUpdate(seen: HoleSearch, next: HoleSearch, holes: readonly number[]) {
  const begun = 'watermark = :seen_watermark AND mark = :seen_mark AND mark_at = :seen_mark_at'
  const fence = next.fenced ? ', fenced = :fenced' : ' REMOVE fenced'
  const values = {
    ':watermark': next.watermark,
    ':mark': next.mark,
    ':mark_at': next.mark_at,
    ...(next.fenced && { ':fenced': true }),
    ...(seen.mark_at === 0
      ? {}
      : { ':seen_watermark': seen.watermark, ':seen_mark': seen.mark, ':seen_mark_at': seen.mark_at }),
    ...(holes.length === 0 ? {} : { ':holes': new Set(holes) }),
  }
  return {
    UpdateExpression: `SET watermark = :watermark, mark = :mark, mark_at = :mark_at${fence}${holes.length === 0 ? '' : ' ADD holes :holes'}`,
    ConditionExpression: seen.mark_at === 0 ? 'attribute_not_exists(mark_at)' : begun,
    ExpressionAttributeValues: marshall(values),
  }
}
