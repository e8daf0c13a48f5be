// The part of deploy:check that asks Secrets Manager and DynamoDB, against what local/ puts in their place.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examineSecrets } from '../../../deploy/check/secrets.ts'
import { examineStack } from '../../../deploy/check/stack.ts'
import { planOf } from '../../../deploy/check/stage.ts'
import { wantedTable } from '../../../deploy/check/table.ts'
import type { Finding } from '../../../deploy/finding.ts'
import { createTable, type Dynamodb, LOCAL_CREDENTIALS, startDynamodb } from '../../../local/dynamodb.ts'
import { type SecretsManager, startSecretsManager } from '../../../local/secrets-manager.ts'
import { createCa, createMerchantCertificate } from '../../../simulator/src/certificates.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.parse('2026-11-25T12:00:00Z')
const MINIAPP = 'my-miniapp'
const pair = createMerchantCertificate(createCa(), '1900000109', {
  not_before: new Date(NOW_MS - 300 * DAY_MS),
  not_after: new Date(NOW_MS + 60 * DAY_MS),
})
const entry = { mch_id: '1900000109', api_key: 'k'.repeat(32), cert: pair.cert, key: pair.key }
const caller = { miniapp_id: MINIAPP, secrets: [Buffer.alloc(32, 1).toString('base64')] }

let secrets: SecretsManager
let dynamodb: Dynamodb
let client: SecretsManagerClient
let table: DynamoDBClient

beforeAll(async () => {
  secrets = await startSecretsManager({})
  dynamodb = await startDynamodb({})
  const options = { region: 'local', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 }
  client = new SecretsManagerClient({ ...options, endpoint: secrets.endpoint })
  table = new DynamoDBClient({ ...options, endpoint: dynamodb.endpoint })
})
afterAll(async () => {
  client?.destroy()
  table?.destroy()
  await secrets?.stop()
  await dynamodb?.stop()
})

async function all(findings: AsyncGenerator<Finding>): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of findings) found.push(finding)
  return found
}
const states = (findings: readonly Finding[]) => findings.map(({ check, state }) => `${check} ${state}`)

/** Secrets under a prefix of their own. */
async function stored(prefix: string, given: Record<string, unknown>) {
  for (const [name, value] of Object.entries(given)) {
    const SecretString = typeof value === 'string' ? value : JSON.stringify(value)
    await client.send(new CreateSecretCommand({ Name: `${prefix}/${name}`, SecretString }))
  }
  return planOf('prod', 'local', { REDPACK_SECRET_PREFIX: prefix })
}

describe('the secrets', () => {
  const whole = { callers: { shop: caller }, [`merchants/${MINIAPP}`]: { weixin_tenpay: entry } }

  it.each([
    ['that are whole', whole, 0, ['secrets good', 'certificate good']],
    ['whose certificate ends in 29 days', whole, 31 * DAY_MS, ['secrets good', 'certificate doubt']],
    ['whose certificate has ended', whole, 61 * DAY_MS, ['secrets good', 'certificate bad']],
    ['whose certificate is not valid yet', whole, -301 * DAY_MS, ['secrets good', 'certificate bad']],
    ['that are not there', {}, 0, ['secrets bad']],
    ['without anybody who may call', { callers: {} }, 0, ['secrets bad']],
    ['that are no JSON', { callers: 'shop' }, 0, ['secrets bad']],
    ['without a merchant', { callers: { shop: caller } }, 0, ['secrets good', 'certificate bad']],
    [
      'with a merchant that is no JSON',
      { ...whole, [`merchants/${MINIAPP}`]: '?' },
      0,
      ['secrets good', 'certificate bad'],
    ],
    [
      'with a certificate that cannot be read',
      { ...whole, [`merchants/${MINIAPP}`]: { weixin_tenpay: { ...entry, cert: 'PEM' }, weixin: {} } },
      0,
      ['secrets good', 'certificate bad', 'certificate doubt'],
    ],
    [
      'with an entry of a caller that is refused',
      { ...whole, callers: { shop: caller, bad: { miniapp_id: MINIAPP, secrets: ['c2hvcnQ='] } } },
      0,
      ['secrets good', 'secrets bad', 'certificate good'],
    ],
  ] as const)('%s', async (name, given, later_ms, expected) => {
    const plan = await stored(`redpack/${name.replaceAll(/\W/g, '-')}`, given)
    const found = await all(examineSecrets(plan, { secrets: client }, NOW_MS + later_ms))
    expect(states(found)).toEqual(expected)
    for (const { state, fix, text } of found) {
      expect(state === 'good' || fix, text).toBeTruthy()
      expect(`${text}${fix}`).not.toContain(entry.api_key)
    }
  })

  it('that cannot be reached are told as such', async () => {
    const away = new SecretsManagerClient({
      region: 'local',
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
      endpoint: 'http://127.0.0.1:9',
    })
    const [finding] = await all(examineSecrets(planOf('prod', 'local', {}), { secrets: away }, NOW_MS))
    expect(finding).toMatchObject({ check: 'secrets', state: 'bad', fix: expect.stringContaining('reach AWS') })
  })
})

describe('the table', () => {
  const cloudformation = {
    send: async (command: object) =>
      command.constructor.name === 'DescribeStacksCommand'
        ? { Stacks: [{ StackStatus: 'UPDATE_COMPLETE' }] }
        : { StackResourceDetail: { PhysicalResourceId: 'redpack-prod' } },
  } as never
  const nothing = {
    send: () =>
      Promise.reject(Object.assign(new Error('Stack redpack-prod does not exist'), { name: 'ValidationError' })),
  } as never
  const plan = planOf('prod', 'local', {})

  it('is made with the stack, is missing from it, or stays', async () => {
    const examined = async (stack: never) =>
      states(await all(examineStack(plan, { cloudformation: stack, dynamodb: table }, wantedTable())))

    expect(await examined(nothing)).toEqual(['stack good', 'table good'])
    expect(await examined(cloudformation)).toEqual(['stack good', 'table bad'])
    await createTable(dynamodb.endpoint, 'redpack-prod')
    expect(await examined(cloudformation)).toEqual(['stack good', 'table good'])
    expect(await examined(nothing)).toEqual(['stack good', 'table bad'])
  })
})
