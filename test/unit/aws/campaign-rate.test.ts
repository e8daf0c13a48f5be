// What settle reads of a merchant's campaigns when an item is not as it should be.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { dynamoRates } from '../../../lib/aws/campaign-rate.ts'
import type { Sender } from '../../../lib/aws/dynamodb.ts'

const ratesWith = (Item: Record<string, AttributeValue> | undefined) =>
  dynamoRates({ send: async () => ({ Item }) } as unknown as Sender, 't')
const UNREADABLE = { name: 'AppError', code: 'record_unreadable' }

test.for<[string, Record<string, AttributeValue>]>([
  ['a queue that is no list', { queue: { S: 'a' } }],
  ['a queue of no ids', { queue: { L: [{ N: '1' }] } }],
  ['a version that is no number', { queue: { L: [] }, version: { S: '1' } }],
])('a line with %s cannot be read, and is no bug', async ([, item]) => {
  await expect(ratesWith({ id: { S: 'line#1' }, ...item }).line('1')).rejects.toMatchObject(UNREADABLE)
})

test('a line that is not there is empty', async () => {
  expect(await ratesWith(undefined).line('1')).toEqual({ queue: [], version: 0 })
})

test('a campaign of no state that is known cannot be read either', async () => {
  await expect(ratesWith({ id: { S: 'campaign#a' }, state: { S: 'x' } }).get('a')).rejects.toMatchObject(UNREADABLE)
})
