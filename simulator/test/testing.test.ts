// wechatpay-simulator/testing, and the control against its description.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { connect, type RunningSimulator, simulator } from '../src/testing.ts'
import { NORMAL, QUERY, signedXml } from './harness.ts'

let weChat: RunningSimulator
beforeAll(async () => {
  weChat = await simulator({ merchants: [{ mch_id: '10000098' }, { mch_id: '10000099', api_key: 'k' }], balance: 5000 })
})
afterAll(() => weChat.stop())

const SEND = '/mmpaymkttransfers/sendredpack'

/** Posts as the first merchant, by its p12 or its PEM. */
function post(
  path: string,
  fields: Record<string, string | number | undefined>,
  by: 'pem' | 'p12' = 'pem',
): Promise<string> {
  const [merchant] = weChat.merchants
  if (!merchant) throw new Error('no merchant')
  const { mch_id, cert, key, api_key } = merchant
  const own = by === 'pem' ? { cert, key } : { pfx: Buffer.from(merchant.p12_3des), passphrase: mch_id }
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca: weChat.ca, ...own })
    const asking = request(`${weChat.origin}${path}`, { method: 'POST', agent }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    })
    asking.on('error', reject)
    asking.end(signedXml(fields, api_key))
  })
}

test('a suite sends, sees the ledger, moves the clock, asks for faults and puts everything back', async () => {
  expect(weChat.merchants.map(({ mch_id, api_key }) => [mch_id, api_key.length])).toEqual([
    ['10000098', 32],
    ['10000099', 1],
  ])
  expect(await weChat.fault('processing_after', { mch_billno: 'A' })).toEqual([
    { kind: 'processing_after', count: 1, mch_billno: 'A' },
  ])
  expect(await post(SEND, { ...NORMAL, mch_billno: 'A' })).toContain('PROCESSING')
  expect(await post(SEND, { ...NORMAL, mch_billno: 'A' }, 'p12')).toContain('发放成功')
  expect(await weChat.faults()).toEqual([])
  expect(await weChat.ledger()).toMatchObject({
    balance: 4900,
    total_debited: 100,
    debits: [{ mch_billno: 'A', status: 'SENT' }],
  })
  expect(await weChat.calls()).toMatchObject([{ op: 'sendredpack', fault: 'processing_after' }, { op: 'sendredpack' }])
  expect(await weChat.exchanges('A')).toHaveLength(2)
  expect(await weChat.exchanges('A', '10000099')).toEqual([])
  expect(await weChat.receive('A')).toMatchObject({ status: 'RECEIVED', hblist: [{ amount: 100 }] })
  const before = await weChat.clock.now()
  const after = await weChat.clock.advance(3600)
  expect(after.getTime() - before.getTime()).toBeGreaterThanOrEqual(3_600_000)
  await weChat.balance(7)
  await weChat.balance(8, '10000098')
  expect(await weChat.ledger()).toMatchObject({ balance: 7, balances: { '10000098': 8 } })
  await weChat.reset()
  expect(await weChat.ledger()).toEqual({ balance: 5000, total_debited: 0, debits: [] })
})

test('what the control refuses is an error with its words', async () => {
  await expect(weChat.receive('NONE')).rejects.toThrow('POST /receive: nothing has been debited under this mch_billno')
  await expect(weChat.fault('nonsense')).rejects.toThrow(/^POST \/faults: kind: unknown kind "nonsense"/)
})

test('WeChat’s limits hold unless they are switched off', async () => {
  await using free = await simulator({ limits: false })
  expect(free.merchants).toHaveLength(1)
  expect(await connect(free.control_origin).ledger()).toMatchObject({ balance: 100_000_000 })
  await weChat.balance(100_000)
  for (let index = 1; index <= 10; index += 1) {
    expect(await post(SEND, { ...NORMAL, mch_billno: `N${index}` })).toContain('发放成功')
  }
  expect(await post(SEND, { ...NORMAL, mch_billno: 'N11' })).toContain('SENDNUM_LIMIT')
  await weChat.reset()
})

test('it stops at the end of its block, and its ports are free', async () => {
  let origin: string
  {
    await using one = await simulator()
    origin = one.control_origin
    expect((await fetch(`${origin}/clock`)).status).toBe(200)
  }
  await expect(fetch(`${origin}/clock`)).rejects.toThrow()
})

describe('the description of the control', () => {
  type Media = { content: { 'application/json': { schema: object } } }
  type Operation = { requestBody?: Media; responses: Record<string, object> }
  const described = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8'), { merge: true })
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } })
  ajv.addSchema(described, 'control')

  function schemaOf(path: string, method: string, status: number): object {
    const { responses } = described.paths[path][method] as Operation
    const response = responses[status] as { $ref?: string } & Partial<Media>
    if (!response) throw new Error(`${method} ${path} does not describe ${status}`)
    const pointer = response.$ref?.slice(1) ?? `/paths/${path.replaceAll('/', '~1')}/${method}/responses/${status}`
    return { $ref: `control#${pointer}/content/application~1json/schema` }
  }

  async function ask(route: string, body?: object): Promise<void> {
    const [method = '', target = ''] = route.split(' ')
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await fetch(`${weChat.control_origin}${target}`, { method, ...json })
    const schema = schemaOf(target.split('?')[0] ?? '', method.toLowerCase(), response.status)
    const answer = await response.json()
    expect(ajv.validate(schema, answer), `${route}: ${ajv.errorsText()} in ${JSON.stringify(answer)}`).toBe(true)
  }

  test('holds for every route, whatever it answers', async () => {
    await weChat.reset()
    await ask('POST /faults', { kind: 'failed', seconds: 3, reason: 'r', re_openid: 'oFails' })
    await post(SEND, { ...NORMAL, mch_billno: 'FAILS', re_openid: 'oFails' })
    await post(SEND, { ...NORMAL, mch_billno: 'A', total_amount: 'x' })
    await post(SEND, NORMAL)
    await post('/mmpaymkttransfers/gethbinfo', QUERY)
    await ask('POST /faults', { kind: 'hang_after', seconds: 0 })
    await post('/mmpaymkttransfers/gethbinfo', QUERY)
    await ask('POST /faults', { kind: 'NO_AUTH', text: 't', total_amount: 1, mch_id: '1', mch_billno: '1' })
    await ask('POST /faults', { kind: 'x' })
    await ask('POST /receive', { mch_billno: NORMAL.mch_billno })
    await ask('POST /receive', { mch_billno: 'NONE' })
    await ask('POST /receive', {})
    await ask('POST /clock', { advance_s: 86_460 })
    await ask('POST /clock', { advance_s: -1 })
    await ask('POST /balance', { fen: 5 })
    await ask('POST /balance', { fen: 5, mch_id: '10000099' })
    await ask('POST /balance', { fen: 5, mch_id: '7' })
    await ask('POST /balance', { fen: -5 })
    const routes = ['GET /faults', 'GET /ledger', 'GET /calls', 'GET /clock', 'GET /packets', 'GET /packets?limit=0']
    for (const route of routes) await ask(route)
    for (const query of [`?mch_billno=${NORMAL.mch_billno}`, '']) await ask(`GET /exchanges${query}`)
    await ask('POST /reset')
  })

  test('has the routes that there are, and no other', async () => {
    const { error } = (await (await fetch(`${weChat.control_origin}/nothing`)).json()) as { error: string }
    const told = error
      .replace(/^.*the routes are /, '')
      .split(', ')
      .sort()
    const paths = Object.entries(described.paths as Record<string, object>)
    const routes = paths.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(routes.sort()).toEqual(told)
  })
})
