// Campaigns on DynamoDB: one item each beside the records, and the line of a merchant's campaigns.
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { Campaign, Commanded } from '../campaigns/campaign.ts'
import type { CampaignStore } from '../campaigns/ports.ts'
import { AppError, hasCode } from '../errors.ts'
import { campaignItem, campaignListOf, lineItem } from './campaign-items.ts'
import { dynamoRates } from './campaign-rate.ts'
import { type CampaignItems, campaignRows } from './campaign-rows.ts'
import { type Item, isWritten, queryAll, reachable, readItem, type Sender } from './dynamodb.ts'
import { BY_SEQUENCE } from './records.ts'

/** The sparse index of what is due: a kind of its own beside those of records. */
const OPEN_INDEX = 'open'
const OPEN_KEY = 'open_shard'
const OPEN_KIND = 'campaign'

const COMMANDED_KEYS = Object.keys(Commanded.entries) as (keyof Commanded)[]

export function dynamoCampaigns(client: Sender, table: string, { now }: { now(): number }): CampaignStore {
  const items: CampaignItems = { client, table, now }
  const seconds = () => Math.floor(now() / 1000)

  async function get(id: string): Promise<Campaign | undefined> {
    const item = await readItem(client, table, campaignItem(id))
    return item && toCampaign(item)
  }

  /** `undefined` takes an attribute away. @returns false if the condition failed */
  async function update(id: string, change: Change): Promise<boolean> {
    return isWritten(client.send(new UpdateItemCommand({ TableName: table, ...updateOf(campaignItem(id), change) })))
  }

  function index(miniapp_id: string, from_ms: number) {
    return {
      TableName: table,
      IndexName: BY_SEQUENCE,
      KeyConditionExpression: 'miniapp_id = :miniapp_id AND seq >= :from',
      ExpressionAttributeValues: marshall({ ':miniapp_id': campaignListOf(miniapp_id), ':from': from_ms }),
      ScanIndexForward: false,
    }
  }

  return {
    ...campaignRows(items),
    get,

    async create(campaign) {
      const Item = marshall(itemOf(campaign), { removeUndefinedValues: true })
      const put = new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(id)' })
      const created = await isWritten(client.send(put))
      const standing = created ? campaign : await get(campaign.id)
      return { created, campaign: standing ?? campaign }
    },

    async list(miniapp_id, offset, limit) {
      const query = index(miniapp_id, 0)
      const [found, total_count] = await Promise.all([
        queryAll(client, { ...query, Limit: offset + limit }, offset + limit),
        count(items, query),
      ])
      return { campaigns: found.slice(offset, offset + limit).flatMap(readable), total_count }
    },

    async since(miniapp_id, since_ms) {
      return (await queryAll(client, index(miniapp_id, since_ms))).flatMap(readable)
    },

    command(seen, next) {
      const { due_at, totals } = next
      const set = Object.fromEntries(COMMANDED_KEYS.map((key) => [key, next[key]]))
      return update(seen.id, {
        set: { ...set, ...(totals && { totals }), ...dueOf(due_at, true), updated_at: seconds() },
        condition: '#state = :seen_state AND #version = :seen_version',
        values: { ':seen_state': seen.state, ':seen_version': seen.version },
      })
    },

    async touch(id, due_at) {
      await update(id, {
        set: dueOf(due_at, true),
        condition: '#state = :seen_state',
        values: { ':seen_state': 'draft' },
      })
    },

    async lease(id, worker, now_ms, until_ms) {
      const change = {
        set: { worker, lease_until_ms: until_ms, ...dueOf(Math.ceil(until_ms / 1000), true) },
        // The SDK may make the same write again after a lost acknowledgement: then its worker stands there.
        condition: 'attribute_exists(id) AND (lease_until_ms < :now_ms OR #worker = :worker)',
        values: { ':now_ms': now_ms },
      }
      const command = { TableName: table, ...updateOf(campaignItem(id), change), ReturnValues: 'ALL_NEW' as const }
      try {
        const { Attributes } = await reachable(client.send(new UpdateItemCommand(command)))
        return Attributes && toCampaign(Attributes)
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined
        throw error
      }
    },

    save(id, worker, { due_at, ...changes }, seen) {
      const set = Object.fromEntries(
        Object.entries(changes)
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => [key, value ?? undefined]),
      )
      const { finished_at } = changes
      return update(id, {
        set: {
          ...set,
          ...(finished_at !== undefined && { finished_at }),
          ...(due_at !== undefined && dueOf(due_at ?? undefined, false)),
          updated_at: seconds(),
        },
        condition: `#worker = :worker${seen ? ' AND #state = :seen_state AND #version = :seen_version' : ''}`,
        values: { ':worker': worker, ...(seen && { ':seen_state': seen.state, ':seen_version': seen.version }) },
      })
    },

    async due(now_s, limit) {
      const query = {
        TableName: table,
        IndexName: OPEN_INDEX,
        KeyConditionExpression: `#open = :open AND due_at <= :now`,
        ExpressionAttributeNames: { '#open': OPEN_KEY },
        ExpressionAttributeValues: marshall({ ':open': OPEN_KIND, ':now': now_s }),
        Limit: limit,
      }
      const found = await queryAll(client, query, limit)
      return found.slice(0, limit).flatMap(({ id }) => id?.S?.slice(campaignItem('').length) ?? [])
    },

    line: dynamoRates(client, table).line,

    saveLine(mch_id, version, queue) {
      const command = updateOf(lineItem(mch_id), {
        set: { queue, version: version + 1 },
        condition: 'attribute_not_exists(id) OR #version = :seen_version',
        values: { ':seen_version': version },
      })
      return isWritten(client.send(new UpdateItemCommand({ TableName: table, ...command })))
    },
  }
}

function itemOf({ id, miniapp_id, ...campaign }: Campaign) {
  const keys = {
    id: campaignItem(id),
    miniapp_id: campaignListOf(miniapp_id),
    owner: miniapp_id,
    seq: campaign.created_ms,
  }
  return { ...campaign, ...keys, ...dueOf(campaign.due_at, true) }
}

/** @throws AppError record_unreadable for an item that this version does not understand */
function toCampaign(item: Item): Campaign {
  const { id, owner, ...rest } = unmarshall(item)
  const stored = { ...rest, id: String(id).slice(campaignItem('').length), miniapp_id: owner }
  const parsed = v.safeParse(Campaign, stored)
  if (parsed.success) return parsed.output
  const cause = new Error(`item ${id} does not parse at ${v.getDotPath(parsed.issues[0])}`)
  throw new AppError('record_unreadable', '这个活动由其他版本的服务写入或已损坏，本次没有处理', { cause })
}

/** One that cannot be read must not hide the others of its page (docs/adr/0010). */
function readable(item: Item): Campaign[] {
  try {
    return [toCampaign(item)]
  } catch (error) {
    if (hasCode(error, 'record_unreadable')) return []
    throw error
  }
}

/** The sparse index has what is due at some time. `keep`: undefined leaves the time that stands there. */
function dueOf(due_at: number | undefined, keep: boolean): Record<string, unknown> {
  if (due_at === undefined && keep) return {}
  return { [OPEN_KEY]: due_at === undefined ? undefined : OPEN_KIND, due_at }
}

type Change = {
  readonly set: Readonly<Record<string, unknown>>
  readonly condition: string
  readonly values: Readonly<Record<string, unknown>>
}

/** `undefined` in `set` takes an attribute away. */
function updateOf(id: string, { set, condition, values }: Change) {
  const named = [...condition.matchAll(/#(\w+)/g)].map(([, name = '']) => name)
  const keys = Object.keys(set)
  const [given, gone] = [keys.filter((key) => set[key] !== undefined), keys.filter((key) => set[key] === undefined)]
  const removed = gone.length > 0 ? ` REMOVE ${gone.map((key) => `#${key}`).join(', ')}` : ''
  return {
    Key: { id: { S: id } },
    UpdateExpression: `SET ${given.map((key) => `#${key} = :${key}`).join(', ')}${removed}`,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries([...keys, ...named].map((key) => [`#${key}`, key])),
    ExpressionAttributeValues: marshall(
      { ...Object.fromEntries(given.map((key) => [`:${key}`, set[key]])), ...values },
      { removeUndefinedValues: true },
    ),
  }
}

async function count({ client }: CampaignItems, query: { TableName: string }): Promise<number> {
  let total = 0
  let ExclusiveStartKey: Item | undefined
  do {
    const page = { ...query, Select: 'COUNT' as const, ...(ExclusiveStartKey && { ExclusiveStartKey }) }
    const { Count = 0, LastEvaluatedKey } = await reachable(client.send(new QueryCommand(page)))
    total += Count
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
  return total
}
