// What settle reads of a merchant's campaigns: their line, and of the first one no more than it needs.
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { Campaign } from '../campaigns/campaign.ts'
import type { RateStore } from '../campaigns/ports.ts'
import { AppError } from '../errors.ts'
import { campaignItem, lineItem } from './campaign-items.ts'
import { readItem, type Sender } from './dynamodb.ts'

const Line = v.object({ queue: v.optional(v.array(v.string()), []), version: v.optional(v.number(), 0) })
const AtWork = v.pick(Campaign, ['state', 'hold', 'lease_until_ms', 'rate_per_s'])

export function dynamoRates(client: Sender, table: string): RateStore {
  return {
    async line(mch_id) {
      const item = await readItem(client, table, lineItem(mch_id))
      return v.parse(Line, item ? unmarshall(item) : {})
    },

    async get(id) {
      const item = await readItem(client, table, campaignItem(id))
      if (!item) return undefined
      const read = v.safeParse(AtWork, unmarshall(item))
      if (!read.success) throw new AppError('record_unreadable', id)
      return read.output
    },
  }
}
