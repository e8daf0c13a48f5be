// The log: what operators need, and nothing that could be used by whoever reads it.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  callers,
  exchange,
  FISSION,
  leaks,
  merchant,
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

const { keyid, secret, miniapp_id } = callers.own
const log = () => readFileSync(stack.log_file, 'utf8')
const lines = (): Record<string, unknown>[] =>
  log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** Waits until a line has come through the pipe: those of two workers may come in any order. */
const expectLine = (line: Record<string, unknown>) => expect.poll(lines).toContainEqual(expect.objectContaining(line))

it('has one line for each outcome, with the openid masked', async () => {
  const { id, mch_billno } = await sent(FISSION)
  await fault('NOTENOUGH')
  const refused = (await send(NORMAL)).body

  const message = 'outcome'
  const masked = { miniapp_id, re_openid: 'oe2e***' }
  const paid = {
    ...masked,
    id,
    mch_billno,
    mch_id: merchant.mch_id,
    outcome: 'sent',
    total_amount: 600,
  }
  await expectLine({ message, level: 'INFO', record: { ...paid, version: 2 } })
  const unpaid = { ...masked, id: refused.id, outcome: 'refused', err_code: 'NOTENOUGH' }
  await expectLine({ message, record: expect.objectContaining(unpaid) })
})

it('says of each request what it came to, and of a stranger why', async () => {
  const wrong = { ...callers.own, secret: callers.other.secret }
  const { body } = await read('/redpacks/none')
  const stranger = (await send(NORMAL, { caller: wrong })).body

  const { request_id } = stranger
  const asked = { message: 'request', request_id: body.request_id, keyid, miniapp_id }
  await expectLine({ ...asked, route: 'GET /redpacks/{id}', status: 404, code: 'not_found' })
  await expectLine({ message: 'request', request_id, status: 415, code: 'not_a_cloud_function' })
  await expectLine({ message: 'caller_refused', request_id, reason: 'wrong signature' })
})

it('holds no key, certificate, caller secret, signature or whole openid, whatever was asked', async () => {
  const { id } = await sent(NORMAL)
  await read(`/redpacks/status?id=${id}`)
  for (const kind of ['numeric_after', 'PARAM_ERROR', 'CA_ERROR']) await fault(kind)
  for (const _ of [1, 2, 3]) await send(NORMAL)
  const headers = signedHeaders({ method: 'POST', target: '/redpacks', body: '{}', keyid, secret })
  const problems = [
    await send({ ...NORMAL, [OPENID]: OPENID, re_openid: [OPENID] }),
    await send(`{"re_openid":"${OPENID}"`),
    await send(NORMAL, { idempotency_key: `${OPENID} ` }),
    await send(NORMAL, { caller: callers.broken }),
    await exchange('POST', '/redpacks', { headers: { ...headers, authorization: `Bearer ${secret}` }, body: '[]' }),
    await read('/redpacks/none'),
  ]
  for (const { body } of problems) await expectLine({ message: 'request', request_id: body.request_id })

  expect(leaks()).toEqual([])

  expect(stack.confidential.length).toBeGreaterThan(100)
  expect(log()).toContain('oe2e***')
})

it('would be seen to hold one', () => {
  const [key = ''] = stack.confidential
  expect(leaks(`${log()}${key}`)).toEqual([key])
  expect(leaks(`${log()}${OPENID}`)).toEqual([OPENID])
})

it('has the runs of settle on its schedule, where the schedule is on', async () => {
  await expect.poll(log, { timeout: 90_000 }).toMatch(/scheduled function: \[settle\]/)
}, 100_000)
