// What DynamoDB's answers mean to the use cases: it worked, a condition failed, or it cannot be reached.
import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AppError } from '../errors.ts'

export type Item = Record<string, AttributeValue>
export type Sender = Pick<DynamoDBClient, 'send'>

/**
 * Waits for a call of the SDK, which has made its own tries by then. @throws ConditionalCheckFailedException as it is,
 * AppError store_unavailable for everything that may pass: throttling, time-outs, no connection, a missing table or permission.
 */
export async function reachable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) throw cause
    throw new AppError('store_unavailable', '暂时无法读写红包记录;请稍后用同一个 Idempotency-Key 重试', { cause })
  }
}
