// Two operators change one secret at once: AWSCURRENT moves only from the version that was read.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BusyError, InDoubtError, updateSecret, type Version } from '../../../cli/aws/update.ts'
import { LOCAL_CREDENTIALS } from '../../../local/dynamodb.ts'
import { startSecretsManager } from '../../../local/secrets-manager.ts'

const SECRET = 'redpack/test/callers'
const PATIENT = { timeout: 15_000 }

/** What stands between an operator and Secrets Manager: it may wait before a call is passed on, and lose the answer. */
type Line = { before?: (operation: string) => Promise<void> | void; loses?: (operation: string) => boolean }
type Operator = { aws: SecretsManager; calls: string[] }

let aws: SecretsManager
let stops: (() => Promise<void>)[]
let endpoint: string

beforeEach(async () => {
  const manager = await startSecretsManager({})
  stops = [manager.stop]
  endpoint = manager.endpoint
  aws = clientOf(endpoint)
})
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
})

function clientOf(endpoint: string): SecretsManager {
  const client = new SecretsManager({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 })
  stops.push(async () => client.destroy())
  return client
}

async function operator({ before, loses }: Line = {}): Promise<Operator> {
  const calls: string[] = []
  const server = createServer(async (incoming, response) => {
    const operation = String(incoming.headers['x-amz-target']).replace('secretsmanager.', '')
    const body = await buffer(incoming)
    calls.push(operation)
    await before?.(operation)
    const { method, headers } = incoming
    const passed = request(endpoint, { method, headers }, async (answer) => {
      const told = await buffer(answer)
      if (loses?.(operation)) return incoming.socket.destroy()
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(told)
    })
    passed.on('error', () => incoming.socket.destroy())
    passed.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { aws: clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), calls }
}

const list = (version: Version | undefined): string[] => JSON.parse(version?.text ?? '[]')
const adding = (name: string) => (version: Version | undefined) =>
  JSON.stringify([...new Set([...list(version), name])])
const add = ({ aws }: Operator, name: string) => updateSecret(aws, SECRET, adding(name))
const stored = async () => JSON.parse((await aws.getSecretValue({ SecretId: SECRET })).SecretString ?? '')
const create = (SecretString: string) => aws.createSecret({ Name: SECRET, SecretString })

/** Holds calls back until it is opened. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

test.for(['PutSecretValue', 'UpdateSecretVersionStage'])(
  'a change that another overtakes before its %s is made anew',
  async (held) => {
    await create('["leaked"]')
    const { opened, open } = gate()
    const slow = await operator({ before: (operation) => (operation === held ? opened : undefined) })
    const quick = await operator()
    const slowly = add(slow, 'b')
    await expect.poll(() => slow.calls, PATIENT).toContain(held)

    expect(
      await updateSecret(quick.aws, SECRET, (version) =>
        JSON.stringify(list(version).filter((name) => name !== 'leaked')),
      ),
    ).toBe('updated')
    open()

    expect(await slowly).toBe('updated')
    expect(await stored()).toEqual(['b'])
  },
)

test('of two who make the secret, the second adds to what the first made', async () => {
  const { opened, open } = gate()
  const slow = await operator({ before: (operation) => (operation === 'CreateSecret' ? opened : undefined) })
  const slowly = add(slow, 'b')
  await expect.poll(() => slow.calls, PATIENT).toContain('CreateSecret')
  expect(await add(await operator(), 'a')).toBe('created')
  open()

  expect(await slowly).toBe('updated')
  expect(await stored()).toEqual(['a', 'b'])
})

test('a secret without a value gets its first, from two at once, too', async () => {
  await aws.createSecret({ Name: SECRET })
  const done = await Promise.all(['a', 'b', 'c'].map(async (name) => add(await operator(), name)))
  expect(done).toEqual(['updated', 'updated', 'updated'])
  expect((await stored()).sort()).toEqual(['a', 'b', 'c'])
})

test('of eight at once nobody loses a change', async () => {
  await create('[]')
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  await Promise.all(names.map(async (name) => add(await operator(), name)))
  expect((await stored()).sort()).toEqual(names)
})

test.for(['PutSecretValue', 'UpdateSecretVersionStage', 'CreateSecret'])(
  'a %s whose answer is lost is not made twice',
  async (lost) => {
    if (lost !== 'CreateSecret') await create('[]')
    let left = 1
    const one = await operator({ loses: (operation) => operation === lost && left-- > 0 })
    const seen: string[][] = []
    const done = await updateSecret(one.aws, SECRET, (version) => {
      seen.push(list(version))
      return JSON.stringify([...list(version), `change ${seen.length}`])
    })
    expect(done).toBe(lost === 'CreateSecret' ? 'created' : 'updated')
    expect(await stored()).toEqual(lost === 'PutSecretValue' ? ['change 2'] : ['change 1'])
  },
)

test('a change that stands below another’s by then is told that it may', async () => {
  await create('[]')
  let left = 1
  const one = await operator({
    loses: (operation) => operation === 'UpdateSecretVersionStage' && left-- > 0,
    before: async (operation) => {
      // Another's change comes between the lost answer and the look.
      if (operation === 'GetSecretValue' && left === 0) await add(await operator(), 'other')
    },
  })
  const told: boolean[] = []
  const done = await updateSecret(one.aws, SECRET, (version, again) => {
    told.push(again)
    return adding('mine')(version)
  })
  expect({ done, told, stored: await stored() }).toEqual({
    done: 'unchanged',
    told: [false, true],
    stored: ['mine', 'other'],
  })
})

test('whoever is overtaken twelve times gives up, and nothing of theirs stands', async () => {
  await create('[]')
  let n = 0
  const one = await operator({
    before: async (operation) => {
      if (operation === 'UpdateSecretVersionStage')
        await aws.putSecretValue({ SecretId: SECRET, SecretString: `["${++n}"]` })
    },
  })
  await expect(add(one, 'mine')).rejects.toBeInstanceOf(BusyError)
  expect(await stored()).toEqual(['12'])
})

test('no answer to the write and none to the look is said to be in doubt', async () => {
  await create('[]')
  let down = false
  const one = await operator({
    loses: (operation) => {
      down ||= operation === 'UpdateSecretVersionStage'
      return down
    },
  })
  await expect(add(one, 'mine')).rejects.toBeInstanceOf(InDoubtError)
})

test('what AWS refuses for good is told at once', async () => {
  await create('[]')
  const one = await operator()
  const much = updateSecret(one.aws, SECRET, () => JSON.stringify('x'.repeat(65_536)))
  await expect(much).rejects.toMatchObject({ name: 'ValidationException' })
  expect(one.calls).toEqual(['GetSecretValue', 'PutSecretValue'])
})

test('nothing is written if nothing changes, or if the change is refused', async () => {
  await create('["a"]')
  const one = await operator()
  expect(await add(one, 'a')).toBe('unchanged')
  const refused = updateSecret(one.aws, SECRET, () => {
    throw new Error('no')
  })
  await expect(refused).rejects.toThrow('no')
  expect(one.calls).toEqual(['GetSecretValue', 'GetSecretValue'])
})
