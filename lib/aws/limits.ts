// Daily limits and open sends. One item a merchant set-up and day: the sum reserved, and the ids of sends that are not final. For a
// set-up without a limit, one item: the ids of sends whose outcome is unknown.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { OPEN_CACHE_MS, OPEN_MAX } from '../durations.ts'
import type { Limits, Setup } from '../redpack/ports.ts'
import type { Order } from '../redpack/record.ts'
import { shortCache } from './cache.ts'
import { type Item, isWritten, readItem, type Sender } from './dynamodb.ts'

/** The item is of no use a month after its day; DynamoDB's TTL removes it. */
const KEPT_S = 32 * 24 * 3600
/** Set-ups whose open sends one container remembers. */
const CACHED_MAX = 256

/** Reserving and releasing are idempotent by id: a set of the open ids is changed with the sum, in one conditional write. */
export function dynamoLimits(client: Sender, table: string, now: () => number = Date.now): Limits {
  const cache = shortCache<readonly string[]>(OPEN_CACHE_MS, CACHED_MAX, now)

  function write(id: string, update: Update): Promise<boolean> {
    const command = new UpdateItemCommand({ TableName: table, Key: { id: { S: id } }, ...update })
    return isWritten(client.send(command))
  }

  async function readIds(id: string): Promise<string[]> {
    const item = await readItem(client, table, id)
    return (item?.open_ids?.SS ?? []).map(unpacked)
  }

  /** Why a reservation was not written: the id stands there already, or there is no room. */
  async function whyNot(order: Order, limit_day: string): Promise<'reserved' | 'over_limit' | 'too_many_open'> {
    const ids = await readIds(limitId(order, limit_day))
    if (ids.includes(order.id)) return 'reserved'
    return ids.length >= OPEN_MAX ? 'too_many_open' : 'over_limit'
  }

  return {
    async reserve(order, limit_day, daily_limit) {
      const room = daily_limit - order.total_amount
      if (room < 0) return whyNot(order, limit_day)
      const isReserved = await write(limitId(order, limit_day), {
        UpdateExpression: 'ADD reserved :amount, open_ids :ids SET expires_at = :expires_at',
        ConditionExpression:
          '(attribute_not_exists(reserved) OR reserved <= :room) AND (attribute_not_exists(open_ids) OR (size(open_ids) < :max AND NOT contains(open_ids, :id)))',
        ExpressionAttributeValues: {
          ...values(order),
          ':amount': { N: String(order.total_amount) },
          ':room': { N: String(room) },
          ':max': { N: String(OPEN_MAX) },
          ':expires_at': { N: String(Date.parse(limit_day) / 1000 + KEPT_S) },
        },
      })
      return isReserved ? 'reserved' : whyNot(order, limit_day)
    },

    async release(order, limit_day) {
      await write(limitId(order, limit_day), {
        UpdateExpression: 'ADD reserved :minus DELETE open_ids :ids',
        ConditionExpression: 'contains(open_ids, :id)',
        ExpressionAttributeValues: { ...values(order), ':minus': { N: String(-order.total_amount) } },
      })
    },

    async confirm(order, limit_day) {
      await write(limitId(order, limit_day), {
        UpdateExpression: 'DELETE open_ids :ids',
        ConditionExpression: 'contains(open_ids, :id)',
        ExpressionAttributeValues: values(order),
      })
    },

    async addOpen(order) {
      const { ':ids': ids } = values(order)
      await write(openId(order), {
        UpdateExpression: 'ADD open_ids :ids',
        ExpressionAttributeValues: { ...(ids && { ':ids': ids }) },
      })
    },

    async removeOpen(order) {
      await write(openId(order), {
        UpdateExpression: 'DELETE open_ids :ids',
        ConditionExpression: 'contains(open_ids, :id)',
        ExpressionAttributeValues: values(order),
      })
    },

    openIds(setup, limit_day) {
      const id = limit_day === undefined ? openId(setup) : limitId(setup, limit_day)
      return cache.get(id, () => readIds(id))
    },
  }
}

type Update = { UpdateExpression: string; ConditionExpression?: string; ExpressionAttributeValues: Item }

function values({ id }: Order): Item {
  return { ':id': { S: packed(id) }, ':ids': { SS: [packed(id)] } }
}

/** 12 bytes as 16 characters: 500 of them and the sum fit in 8 write units. */
function packed(id: string): string {
  return Buffer.from(id, 'hex').toString('base64url')
}

function unpacked(text: string): string {
  return Buffer.from(text, 'base64url').toString('hex')
}

function limitId({ miniapp_id, gateway_type }: Setup, limit_day: string): string {
  return `limit#${miniapp_id}#${gateway_type}#${limit_day}`
}

function openId({ miniapp_id, gateway_type }: Setup): string {
  return `open#${miniapp_id}#${gateway_type}`
}
