// Who runs, on DynamoDB: one item a lease, beside the records.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Leases } from '../redpack/ports.ts'
import { isWritten, type Sender } from './dynamodb.ts'

/** A lease's name is its item's id: never 24 hex digits, so never a record's. `token` gives a random text that names one holder. */
export function dynamoLeases(client: Sender, table: string, token: () => string): Leases {
  const set = (name: string, condition: string, values: Record<string, unknown>, began = '') =>
    isWritten(
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { id: { S: name } },
          UpdateExpression: `SET until_ms = :until, holder = :holder${began}`,
          ConditionExpression: condition,
          ExpressionAttributeValues: marshall(values),
        }),
      ),
    )

  return {
    async take(name, now_ms, until_ms) {
      const holder = token()
      // The SDK may make the same write again after a lost acknowledgement: then its holder stands there.
      const isFree = 'attribute_not_exists(until_ms) OR until_ms <= :now OR holder = :holder'
      const values = { ':now': now_ms, ':until': until_ms, ':holder': holder }
      // It stays when the lease is given back, and tells operators of the last run.
      const isTaken = await set(name, isFree, values, ', began_ms = :now')
      return isTaken ? holder : undefined
    },

    async giveBack(name, holder) {
      await set(name, 'holder = :holder', { ':until': 0, ':holder': holder })
    },
  }
}
