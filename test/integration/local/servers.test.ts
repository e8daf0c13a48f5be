// The local stand-ins for DynamoDB and Secrets Manager serve programs of this machine, and no web page.
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dynamodb, LOCAL_CREDENTIALS, startDynamodb } from '../../../local/dynamodb.ts'
import { type SecretsManager, startSecretsManager } from '../../../local/secrets-manager.ts'

let dynamodb: Dynamodb
let secrets: SecretsManager

beforeAll(async () => {
  dynamodb = await startDynamodb({})
  secrets = await startSecretsManager({})
  const client = new SecretsManagerClient({
    endpoint: secrets.endpoint,
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
  })
  await client.send(new CreateSecretCommand({ Name: 'redpack/local/callers', SecretString: '{"a":"secret"}' }))
  client.destroy()
})
afterAll(async () => {
  await dynamodb?.stop()
  await secrets?.stop()
})

type Headers = Record<string, string | string[]>
type Reply = { status: number | undefined; headers: Record<string, unknown>; text: string }
const SERVERS = ['DynamoDB', 'Secrets Manager'] as const
type Name = (typeof SERVERS)[number]

const endpointOf = (name: Name) => (name === 'DynamoDB' ? dynamodb.endpoint : secrets.endpoint)

/** A request that is fit in all but what a test changes. */
function exchange(name: Name, changed: Headers = {}, method = 'POST'): Promise<Reply> {
  const dynamo = name === 'DynamoDB'
  const headers = {
    'content-type': `application/x-amz-json-1.${dynamo ? 0 : 1}`,
    'x-amz-target': dynamo ? 'DynamoDB_20120810.ListTables' : 'secretsmanager.GetSecretValue',
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b',
    ...changed,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(endpointOf(name), { method, headers, agent: false }, async (response) => {
      resolve({ status: response.statusCode, headers: response.headers, text: await text(response) })
    })
    outgoing.on('error', reject)
    outgoing.end(method === 'GET' ? undefined : dynamo ? '{}' : '{"SecretId":"redpack/local/callers"}')
  })
}

const HOST = 'This server is for this machine: its name in Host is localhost, 127.0.0.1 or [::1].'
const ORIGIN = 'This server is for programs, not for web pages: no Origin is allowed.'
const TYPE = 'The body has to be JSON, with the content type that AWS SDKs send: application/x-amz-json-1.0 or 1.1.'

function expectRefused({ status, headers, text: body }: Reply, refusal: [number, string, string]): void {
  const [code, __type, message] = refusal
  expect({ status, body: JSON.parse(body) }).toEqual({ status: code, body: { __type, message } })
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
}

describe.each(SERVERS)('%s', (name) => {
  it.each([
    'evil.example',
    'evil.example:3003',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1:3003.evil.example',
    '127.evil.example',
    'evil.localhost',
    '192.168.1.7',
    '10.0.0.1:3003',
    '0.0.0.0:3003',
    '[::]',
    '[fe80::1]',
    'host.docker.internal',
    '2130706433',
  ])('refuses the Host "%s"', async (host) => {
    expectRefused(await exchange(name, { host }), [403, 'AccessDeniedException', HOST])
    expectRefused(await exchange(name, { host }, 'GET'), [403, 'AccessDeniedException', HOST])
  })

  it.each(['localhost', 'LOCALHOST:3003', '127.0.0.1', '127.1.2.3:65535', '[::1]:3003'])(
    'serves the Host "%s"',
    async (host) => {
      expect(await exchange(name, { host })).toMatchObject({ status: 200 })
    },
  )

  it.each([
    'https://evil.example',
    'http://localhost:3000',
    'http://127.0.0.1:3003',
    'null',
    'chrome-extension://abc',
    '',
  ])('refuses the Origin "%s"', async (origin) => {
    expectRefused(await exchange(name, { origin }), [403, 'AccessDeniedException', ORIGIN])
    expectRefused(await exchange(name, { origin }, 'GET'), [403, 'AccessDeniedException', ORIGIN])
    const preflight = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-amz-target',
    }
    expectRefused(await exchange(name, preflight, 'OPTIONS'), [403, 'AccessDeniedException', ORIGIN])
  })

  it.each(['cross-site', 'same-site', 'same-origin'])(
    'refuses what a page asks for without Origin: %s',
    async (site) => {
      expectRefused(await exchange(name, { 'sec-fetch-site': site }, 'GET'), [403, 'AccessDeniedException', ORIGIN])
    },
  )

  it.each([
    'text/plain',
    'text/plain;application/x-amz-json-1.1',
    'text/plain; charset=application/x-amz-json-1.0',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/x-amz-json-1.1',
    'application/x-amz-json-1.1x',
    'application/json',
    '',
  ])('refuses a body of the type "%s"', async (type) => {
    expectRefused(await exchange(name, { 'content-type': type }), [415, 'UnsupportedMediaTypeException', TYPE])
  })

  it('refuses a body without a type, with any method, also after Expect', async () => {
    const refusal: [number, string, string] = [415, 'UnsupportedMediaTypeException', TYPE]
    expectRefused(await exchange(name, { 'content-type': [] }), refusal)
    expectRefused(await exchange(name, { 'content-type': 'text/plain' }, 'PUT'), refusal)
    expectRefused(await exchange(name, { 'content-type': 'text/plain', expect: '100-continue' }), refusal)
  })

  it('lives when a caller breaks off', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(endpointOf(name)).port), '127.0.0.1')
      socket.on('close', () => resolve())
      const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: x.y\r\n`
      socket.write(`${head}Content-Length: 100\r\n\r\nabc`, () => socket.destroy())
    })
    expect(await exchange(name)).toMatchObject({ status: 200 })
  })
})

it("AWS's own clients are served", async () => {
  const options = { region: 'local', credentials: LOCAL_CREDENTIALS }
  const dynamo = new DynamoDBClient({ endpoint: dynamodb.endpoint, ...options })
  const manager = new SecretsManagerClient({ endpoint: secrets.endpoint, ...options })
  expect((await dynamo.send(new ListTablesCommand())).TableNames).toEqual([])
  expect(await manager.send(new GetSecretValueCommand({ SecretId: 'redpack/local/callers' }))).toMatchObject({
    SecretString: '{"a":"secret"}',
  })
  dynamo.destroy()
  manager.destroy()
})
