// What a lease leaves in its item.
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { expect, it } from 'vitest'
import type { Sender } from '../../../lib/aws/dynamodb.ts'
import { dynamoLeases } from '../../../lib/aws/leases.ts'

it('the time at which it was taken stays when it is given back: operators see when settle ran last', async () => {
  const sent: UpdateItemCommandInput[] = []
  const client = { send: async ({ input }: { input: UpdateItemCommandInput }) => void sent.push(input) }
  const leases = dynamoLeases(client as unknown as Sender, 'table', () => 'me')
  expect(await leases.take('settle#0', 1_000, 61_000)).toBe('me')
  await leases.giveBack('settle#0', 'me')
  expect(
    sent.map(({ UpdateExpression, ExpressionAttributeValues = {} }) => [
      UpdateExpression,
      unmarshall(ExpressionAttributeValues),
    ]),
  ).toEqual([
    ['SET until_ms = :until, holder = :holder, began_ms = :now', { ':now': 1_000, ':until': 61_000, ':holder': 'me' }],
    ['SET until_ms = :until, holder = :holder', { ':until': 0, ':holder': 'me' }],
  ])
})
