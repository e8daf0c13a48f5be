// `npm run offline` with nothing but an environment: endpoints that come and go, a table and secrets of its own.
import { randomUUID } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { createTable } from '../../local/dynamodb.ts'
import { type Caller, putSecret } from '../support/callers.ts'
import { idOf, stored, withoutEffect } from '../support/footprint.ts'
import { forward } from '../support/forward.ts'
import { expectProblem, NOT_A_CLOUD_FUNCTION } from '../support/problem.ts'
import { exchange, merchant, NORMAL, read, send, stack, useStack } from '../support/service.ts'
import { calls, debits } from '../support/wechat.ts'

useStack()

if (!stack.elsewhere) throw new Error('nothing runs elsewhere')
const { url, env } = stack.elsewhere
const table = String(env.REDPACK_TABLE)
const SECRET = Buffer.from('a secret that only this place knows').toString('base64')
const caller: Caller = { keyid: 'elsewhere', secret: SECRET, miniapp_id: 'elsewhere' }
const here = { ...stack.env, REDPACK_SECRET_PREFIX: String(env.REDPACK_SECRET_PREFIX) }
const idempotency_key = randomUUID()
const id = idOf(caller.miniapp_id, idempotency_key)

const SECRETS_DOWN = '暂时无法从 Secrets Manager 读取密钥，没有发出任何请求；请稍后用同一个 Idempotency-Key 重试'
const TABLE_MISSING = '服务没有权限访问记录表，或记录表不存在；请联系服务的维护者'
const STORE_DOWN = '暂时无法读写红包记录；请稍后用同一个 Idempotency-Key 重试'

type Door = Awaited<ReturnType<typeof forward>>
const doors: Partial<Record<'secrets' | 'store', Door>> = {}
afterAll(async () => {
  await doors.secrets?.close()
  await doors.store?.close()
})

async function open(name: keyof typeof doors): Promise<void> {
  const variable = name === 'store' ? 'AWS_ENDPOINT_URL_DYNAMODB' : 'AWS_ENDPOINT_URL_SECRETS_MANAGER'
  doors[name] = await forward(String(env[variable]), String(stack.env[variable]))
}

async function shut(name: keyof typeof doors): Promise<void> {
  await doors[name]?.close()
  delete doors[name]
}

const sendThere = () => send(NORMAL, { caller, url, idempotency_key })
const readThere = (target: string) => read(target, { caller, url })

async function expectUnavailable(
  code: 'secrets_unavailable' | 'store_unavailable' | 'misconfigured',
  detail: string,
  targets: string[],
) {
  for (const target of targets) expectProblem(await withoutEffect(() => readThere(target)), code, detail)
  expectProblem(await withoutEffect(sendThere), code, detail)
  expect(await calls()).toEqual([])
}

const TARGETS = ['/redpacks', `/redpacks/${id}`, `/redpacks/status?id=${id}`]

// Each test continues where the one before stopped: the place is set up step by step.
it('nobody is let in while Secrets Manager cannot be reached, and who is not signed needs no secret to be refused', async () => {
  await expectUnavailable('secrets_unavailable', SECRETS_DOWN, TARGETS)

  const reply = await exchange('POST', '/redpacks', { url, headers: {}, body: '{}' })
  expectProblem(reply, 'not_a_cloud_function', NOT_A_CLOUD_FUNCTION)
})

it('nobody is let in while there are no caller keys, or keys that cannot be loaded', async () => {
  await open('secrets')
  const detail = '调用方密钥缺失或格式错误，无法验证调用方'

  expectProblem(await readThere('/redpacks'), 'secrets_unavailable', detail)
  await expectUnavailable('secrets_unavailable', detail, [])
})

it('nothing is sent while DynamoDB cannot be reached', async () => {
  await putSecret(here, 'callers', { [caller.keyid]: { miniapp_id: caller.miniapp_id, secrets: [SECRET] } })
  await putSecret(here, `merchants/${caller.miniapp_id}`, { weixin_tenpay: merchant })

  await expectUnavailable('store_unavailable', STORE_DOWN, TARGETS)
})

it('nothing is sent while the table is not there', async () => {
  await open('store')

  await expectUnavailable('misconfigured', TABLE_MISSING, TARGETS)
})

it('a packet is sent, listed, fetched and asked for with what the environment names', async () => {
  await createTable(String(stack.env.AWS_ENDPOINT_URL_DYNAMODB), table)

  const reply = await withoutEffectHere(sendThere)

  expect(reply).toMatchObject({ status: 200, body: { return_code: 'SUCCESS', mch_billno: `RP${id}`, outcome: 'sent' } })
  expect(await stored(id, table)).toMatchObject({ id, miniapp_id: 'elsewhere', outcome: 'sent' })
  expect(await debits()).toMatchObject([{ mch_billno: `RP${id}`, total_amount: 110 }])
  expect((await readThere('/redpacks')).body).toMatchObject({ meta: { total_count: 1 }, objects: [{ id }] })
  expect((await readThere(`/redpacks/${id}`)).body).toMatchObject({ id, outcome: 'sent' })
  expect((await readThere(`/redpacks/status?id=${id}`)).body).toMatchObject({ status: 'SENT', mch_billno: `RP${id}` })
})

it('callers of another place are not let in', async () => {
  const reply = await read('/redpacks', { url })
  expectProblem(reply, 'not_a_cloud_function', NOT_A_CLOUD_FUNCTION)
})

it('secrets that were read serve on while Secrets Manager is away, and records do not', async () => {
  await shut('secrets')
  expect(await sendThere()).toMatchObject({ status: 200, body: { id, outcome: 'sent' } })

  await shut('store')
  expectProblem(await sendThere(), 'store_unavailable', STORE_DOWN)
  expectProblem(await readThere('/redpacks'), 'store_unavailable', STORE_DOWN)
  expect(await calls()).toEqual([])
})

/** The local service's own table is left alone. */
async function withoutEffectHere<T>(act: () => Promise<T>): Promise<T> {
  const result = await act()
  expect(await stored(id)).toBeUndefined()
  return result
}
