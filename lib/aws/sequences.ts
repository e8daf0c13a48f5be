// A mini app's sequence: one item beside the records, with the last number taken, the gaps, and how far the search for gaps has come.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { GapSearch, Sequences } from '../redpack/ports.ts'
import { type Item, isWritten, queryAll, reachable, readItem, type Sender } from './dynamodb.ts'
import { BY_SEQUENCE } from './records.ts'

const whole = v.pipe(v.number(), v.safeInteger())

const SequenceItem = v.object({
  last_seq: v.optional(whole, 0),
  gaps: v.optional(v.set(whole), new Set<number>()),
  watermark: v.optional(whole, 0),
  high_water: v.optional(whole, 0),
  observed_at: v.optional(whole, 0),
  writers_done: v.optional(v.boolean(), false),
})

export function dynamoSequences(client: Sender, table: string): Sequences {
  const read = async (miniapp_id: string) => parse(await readItem(client, table, sequenceId(miniapp_id)))

  return {
    async take(miniapp_id) {
      const add = new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: sequenceId(miniapp_id) } },
        UpdateExpression: 'ADD last_seq :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      })
      const { Attributes } = await reachable(client.send(add))
      return parse(Attributes).last_seq
    },

    async read(miniapp_id) {
      const { last_seq, gaps } = await read(miniapp_id)
      return { last_seq, gaps: [...gaps] }
    },

    async written(miniapp_id, from, to) {
      const items = await queryAll(client, {
        TableName: table,
        IndexName: BY_SEQUENCE,
        KeyConditionExpression: 'miniapp_id = :miniapp_id AND seq BETWEEN :from AND :to',
        ExpressionAttributeValues: marshall({ ':miniapp_id': miniapp_id, ':from': from, ':to': to }),
        ProjectionExpression: 'seq',
      })
      return items.map(({ seq }) => Number(seq?.N))
    },

    async search(miniapp_id) {
      const { watermark, high_water, observed_at, writers_done } = await read(miniapp_id)
      return { watermark, high_water, observed_at, writers_done }
    },

    saveSearch(miniapp_id, seen, next, gaps) {
      const Key = { id: { S: sequenceId(miniapp_id) } }
      const update = new UpdateItemCommand({ TableName: table, Key, ...searchUpdate(seen, next, gaps) })
      return isWritten(client.send(update))
    },
  }
}

/** Not 24 hex digits, so never a record's id; and without miniapp_id and seq, so never in the list's index. */
function sequenceId(miniapp_id: string): string {
  return `sequence#${miniapp_id}`
}

function parse(item: Item | undefined): v.InferOutput<typeof SequenceItem> {
  return v.parse(SequenceItem, item ? unmarshall(item) : {})
}

function searchUpdate(seen: GapSearch, next: GapSearch, gaps: readonly number[]) {
  const names = ['watermark', 'high_water', 'observed_at', 'writers_done'] as const
  const isFirst = seen.observed_at === 0
  return {
    UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}${gaps.length === 0 ? '' : ' ADD gaps :gaps'}`,
    ConditionExpression: isFirst
      ? 'attribute_not_exists(observed_at)'
      : names.map((name) => `${name} = :seen_${name}`).join(' AND '),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(names.map((name) => [`:${name}`, next[name]])),
      ...(isFirst ? {} : Object.fromEntries(names.map((name) => [`:seen_${name}`, seen[name]]))),
      ...(gaps.length === 0 ? {} : { ':gaps': new Set(gaps) }),
    }),
  }
}
