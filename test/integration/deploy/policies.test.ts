// docs/iam: the rights of operators, against the calls that their commands make, recorded on the way to what stands in for AWS.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTable, type Dynamodb, startDynamodb } from '../../../local/dynamodb.ts'
import { type SecretsManager, startSecretsManager } from '../../../local/secrets-manager.ts'
import { createCa, createMerchantCertificate } from '../../../simulator/src/certificates.ts'
import { redpack } from '../../support/cli.ts'
import { isAllowed, policy } from '../../support/policies.ts'

const PLACE = 'ap-southeast-1:123456789012'
const pair = createMerchantCertificate(createCa(), '1900000109')
const folder = mkdtempSync(join(tmpdir(), 'redpack-policies-'))

type Call = { action: string; resource: string }
const calls: Call[] = []
let secrets: SecretsManager
let dynamodb: Dynamodb
let recorder: ReturnType<typeof createServer>
let env: Record<string, string>

beforeAll(async () => {
  secrets = await startSecretsManager({})
  dynamodb = await startDynamodb({})
  await createTable(dynamodb.endpoint, 'redpack-prod')
  recorder = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    const [service, operation = ''] = String(incoming.headers['x-amz-target']).split('.')
    const isTable = service?.startsWith('DynamoDB')
    const { SecretId, Name, TableName } = JSON.parse(body.toString())
    calls.push({
      action: `${isTable ? 'dynamodb' : 'secretsmanager'}:${operation}`,
      resource: isTable
        ? `arn:aws:dynamodb:${PLACE}:table/${TableName}`
        : `arn:aws:secretsmanager:${PLACE}:secret:${SecretId ?? Name}-AbCdEf`,
    })
    const { method, url = '', headers } = incoming
    const there = new URL(url, isTable ? dynamodb.endpoint : secrets.endpoint)
    const { host: _, ...kept } = headers
    const asked = request(there, { method, headers: { ...kept, host: there.host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    asked.end(body)
  })
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`
  writeFileSync(join(folder, 'cert'), pair.cert)
  writeFileSync(join(folder, 'key'), pair.key)
  env = {
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    REDPACK_SECRET_PREFIX: 'redpack/prod',
    REDPACK_TABLE: 'redpack-prod',
    WECHATPAY_API_KEY: '0123456789abcdefABCDEF0123456789',
  }
})
beforeEach(() => calls.splice(0))
afterAll(async () => {
  recorder?.closeAllConnections()
  recorder?.close()
  await secrets?.stop()
  await dynamodb?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs commands, all of which succeed. @returns the calls that they made */
async function made(...commands: readonly (readonly string[])[]): Promise<Call[]> {
  for (const argv of commands) {
    const { code, err } = await redpack([...argv], env)
    expect(code, `${argv.join(' ')}: ${err}`).toBe(0)
  }
  return calls
}
const names = (made: readonly Call[]) => [...new Set(made.map(({ action }) => action))].sort()

it('secrets.json allows what merchant put and caller do, each thing to the secrets of its stage, and nothing else', async () => {
  const put = [
    'merchant',
    'put',
    'my-miniapp',
    'weixin_tenpay',
    '--cert',
    join(folder, 'cert'),
    '--key',
    join(folder, 'key'),
  ]
  const all = await made(
    ['caller', 'add', 'shop-1', 'my-miniapp'],
    ['caller', 'add', 'shop-2', 'my-miniapp'],
    ['caller', 'rotate', 'shop-1'],
    ['caller', 'rotate', 'shop-1', '--finish'],
    ['caller', 'remove', 'shop-2', '--yes'],
    ['caller', 'list'],
    put,
    [...put, '--daily-limit-yuan', '1000'],
  )
  const operator = policy('secrets')
  expect(names(all)).toEqual(operator.actions)
  expect(all.filter(({ action, resource }) => !isAllowed(operator, action, resource))).toEqual([])
  const [{ resource } = { resource: '' }] = all
  expect(isAllowed(operator, 'secretsmanager:GetSecretValue', resource.replace('/prod/', '/dev/'))).toBe(false)
})

it('operate.json allows what stop, resume and release do to the table of its stage', async () => {
  const all = await made(['stop', '--reason', 'a test'], ['stop', '--show'], ['resume'], ['release', '--yes'])
  const operator = policy('operate')
  expect(names(all)).toEqual(operator.actions.filter((action) => action.startsWith('dynamodb:')))
  expect(all.filter(({ action, resource }) => !isAllowed(operator, action, resource))).toEqual([])
})
