// How far the erasure of old records has come: one item.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { Erasures } from '../redpack/ports.ts'
import { reachable, readItem, type Sender } from './dynamodb.ts'

/** Not 24 hex digits, so never a record's id. */
const ERASURE_ID = 'erasure'

const whole = v.pipe(v.number(), v.safeInteger())
/** A list of pairs: the name of a mini app is no key of an object. */
const ErasureItem = v.object({
  next_at: v.optional(whole, 0),
  done_to: v.optional(v.array(v.tuple([v.string(), whole])), []),
})

export function dynamoErasures(client: Sender, table: string): Erasures {
  return {
    async read() {
      const item = await readItem(client, table, ERASURE_ID)
      const { next_at, done_to } = v.parse(ErasureItem, item ? unmarshall(item) : {})
      return { next_at, done_to: new Map(done_to) }
    },

    async save({ next_at, done_to }) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: ERASURE_ID } },
        UpdateExpression: 'SET next_at = :next_at, done_to = :done_to',
        ExpressionAttributeValues: marshall({ ':next_at': next_at, ':done_to': [...done_to] }),
      })
      await reachable(client.send(update))
    },
  }
}
