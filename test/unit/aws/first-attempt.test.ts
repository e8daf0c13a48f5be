// Three tries at most, the first without the SDK's stack: what AWS or the way to it can do to them.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { awsClient } from '../../../lib/aws/connection.ts'
import { isAwsError, mayPass } from '../../../lib/aws/failure.ts'
import { DYNAMODB, SECRETS_MANAGER } from '../../../lib/aws/first-attempt.ts'
import { describe as told } from '../../../lib/aws/log.ts'
import { createCa, createServerCertificate } from '../../../simulator/src/certificates.ts'

type Came = { target: unknown; body: string; by_sdk: boolean; date: string; to: unknown[] }
const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
const stops: (() => void)[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const stop of stops.splice(0)) stop()
})

const ok =
  (body: object): RequestListener =>
  (_, response) =>
    void response.end(JSON.stringify(body))
const error = (status: number, name: string, more: object = {}): RequestListener => {
  return (_, response) => void response.writeHead(status).end(JSON.stringify({ __type: `com.amazon#${name}`, ...more }))
}
const reset: RequestListener = (request) => void request.socket.destroy()
const halfABody: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': 100 })
  response.write('{"Item":', () => response.socket?.destroy())
}

/** A server that answers one request after the other with `answers`, and all that came to it. */
async function aws(...answers: RequestListener[]) {
  const came: Came[] = []
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request
    const body = await text(request)
    const date = String(headers['x-amz-date'])
    const [, scope] = /Credential=(\S+),/.exec(headers.authorization ?? '') ?? []
    const to = [request.url, scope]
    came.push({ target: headers['x-amz-target'], body, by_sdk: 'amz-sdk-request' in headers, date, to })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const local = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, region: 'local', credentials }
  return {
    came,
    local,
    tries: () => came.map(({ by_sdk }) => (by_sdk ? 'sdk' : 'ours')),
    dynamodb: awsClient((config) => new DynamoDBClient({ ...config, ...local }), DYNAMODB),
    secrets: awsClient((config) => new SecretsManagerClient({ ...config, ...local }), SECRETS_MANAGER),
  }
}

const get = () => new GetItemCommand({ TableName: 't', Key: { id: { S: '红包' } }, ConsistentRead: true })
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (failure: unknown) => failure,
  )

describe('a success', () => {
  test('is one try, with the same body and the same answer as the SDK would have', async () => {
    const Item = { id: { S: '红包' }, n: { N: '1' }, m: { M: { a: { S: '"B":"' } } }, l: { L: [{ NULL: true }] } }
    const { dynamodb, tries, came } = await aws(ok({ Item }))
    expect(await dynamodb.send(get())).toMatchObject({ Item, $metadata: { httpStatusCode: 200, attempts: 1 } })
    expect(tries()).toEqual(['ours'])
    const body = '{"TableName":"t","Key":{"id":{"S":"红包"}},"ConsistentRead":true}'
    expect(came).toMatchObject([{ target: 'DynamoDB_20120810.GetItem', body }])
  })

  test('has bytes as bytes, both ways', async () => {
    const packed = new Uint8Array([0, 255, 1])
    const parts = { B: packed }
    const Item = { id: { S: 'x' }, packed: parts, all: { BS: [packed] }, deep: { L: [{ M: { in: parts } }] } }
    const { dynamodb, tries, came } = await aws((_, response) => void response.end(`{"Item":${stored()}}`))
    const stored = () => JSON.stringify(JSON.parse(came[0]?.body ?? '{}').Item ?? {})
    await dynamodb.send(new PutItemCommand({ TableName: 't', Item }))
    expect(JSON.parse(came[0]?.body ?? '').Item).toEqual({
      id: { S: 'x' },
      packed: { B: 'AP8B' },
      all: { BS: ['AP8B'] },
      deep: { L: [{ M: { in: { B: 'AP8B' } } }] },
    })
    expect((await dynamodb.send(get())).Item).toEqual(Item)
    expect(tries()).toEqual(['ours', 'ours'])
  })

  test('has dates as dates', async () => {
    const { secrets, tries } = await aws(ok({ SecretString: 'text', CreatedDate: 1_795_392_000 }))
    const command = new GetSecretValueCommand({ SecretId: 'name' })
    const CreatedDate = new Date(1_795_392_000_000)
    expect(await secrets.send(command)).toMatchObject({ SecretString: 'text', CreatedDate })
    expect(tries()).toEqual(['ours'])
  })
})

describe('what may pass is tried again by the SDK', () => {
  test.for<[string, RequestListener]>([
    ['500', error(500, 'InternalServerError')],
    ['503', (_, response) => void response.writeHead(503).end('<html>')],
    ['throttling', error(400, 'ThrottlingException')],
    ['no capacity', error(400, 'ProvisionedThroughputExceededException')],
    ['a connection that is reset', reset],
    ['half a body', halfABody],
  ])('%s, and then an answer: two tries', async ([, fault]) => {
    const { dynamodb, tries } = await aws(fault, ok({}))
    expect(await dynamodb.send(get())).toMatchObject({ $metadata: { httpStatusCode: 200, attempts: 2 } })
    expect(tries()).toEqual(['ours', 'sdk'])
  })

  test('a connection that was used before and is reset: two tries', async () => {
    const { dynamodb, tries } = await aws(ok({}), reset, ok({}))
    for (let i = 0; i < 2; i += 1) await dynamodb.send(get())
    expect(tries()).toEqual(['ours', 'ours', 'sdk'])
  })

  test('an answer that does not come within 2 s, too', async () => {
    const { dynamodb, tries } = await aws(() => {}, ok({}))
    await dynamodb.send(get())
    expect(tries()).toEqual(['ours', 'sdk'])
  })

  test('500 for ever: three tries, and the error of the last', async () => {
    const { dynamodb, tries } = await aws(error(500, 'InternalServerError'))
    expect(await failureOf(dynamodb.send(get()))).toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    })
    expect(tries()).toEqual(['ours', 'sdk', 'sdk'])
  })
})

describe('what will not pass is one try', () => {
  test('a condition that failed, with the item that stands there', async () => {
    const Item = { id: { S: 'x' }, version: { N: '2' } }
    const { dynamodb, tries } = await aws(error(400, 'ConditionalCheckFailedException', { Item, message: 'no' }))
    const put = new PutItemCommand({ TableName: 't', Item, ConditionExpression: 'attribute_not_exists(id)' })
    expect(await failureOf(dynamodb.send(put))).toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item,
      message: 'no',
      $metadata: { httpStatusCode: 400 },
    })
    expect(tries()).toEqual(['ours'])
  })

  test.for(['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException', 'SomethingNew'])(
    '%s, by its name',
    async (name) => {
      const { dynamodb, tries } = await aws(error(400, name))
      expect(await failureOf(dynamodb.send(get()))).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
      expect(tries()).toEqual(['ours'])
    },
  )

  test('a server that is not AWS gets nothing, and it may pass', async () => {
    let came = 0
    const server = createHttpsServer(createServerCertificate(createCa()), () => {
      came += 1
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(() => void server.close())
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const make = (config: object) => new DynamoDBClient({ ...config, region: 'local', credentials, endpoint })
    const failure = await failureOf(awsClient(make, DYNAMODB).send(get()))
    expect(failure).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', $metadata: {} })
    expect([isAwsError(failure), mayPass(failure), came]).toEqual([true, true, 0])
  })

  test('no credentials: none at all', async () => {
    const { came } = await aws(ok({}))
    const none = async () => {
      throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' })
    }
    const make = (config: object) => new DynamoDBClient({ ...config, region: 'local', credentials: none })
    expect(await failureOf(awsClient(make, DYNAMODB).send(get()))).toMatchObject({ name: 'CredentialsProviderError' })
    expect(came).toEqual([])
  })

  test('a call that is given up', async () => {
    const given_up = new AbortController()
    const { dynamodb, tries } = await aws(() => given_up.abort())
    const failure = await failureOf(dynamodb.send(get(), { abortSignal: given_up.signal }))
    expect(failure).toMatchObject({ name: 'AbortError' })
    expect(tries()).toEqual(['ours'])
  })
})

/** What the SDK has left for tries of calls that failed. */
const capacityOf = async ({ config }: DynamoDBClient) =>
  ((await config.retryStrategy()) as unknown as { getCapacity(): number }).getCapacity()

describe('what tries cost', () => {
  test.for<[string, RequestListener[]]>([
    ['the second try succeeds', [reset, ok({})]],
    ['the third try succeeds', [reset, error(500, 'InternalServerError'), ok({})]],
  ])('%s: all that they took comes back, so that a bad hour does not use it up', async ([, answers]) => {
    const { dynamodb } = await aws(...answers)
    const whole = await capacityOf(dynamodb)
    await dynamodb.send(get())
    expect(await capacityOf(dynamodb)).toBe(whole)
  })

  test('the mode of retries is ours, whatever the environment says: the bundle has no other', async () => {
    vi.stubEnv('AWS_RETRY_MODE', 'adaptive')
    const { dynamodb, tries } = await aws(reset, ok({}))
    await dynamodb.send(get())
    expect(await dynamodb.config.retryStrategy()).toMatchObject({ mode: 'standard' })
    expect(tries()).toEqual(['ours', 'sdk'])
  })
})

describe('a call that is given up', () => {
  test('while it waits for its next try ends at once, and makes none', async () => {
    const given_up = new AbortController()
    const { dynamodb, tries } = await aws(error(500, 'InternalServerError'), ok({}))
    // For ever: nothing but giving up ends it.
    const refreshRetryTokenForRetry = () => {
      given_up.abort()
      return new Promise(() => {})
    }
    Object.assign(await dynamodb.config.retryStrategy(), { refreshRetryTokenForRetry })
    const failure = await failureOf(dynamodb.send(get(), { abortSignal: given_up.signal }))
    expect(failure).toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } })
    expect(tries()).toEqual(['ours'])
  })

  test('in the middle of an answer has none', async () => {
    const given_up = new AbortController()
    const { dynamodb, tries } = await aws((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{}', () => setImmediate(() => given_up.abort()))
    })
    const failure = await failureOf(dynamodb.send(get(), { abortSignal: given_up.signal }))
    expect(isAwsError(failure)).toBe(true)
    expect(tries()).toEqual(['ours'])
  })
})

describe('an error is one of AWS, by name alone in the log', () => {
  const SECRET = 'c2VjcmV0IG9mIGEgY2FsbGVy'
  test.for<[string, RequestListener]>([
    ['an answer that is no JSON', (_, response) => void response.end(`{"SecretString":"${SECRET}"${SECRET}}`)],
    ['an answer that says nothing', (_, response) => void response.end()],
    ['a refusal that is no JSON', (_, response) => void response.writeHead(400).end(`"${SECRET}"${SECRET}`)],
    ['an answer that is no HTTP', ({ socket }) => void socket.end(`${SECRET}\r\n\r\n`)],
  ])('%s', async ([, answer]) => {
    const { secrets, tries } = await aws(answer)
    const failure = await failureOf(secrets.send(new GetSecretValueCommand({ SecretId: 'name' })))
    expect(isAwsError(failure)).toBe(true)
    expect(JSON.stringify(told(failure))).not.toContain(SECRET.slice(0, 4))
    expect(told(failure)).not.toHaveProperty('message')
    expect(tries()).toEqual(['ours'])
  })
})

describe('a write whose acknowledgement is lost', () => {
  const Item = { id: { S: 'x' }, writer: { S: 'mine' } }
  const lost: [string, RequestListener][] = [
    ['by a reset', reset],
    ['in the middle', halfABody],
    ['behind an error of the server', error(500, 'InternalServerError')],
    ['behind a gateway', (_, response) => void response.writeHead(504).end('<html>')],
  ]
  test.for(lost)('%s meets itself at the second try, with the item that stands there', async ([, fault]) => {
    const refused = error(400, 'ConditionalCheckFailedException', { Item, message: 'no' })
    const { dynamodb, tries, came } = await aws(fault, refused)
    const put = new PutItemCommand({ TableName: 't', Item, ConditionExpression: 'attribute_not_exists(id)' })
    const failure = await failureOf(dynamodb.send(put))
    expect(failure).toBeInstanceOf(ConditionalCheckFailedException)
    expect(failure).toMatchObject({ Item })
    expect(tries()).toEqual(['ours', 'sdk'])
    expect(JSON.parse(came[1]?.body ?? '')).toEqual(JSON.parse(came[0]?.body ?? ''))
  })
})

test('a clock that is an hour behind is corrected by the SDK, and the next first attempt has the right time', async () => {
  const ahead = () => new Date(Date.now() + 3_600_000)
  const skewed: RequestListener = (_, response) => {
    response.writeHead(400, { date: ahead().toUTCString() })
    response.end(JSON.stringify({ __type: 'x#InvalidSignatureException', message: 'Signature not yet current' }))
  }
  const right: RequestListener = (_, response) => void response.setHeader('date', ahead().toUTCString()).end('{}')
  const { dynamodb, tries, came } = await aws(skewed, skewed, right)
  await dynamodb.send(get())
  expect(tries()).toEqual(['ours', 'sdk', 'sdk'])
  await dynamodb.send(get())
  expect(tries().at(-1)).toBe('ours')
  expect(Math.abs(parsed(came.at(-1)?.date ?? '') - ahead().getTime())).toBeLessThan(60_000)
})

/** 20261125T080000Z */
function parsed(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

test.for([
  ['cn-northwest-1', 'dynamodb.cn-northwest-1.amazonaws.com.cn'],
  ['ap-southeast-1', 'dynamodb.ap-southeast-1.amazonaws.com'],
] as const)('in %s the first attempt goes where the SDK goes: to %s', async ([region, hostname]) => {
  const made = awsClient((config) => new DynamoDBClient({ ...config, region, credentials }), DYNAMODB)
  const endpoint = await getEndpointFromInstructions({}, GetItemCommand as object, made.config as object)
  expect(endpoint.url.href).toBe(`https://${hostname}/`)
})

test.for(['', '/', '/base', '/base/'])('behind an endpoint "%s" both are signed and posted alike', async (base) => {
  const { local, came, tries } = await aws(reset, ok({}))
  // As for the region "local", which DynamoDB's own rules sign for another.
  const authSchemes = [{ name: 'sigv4', signingName: 'dynamodb', signingRegion: 'us-east-1', properties: {} }]
  const endpointProvider = () => ({ url: new URL(`${local.endpoint}${base}`), properties: { authSchemes } })
  const make = (config: object) => new DynamoDBClient({ ...config, region: 'local', credentials, endpointProvider })
  await awsClient(make, DYNAMODB).send(get())
  expect(tries()).toEqual(['ours', 'sdk'])
  expect(came[0]?.to).toEqual(came[1]?.to)
})
