// Who runs, on DynamoDB: one item a lease, beside the records.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Leases } from '../redpack/ports.ts'
import { isWritten, type Sender } from './dynamodb.ts'

/** A lease's name is its item's id: never 24 hex digits, so never a record's. */
export function dynamoLeases(client: Sender, table: string): Leases {
  const set = (name: string, condition: string, values: Record<string, number>) =>
    isWritten(
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { id: { S: name } },
          UpdateExpression: 'SET until_ms = :next',
          ConditionExpression: condition,
          ExpressionAttributeValues: marshall(values),
        }),
      ),
    )

  return {
    take: (name, now_ms, until_ms) =>
      // Equal: this very write, tried again after a lost acknowledgement.
      set(name, 'attribute_not_exists(until_ms) OR until_ms <= :now OR until_ms = :next', {
        ':now': now_ms,
        ':next': until_ms,
      }),

    async giveBack(name, until_ms) {
      await set(name, 'until_ms = :seen', { ':seen': until_ms, ':next': 0 })
    },
  }
}
