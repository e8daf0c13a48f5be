// Daily limits: one item a merchant set-up and day, with the sum reserved and the ids whose sends are not final yet.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Limits } from '../redpack/ports.ts'
import type { Order } from '../redpack/record.ts'
import { type Item, isWritten, readItem, type Sender } from './dynamodb.ts'

/** The item is of no use a month after its day; DynamoDB's TTL removes it. */
const KEPT_S = 32 * 24 * 3600

/** Reserving and releasing are idempotent by id: a set of the open ids is changed with the sum, in one conditional write. */
export function dynamoLimits(client: Sender, table: string): Limits {
  function write(order: Order, limit_day: string, update: Update): Promise<boolean> {
    const Key = { id: { S: limitId(order, limit_day) } }
    return isWritten(client.send(new UpdateItemCommand({ TableName: table, Key, ...update })))
  }

  async function isOpen(order: Order, limit_day: string): Promise<boolean> {
    const item = await readItem(client, table, limitId(order, limit_day))
    return item?.open_ids?.SS?.includes(order.id) ?? false
  }

  return {
    async reserve(order, limit_day, daily_limit) {
      const room = daily_limit - order.total_amount
      if (room < 0) return isOpen(order, limit_day)
      const reserved = await write(order, limit_day, {
        UpdateExpression: 'ADD reserved :amount, open_ids :ids SET expires_at = :expires_at',
        ConditionExpression: '(attribute_not_exists(reserved) OR reserved <= :room) AND NOT contains(open_ids, :id)',
        ExpressionAttributeValues: {
          ...values(order),
          ':amount': { N: String(order.total_amount) },
          ':room': { N: String(room) },
          ':expires_at': { N: String(Date.parse(limit_day) / 1000 + KEPT_S) },
        },
      })
      return reserved || isOpen(order, limit_day)
    },

    async release(order, limit_day) {
      await write(order, limit_day, {
        UpdateExpression: 'ADD reserved :minus DELETE open_ids :ids',
        ConditionExpression: 'contains(open_ids, :id)',
        ExpressionAttributeValues: {
          ...values(order),
          ':minus': { N: String(-order.total_amount) },
        },
      })
    },

    async confirm(order, limit_day) {
      await write(order, limit_day, {
        UpdateExpression: 'DELETE open_ids :ids',
        ConditionExpression: 'contains(open_ids, :id)',
        ExpressionAttributeValues: values(order),
      })
    },
  }
}

type Update = { UpdateExpression: string; ConditionExpression: string; ExpressionAttributeValues: Item }

function values({ id }: Order): Item {
  return { ':id': { S: id }, ':ids': { SS: [id] } }
}

function limitId({ miniapp_id, gateway_type }: Order, limit_day: string): string {
  return `limit#${miniapp_id}#${gateway_type}#${limit_day}`
}
