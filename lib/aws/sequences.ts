// A mini app's sequence, two items beside the records: the last number taken, which every send writes and which therefore stays
// small; and the gaps, with how far the search for them has come.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import type { GapSearch, Sequences } from '../redpack/ports.ts'
import { type Item, isWritten, queryAll, reachable, readItem, type Sender } from './dynamodb.ts'
import { BY_SEQUENCE } from './records.ts'

const whole = v.pipe(v.number(), v.safeInteger())

const Counter = v.object({ last_seq: v.optional(whole, 0) })
const Gaps = v.object({
  gaps: v.optional(v.set(whole), new Set<number>()),
  watermark: v.optional(whole, 0),
  high_water: v.optional(whole, 0),
  observed_at: v.optional(whole, 0),
  writers_done: v.optional(v.boolean(), false),
})

export function dynamoSequences(client: Sender, table: string): Sequences {
  const readGaps = async (miniapp_id: string) => v.parse(Gaps, plain(await readItem(client, table, gapsId(miniapp_id))))

  return {
    async take(miniapp_id) {
      const add = new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: counterId(miniapp_id) } },
        UpdateExpression: 'ADD last_seq :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      })
      const { Attributes } = await reachable(client.send(add))
      return v.parse(Counter, plain(Attributes)).last_seq
    },

    async read(miniapp_id) {
      const [counter, { gaps }] = await Promise.all([
        readItem(client, table, counterId(miniapp_id)),
        readGaps(miniapp_id),
      ])
      return { last_seq: v.parse(Counter, plain(counter)).last_seq, gaps: [...gaps] }
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
      const { watermark, high_water, observed_at, writers_done } = await readGaps(miniapp_id)
      return { watermark, high_water, observed_at, writers_done }
    },

    saveSearch(miniapp_id, seen, next, gaps) {
      const Key = { id: { S: gapsId(miniapp_id) } }
      const update = new UpdateItemCommand({ TableName: table, Key, ...searchUpdate(seen, next, gaps) })
      return isWritten(client.send(update))
    },
  }
}

// Not 24 hex digits, so never a record's id; and without miniapp_id and seq, so never in the list's index.
function counterId(miniapp_id: string): string {
  return `sequence#${miniapp_id}`
}
function gapsId(miniapp_id: string): string {
  return `gaps#${miniapp_id}`
}

function plain(item: Item | undefined): Record<string, unknown> {
  return item ? unmarshall(item) : {}
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
