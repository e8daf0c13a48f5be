// The log: what operators need, and nothing that could be used by whoever reads it.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import {
  callers,
  exchange,
  FISSION,
  leaks,
  NORMAL,
  OPENID,
  read,
  send,
  sent,
  stack,
  useStack,
} from '../support/service.ts'
import { signedHeaders } from '../support/signing.ts'
import { fault } from '../support/wechat.ts'

useStack()

const log = () => readFileSync(stack.log_file, 'utf8')
const lines = (): Record<string, unknown>[] =>
  log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** Waits until the line of a request has come through the pipe. */
async function logged(request_id: unknown): Promise<Record<string, unknown> | undefined> {
  for (let tries = 0; tries < 50; tries += 1) {
    const line = lines().find((one) => one.message === 'request' && one.request_id === request_id)
    if (line) return line
    await sleep(20)
  }
}

it('has one line for each outcome, with the openid masked', async () => {
  const { id, mch_billno } = await sent(FISSION)
  await fault('NOTENOUGH')
  const refused = (await send(NORMAL)).body
  const { body } = await read('/redpacks/none')
  await logged(body.request_id)

  const outcomes = lines().filter(({ message }) => message === 'outcome')
  const masked = { miniapp_id: 'local-miniapp', re_openid: 'oe2e***' }
  const paid = {
    ...masked,
    id,
    mch_billno,
    mch_id: stack.identity.merchants[0]?.mch_id,
    outcome: 'sent',
    total_amount: 600,
  }
  expect(outcomes).toContainEqual(expect.objectContaining({ level: 'INFO', record: { ...paid, version: 2 } }))
  const unpaid = { ...masked, id: refused.id, outcome: 'refused', err_code: 'NOTENOUGH' }
  expect(outcomes).toContainEqual(expect.objectContaining({ record: expect.objectContaining(unpaid) }))
})

it('says of each request what it came to, and of a stranger why', async () => {
  const wrong = { ...callers.local, secret: callers.other.secret }
  const { body } = await read('/redpacks/none')
  const stranger = (await send(NORMAL, { caller: wrong })).body

  expect(await logged(body.request_id)).toMatchObject({
    route: 'GET /redpacks/{id}',
    status: 404,
    code: 'not_found',
    keyid: 'local-cloud-function',
    miniapp_id: 'local-miniapp',
  })
  expect(await logged(stranger.request_id)).toMatchObject({ status: 415, code: 'not_a_cloud_function' })
  expect(lines()).toContainEqual(
    expect.objectContaining({ message: 'caller_refused', request_id: stranger.request_id, reason: 'wrong signature' }),
  )
})

it('holds no key, certificate, caller secret, signature or whole openid, whatever was asked', async () => {
  const { id } = await sent(NORMAL)
  await read(`/redpacks/status?id=${id}`)
  for (const kind of ['numeric_after', 'PARAM_ERROR', 'CA_ERROR']) await fault(kind)
  for (const _ of [1, 2, 3]) await send(NORMAL)
  await send({ ...NORMAL, [OPENID]: OPENID, re_openid: [OPENID] })
  await send(`{"re_openid":"${OPENID}"`)
  await send(NORMAL, { idempotency_key: `${OPENID} ` })
  await send(NORMAL, { caller: callers.broken })
  const { keyid, secret } = callers.local
  const headers = signedHeaders({ method: 'POST', target: '/redpacks', body: '{}', keyid, secret })
  await exchange('POST', '/redpacks', { headers: { ...headers, authorization: `Bearer ${secret}` }, body: '[]' })
  const { body } = await read('/redpacks/none')
  expect(await logged(body.request_id)).toBeDefined()

  expect(leaks()).toEqual([])

  expect(stack.confidential.length).toBeGreaterThan(100)
  expect(log()).toContain('oe2e***')
})

it('would be seen to hold one', () => {
  const [key = ''] = stack.confidential
  expect(leaks(`${log()}${key}`)).toEqual([key])
  expect(leaks(`${log()}${OPENID}`)).toEqual([OPENID])
})
