// The cache in front of Secrets Manager, against the local stand-in, with a clock that is moved by hand.
import { Agent, createServer, type RequestListener } from 'node:http'
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Secrets, secretsManager } from '../../../lib/aws/secrets.ts'
import { LOCAL_CREDENTIALS } from '../../../local/dynamodb.ts'
import { freePort } from '../../../local/listen.ts'
import { type SecretsManager, startSecretsManager } from '../../../local/secrets-manager.ts'

const MINUTE_MS = 60_000
const FRESH_MS = 5 * MINUTE_MS
const NAME = 'redpack/test/callers'
const DOWN = { name: 'AppError', code: 'secrets_unavailable' }
const REFUSED = { name: 'AppError', code: 'misconfigured' }

let port: number
let manager: SecretsManager
let client: SecretsManagerClient
let secrets: Secrets
let now_ms: number
let calls: number

beforeEach(async () => {
  port = await freePort(0, 'Secrets Manager')
  manager = await startSecretsManager({ port })
  client = newClient()
  now_ms = 1_795_392_000_000
  calls = 0
  const reader = newClient()
  reader.middlewareStack.add(
    (next) => (args) => {
      calls += 1
      return next(args)
    },
    { step: 'initialize' },
  )
  secrets = secretsManager(reader, () => now_ms)
  await create(NAME, 'first')
})
afterEach(async () => {
  client.destroy()
  await manager.stop()
})

/** One connection a call, so that none is left from before a stop; one try a call. */
function newClient(patience: { requestTimeout?: number; throwOnRequestTimeout?: true } = {}): SecretsManagerClient {
  const endpoint = `http://127.0.0.1:${port}`
  const requestHandler = { httpAgent: new Agent({ keepAlive: false }), ...patience }
  return new SecretsManagerClient({
    endpoint,
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
    requestHandler,
  })
}

const create = (Name: string, SecretString: string) => client.send(new CreateSecretCommand({ Name, SecretString }))
const put = (SecretString: string) => client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString }))
/** Secrets Manager with nothing in it, on the same port. */
const startAgain = async () => {
  manager = await startSecretsManager({ port })
}

test('a secret is asked for once and then remembered for five minutes', async () => {
  expect(await secrets.read(NAME)).toBe('first')
  await put('second')
  now_ms += FRESH_MS - 1
  expect(await secrets.read(NAME)).toBe('first')
  expect(calls).toBe(1)
  now_ms += 1
  expect(await secrets.read(NAME)).toBe('second')
  expect(calls).toBe(2)
  expect(manager.reads()).toEqual([NAME, NAME])
})

test.for([FRESH_MS, 3_600_000, -1])('an answer that lay in a frozen function for %i ms is none', async (frozen_ms) => {
  const answers = ['of before', 'of now']
  const frozen = async () => {
    const SecretString = answers.shift()
    if (SecretString === 'of before') now_ms += frozen_ms
    return { SecretString }
  }
  const slow = secretsManager({ send: frozen } as unknown as SecretsManagerClient, () => now_ms)
  expect(await slow.read(NAME)).toBe('of now')
})

test('its age begins with the question', async () => {
  let asked = 0
  const late = async () => {
    asked += 1
    now_ms += 10_000
    return { SecretString: 'text' }
  }
  const slow = secretsManager({ send: late } as unknown as SecretsManagerClient, () => now_ms)
  await slow.read(NAME)
  now_ms += FRESH_MS - 10_001
  await slow.read(NAME)
  expect(asked).toBe(1)
  now_ms += 1
  await slow.read(NAME)
  expect(asked).toBe(2)
})

test('a clock that is set back makes what is remembered old', async () => {
  expect(await secrets.read(NAME)).toBe('first')
  await put('second')
  now_ms -= 86_400_000
  expect(await secrets.read(NAME)).toBe('second')
})

test('each secret is remembered by itself', async () => {
  await create('redpack/test/merchants/a', 'a')
  expect([await secrets.read(NAME), await secrets.read('redpack/test/merchants/a')]).toEqual(['first', 'a'])
  expect([await secrets.read(NAME), await secrets.read('redpack/test/merchants/a')]).toEqual(['first', 'a'])
  expect(calls).toBe(2)
})

test('50 at once make one call', async () => {
  const texts = await Promise.all(Array.from({ length: 50 }, () => secrets.read(NAME)))
  expect(new Set(texts)).toEqual(new Set(['first']))
  expect(calls).toBe(1)
})

test('50 at once make one call when what is remembered is over', async () => {
  await secrets.read(NAME)
  await put('second')
  now_ms += FRESH_MS
  const texts = await Promise.all(Array.from({ length: 50 }, () => secrets.read(NAME)))
  expect(new Set(texts)).toEqual(new Set(['second']))
  expect(calls).toBe(2)
})

test('50 at once, past the cache, make one call', async () => {
  await Promise.all(Array.from({ length: 50 }, () => secrets.readAnew(NAME)))
  expect(calls).toBe(1)
})

test('while Secrets Manager is down, what is remembered is used for an hour more', async () => {
  await secrets.read(NAME)
  await manager.stop()
  for (const after_ms of [FRESH_MS, 30 * MINUTE_MS, 65 * MINUTE_MS - 1]) {
    now_ms = 1_795_392_000_000 + after_ms
    expect(await secrets.read(NAME)).toBe('first')
  }
  now_ms = 1_795_392_000_000 + 65 * MINUTE_MS + 10_000
  await expect(secrets.read(NAME)).rejects.toMatchObject(DOWN)
  await startAgain()
})

test('while it is down it is asked every ten seconds, not for every request', async () => {
  await secrets.read(NAME)
  await manager.stop()
  now_ms += FRESH_MS
  for (let i = 0; i < 10; i += 1) await secrets.read(NAME)
  now_ms += 9_999
  await secrets.read(NAME)
  expect(calls).toBe(2)
  now_ms += 1
  await secrets.read(NAME)
  expect(calls).toBe(3)
  await startAgain()
})

test('what it says when it is back is used', async () => {
  await secrets.read(NAME)
  await manager.stop()
  now_ms += FRESH_MS
  expect(await secrets.read(NAME)).toBe('first')
  await startAgain()
  await create(NAME, 'second')
  now_ms += 10_000
  expect(await secrets.read(NAME)).toBe('second')
  now_ms += FRESH_MS - 1
  expect(await secrets.read(NAME)).toBe('second')
  expect(calls).toBe(3)
})

test('with nothing remembered, its being down is an error, and is not remembered', async () => {
  await manager.stop()
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => secrets.read(NAME)))
  for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: DOWN })
  expect(calls).toBe(1)
  await startAgain()
  await create(NAME, 'second')
  expect(await secrets.read(NAME)).toBe('second')
})

test('a secret can be read past the cache, and is then remembered anew', async () => {
  await secrets.read(NAME)
  await put('second')
  now_ms += FRESH_MS - 1
  expect(await secrets.readAnew(NAME)).toBe('second')
  now_ms += FRESH_MS - 1
  expect(await secrets.read(NAME)).toBe('second')
  expect(calls).toBe(2)
})

test('past the cache, its being down is an error, and what is remembered stays', async () => {
  await secrets.read(NAME)
  await manager.stop()
  await expect(secrets.readAnew(NAME)).rejects.toMatchObject(DOWN)
  expect(await secrets.read(NAME)).toBe('first')
  await startAgain()
})

test('a secret that is not there is undefined, and that is not remembered', async () => {
  expect(await secrets.read('redpack/test/merchants/new')).toBeUndefined()
  await create('redpack/test/merchants/new', 'now')
  expect(await secrets.read('redpack/test/merchants/new')).toBe('now')
  expect(calls).toBe(2)
})

test('a secret that was deleted is forgotten', async () => {
  await secrets.read(NAME)
  await manager.stop()
  await startAgain()
  now_ms += FRESH_MS
  expect(await secrets.read(NAME)).toBeUndefined()
  await manager.stop()
  await expect(secrets.read(NAME)).rejects.toMatchObject(DOWN)
  await startAgain()
})

test('256 secrets are remembered, and the oldest makes way', async () => {
  const names = Array.from({ length: 256 }, (_, i) => `redpack/test/merchants/${i}`)
  await Promise.all(names.map((name) => create(name, name)))
  await secrets.read(NAME)
  for (const name of names) await secrets.read(name)
  expect(calls).toBe(257)
  for (const name of names) await secrets.read(name)
  expect(calls).toBe(257)
  await secrets.read(NAME)
  expect(calls).toBe(258)
})

describe('what AWS refuses stops at once', () => {
  const PASSING: [what: string, answer: RequestListener][] = [
    ['HTTP 500', says(500, 'InternalServiceError')],
    ['HTTP 500 of another kind', says(500, 'InternalServiceErrorException')],
    ['HTTP 502 by something in between', (_, response) => response.writeHead(502).end('<html>Bad Gateway</html>')],
    ['HTTP 503', says(503, 'ServiceUnavailable')],
    ['HTTP 504', says(504, 'GatewayTimeout')],
    ['HTTP 599', says(599, 'Odd')],
    ['HTTP 429', says(429, 'Odd')],
    ['HTTP 408', says(408, 'Odd')],
    ['throttling', says(400, 'ThrottlingException')],
    ['too many requests', says(400, 'TooManyRequestsException')],
    ['a limit of requests', says(400, 'RequestLimitExceeded')],
    ['its own time-out', says(400, 'RequestTimeoutException')],
    ['a reset connection', (request) => request.socket.resetAndDestroy()],
    ['a closed connection', (request) => request.socket.destroy()],
    ['half an answer', (_, response) => void response.writeHead(200, { 'content-length': '99' }).end('{')],
    ['no HTTP', (request) => request.socket.end('220 mail.example ESMTP\r\n\r\n')],
  ]

  test.for(PASSING)('%s is an outage: what is remembered is used', async ([, answer]) => {
    await secrets.read(NAME)
    await withInstead(answer, async () => {
      now_ms += FRESH_MS
      expect(await secrets.read(NAME)).toBe('first')
      await expect(secrets.readAnew(NAME)).rejects.toMatchObject(DOWN)
    })
  })

  test('no answer in time is an outage, too', async () => {
    let answer: RequestListener = () => {}
    const impatient = newClient({ requestTimeout: 50, throwOnRequestTimeout: true })
    const hurried = secretsManager(impatient, () => now_ms)
    await withInstead(
      (request, response) => answer(request, response),
      async () => {
        const given = JSON.stringify({ Name: NAME, SecretString: 'first' })
        answer = (_, response) => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(given)
        await expect.poll(() => hurried.read(NAME).catch(() => undefined), { timeout: 15_000 }).toBe('first')
        answer = () => {}
        now_ms += FRESH_MS
        expect(await hurried.read(NAME)).toBe('first')
        await expect(hurried.readAnew(NAME)).rejects.toMatchObject({ ...DOWN, cause: { name: 'TimeoutError' } })
      },
    )
    impatient.destroy()
  })

  test.for([
    ['a secret that is marked for deletion', 400, 'InvalidRequestException'],
    ['a role without the right', 400, 'AccessDeniedException'],
    ['a role without the right, by HTTP 403', 403, 'AccessDenied'],
    ['a key that is disabled', 400, 'DecryptionFailure'],
    ['a key that is disabled, by its own name', 400, 'KMSInvalidStateException'],
    ['a name that AWS does not like', 400, 'InvalidParameterException'],
    ['a wrong signature', 400, 'InvalidSignatureException'],
    ['an expired token', 400, 'ExpiredTokenException'],
    ['an unknown client', 403, 'UnrecognizedClientException'],
    ['a validation error', 400, 'ValidationException'],
    ['an error that nobody has heard of', 400, 'BrandNewException'],
  ] as const)('%s', async ([, status, type]) => {
    await secrets.read(NAME)
    await withInstead(says(status, type), async () => {
      now_ms += FRESH_MS
      for (const read of [secrets.read, secrets.readAnew]) {
        await expect(read(NAME)).rejects.toMatchObject({ ...REFUSED, cause: { name: type } })
      }
    })
  })

  test('as the stand-in says it of a secret that is marked for deletion', async () => {
    await secrets.read(NAME)
    await client.send(new DeleteSecretCommand({ SecretId: NAME }))
    now_ms += FRESH_MS
    await expect(secrets.read(NAME)).rejects.toMatchObject({ ...REFUSED, cause: { name: 'InvalidRequestException' } })
    await client.send(new RestoreSecretCommand({ SecretId: NAME }))
    expect(await secrets.read(NAME)).toBe('first')
  })

  test('also past the cache, while what is remembered is fresh', async () => {
    await secrets.read(NAME)
    await withInstead(says(400, 'AccessDeniedException'), async () => {
      expect(await secrets.read(NAME)).toBe('first')
      await expect(secrets.readAnew(NAME)).rejects.toMatchObject(REFUSED)
      await expect(secrets.read(NAME)).rejects.toMatchObject(REFUSED)
    })
  })

  test('and an outage after it does not bring the secret back', async () => {
    await secrets.read(NAME)
    now_ms += FRESH_MS
    await withInstead(says(400, 'InvalidRequestException'), () => expect(secrets.read(NAME)).rejects.toThrow())
    await manager.stop()
    await expect(secrets.read(NAME)).rejects.toMatchObject(DOWN)
    await startAgain()
  })

  test('nor an outage before it', async () => {
    await secrets.read(NAME)
    now_ms += FRESH_MS
    await withInstead(says(503, 'ServiceUnavailable'), async () => expect(await secrets.read(NAME)).toBe('first'))
    now_ms += 10_000
    await withInstead(says(400, 'AccessDeniedException'), async () => {
      await expect(secrets.read(NAME)).rejects.toMatchObject(REFUSED)
    })
  })

  test('until it is put right', async () => {
    await secrets.read(NAME)
    now_ms += FRESH_MS
    await withInstead(says(400, 'AccessDeniedException'), () => expect(secrets.read(NAME)).rejects.toThrow())
    await startAgain()
    await create(NAME, 'second')
    expect(await secrets.read(NAME)).toBe('second')
  })

  test('no credentials are no outage', async () => {
    await secrets.read(NAME)
    now_ms += FRESH_MS
    const client = new SecretsManagerClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'local',
      credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
    })
    await expect(secretsManager(client).read(NAME)).rejects.toMatchObject(REFUSED)
  })
})

/** An answer as Secrets Manager's errors are; its message has something that must not be logged. */
function says(status: number, type: string): RequestListener {
  return (_, response) => {
    const body = JSON.stringify({ __type: `com.amazonaws.secretsmanager#${type}`, Message: 'said of arn:aws:iam::1' })
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'request-1' })
      .end(body)
  }
}

/** Puts another server in the place of Secrets Manager, for as long as `during` takes. */
async function withInstead(answer: RequestListener, during: () => Promise<unknown>): Promise<void> {
  await manager.stop()
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  try {
    await during()
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
