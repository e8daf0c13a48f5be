// DynamoDB and Secrets Manager for a measured run: they answer in 5 ms, and forget what is written.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { KeyPair } from '../../simulator/src/certificates.ts'
import { recordsOf, type Scenario } from './scenario.ts'
import { serve, setupOf } from './stub.ts'

export type AwsSetup = { scenario: Scenario; tls: KeyPair; secrets: Record<string, string> }
type Item = Record<string, AttributeValue>
type Input = {
  Key?: Item
  IndexName?: string
  Limit?: number
  ExclusiveStartKey?: Item
  ExpressionAttributeValues?: Record<string, AttributeValue>
  UpdateExpression?: string
  SecretId?: string
}

const ANSWER_MS = 5
const { scenario, tls, secrets } = await setupOf<AwsSetup>()
const items = new Map<string, Item>()
const shards = new Map<string, Item[]>()
for (const record of recordsOf(scenario)) {
  const open_shard = `${record.open}#${record.id[0]}`
  const item = marshall({ ...record, open_shard }, { removeUndefinedValues: true })
  items.set(record.id, item)
  const { id, mch_id, due_at } = item
  const entry = { id, mch_id, due_at, open_shard: { S: open_shard } } as Item
  shards.set(open_shard, [...(shards.get(open_shard) ?? []), entry])
}
let last_seq = 0

function page({ IndexName, Limit = 1_000, ExclusiveStartKey, ExpressionAttributeValues }: Input) {
  const all = (IndexName === 'open' && shards.get(ExpressionAttributeValues?.[':open_shard']?.S ?? '')) || []
  const from = all.findIndex(({ id }) => id?.S === ExclusiveStartKey?.id?.S) + 1
  const Items = all.slice(from, from + Limit)
  return { Items, ...(from + Limit < all.length && { LastEvaluatedKey: Items.at(-1) }) }
}

function answerTo(operation: string, input: Input): object {
  switch (operation) {
    case 'GetItem': {
      const Item = items.get(input.Key?.id?.S ?? '')
      return Item ? { Item } : {}
    }
    case 'Query':
      return page(input)
    case 'GetSecretValue':
      return { SecretString: secrets[input.SecretId ?? ''] }
    default:
      last_seq += 1
      return input.UpdateExpression === 'ADD last_seq :one' ? { Attributes: { last_seq: { N: String(last_seq) } } } : {}
  }
}

await serve({ cert: tls.cert, key: tls.key }, ({ headers }, body) => {
  const [, operation = ''] = String(headers['x-amz-target']).split('.')
  return { as: operation, after_ms: ANSWER_MS, body: JSON.stringify(answerTo(operation, JSON.parse(body))) }
})
