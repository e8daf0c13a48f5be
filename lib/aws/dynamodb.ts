// What DynamoDB's answers mean to the use cases: it worked, a condition failed, or it cannot be reached.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import { AppError } from '../errors.ts'

export type Item = Record<string, AttributeValue>
export type Sender = Pick<DynamoDBClient, 'send'>

/** What AWS says when it refuses the service itself: no try will pass until somebody changes the deployment. */
const MISCONFIGURED: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'MissingAuthenticationTokenException',
  'NotAuthorizedException',
  'OptInRequired',
  'ResourceNotFoundException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  // The table has another key: it is another program's.
  'ValidationException',
])

/**
 * Waits for a call of the SDK, which has made its own tries by then. @throws ConditionalCheckFailedException as it is,
 * AppError misconfigured if AWS refuses the service itself,
 * AppError store_unavailable for everything that may pass (throttling, time-outs, no connection): it may have been done.
 */
export async function reachable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) throw cause
    if (cause instanceof Error && MISCONFIGURED.has(cause.name)) {
      throw new AppError('misconfigured', '服务没有权限访问记录表，或记录表不存在；请联系服务的维护者', {
        cause,
        // Whoever may not look cannot say that no record of an earlier try stands; in a table that is not there, none does.
        maybe_sent: cause.name !== 'ResourceNotFoundException',
      })
    }
    throw new AppError('store_unavailable', '暂时无法读写红包记录；请稍后用同一个 Idempotency-Key 重试', { cause })
  }
}

/** One item by id, read consistently. @throws AppError store_unavailable */
export async function readItem(client: Sender, table: string, id: string): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true })
  return (await reachable(client.send(command))).Item
}

/** All pages of a query, or as many as hold `enough` items. @throws AppError store_unavailable */
export async function queryAll(
  client: Sender,
  input: QueryCommandInput,
  enough = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = []
  let ExclusiveStartKey: Item | undefined
  do {
    const page = await reachable(
      client.send(new QueryCommand({ ...input, ...(ExclusiveStartKey && { ExclusiveStartKey }) })),
    )
    items.push(...(page.Items ?? []))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey && items.length < enough)
  return items
}

/** Waits for a conditional write. @returns false if its condition failed. @throws AppError store_unavailable */
export async function isWritten(call: Promise<unknown>): Promise<boolean> {
  try {
    await reachable(call)
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
