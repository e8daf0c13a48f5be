// What settle reads of a merchant's campaigns: their line, and of the first one no more than it needs.
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { Campaign } from '../campaigns/campaign.ts'
import type { RateStore } from '../campaigns/ports.ts'
import { AppError } from '../errors.ts'
import { campaignItem, lineItem } from './campaign-items.ts'
import { type Item, readItem, type Sender } from './dynamodb.ts'

const Line = v.object({ queue: v.optional(v.array(v.string()), []), version: v.optional(v.number(), 0) })
const AtWork = v.pick(Campaign, ['state', 'hold', 'lease_until_ms', 'rate_per_s'])

export function dynamoRates(client: Sender, table: string): RateStore {
  return {
    async line(mch_id) {
      const item = await readItem(client, table, lineItem(mch_id))
      return readable(Line, item ?? {}, lineItem(mch_id))
    },

    async get(id) {
      const item = await readItem(client, table, campaignItem(id))
      return item && readable(AtWork, item, campaignItem(id))
    },
  }
}

/** @throws AppError record_unreadable */
function readable<S extends v.GenericSchema>(schema: S, item: Item, id: string): v.InferOutput<S> {
  const read = v.safeParse(schema, unmarshall(item))
  if (!read.success) throw new AppError('record_unreadable', `条目 ${id} 由其他版本的服务写入或已损坏`)
  return read.output
}
