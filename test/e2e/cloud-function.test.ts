// Questions of those who are no cloud function, and the room that a cloud function has.
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { withoutEffect } from '../support/footprint.ts'
import { forgedAuthorizer } from '../support/forgery.ts'
import { expectProblem, NOT_A_CLOUD_FUNCTION } from '../support/problem.ts'
import { callers, exchange, type Headers, NORMAL, read, sent, useStack } from '../support/service.ts'
import { now_s, signedHeaders } from '../support/signing.ts'

useStack()

const caller = callers.untouched
const wrong = randomBytes(32).toString('base64')
const ALL = ['@method', '@path', '@query', 'content-digest', 'idempotency-key']

async function expectRefused(headers: Headers, target: string): Promise<void> {
  const reply = await withoutEffect(() => exchange('GET', target, { headers }))
  expectProblem(reply, 'not_a_cloud_function', NOT_A_CLOUD_FUNCTION)
}

describe('a question is refused', () => {
  const targets = [
    '/redpacks',
    '/redpacks?limit=0',
    '/redpacks/5c474dd8e2aa136e58867af3',
    '/redpacks/status?id=x',
    '/redpacks/status',
  ]

  it.each(targets)('unsigned, or signed by nobody: %s', async (target) => {
    const { keyid, secret } = caller
    await expectRefused({}, target)
    await expectRefused({ 'sls-offline-authorizer-override': JSON.stringify(forgedAuthorizer(caller)) }, target)
    await expectRefused(signedHeaders({ target, keyid, secret: wrong }), target)
    await expectRefused(signedHeaders({ target, keyid: 'nobody', secret }), target)
    await expectRefused(signedHeaders({ target, keyid, secret, created: now_s() - 310 }), target)
    await expectRefused(signedHeaders({ target, keyid, secret, covered: ['@method', '@path'] }), target)
    await expectRefused(signedHeaders({ target, keyid, secret, covered: ALL }), target)
  })

  it('with a signature made for another page, another record, another question', async () => {
    const { keyid, secret } = caller
    for (const [made, target] of [
      ['/redpacks?limit=1', '/redpacks?limit=2'],
      ['/redpacks', '/redpacks?limit=2'],
      ['/redpacks?limit=1&offset=0', '/redpacks?offset=0&limit=1'],
      ['/redpacks/5c474dd8e2aa136e58867af3', '/redpacks/5c474dd8e2aa136e58867af4'],
      ['/redpacks/status?id=a', '/redpacks/status?mch_billno=a'],
    ] as const) {
      await expectRefused(signedHeaders({ target: made, keyid, secret }), target)
    }
  })
})

describe('a caller is a cloud function', () => {
  it.each([-290, 0, 290])('with a clock that is %i seconds off', async (off_s) => {
    const { keyid, secret } = callers.own
    const headers = signedHeaders({ target: '/redpacks', keyid, secret, created: now_s() + off_s })
    expect(await exchange('GET', '/redpacks', { headers })).toMatchObject({ status: 200 })
  })

  it('with its parameters in another order', async () => {
    const { keyid, secret } = callers.own
    const headers = signedHeaders({
      target: '/redpacks',
      keyid,
      secret,
      params: `;alg="hmac-sha256";keyid="${keyid}";created=${now_s()}`,
    })
    expect(await exchange('GET', '/redpacks', { headers })).toMatchObject({ status: 200 })
  })

  it('with the newer of two secrets, and with a query as it was written', async () => {
    const reply = await read('/redpacks?limit=3&offset=0', { caller: callers.rotating })
    expect(reply).toMatchObject({ status: 200, body: { meta: { limit: 3, offset: 0 } } })
  })

  it('whatever the forged headers beside its signature say', async () => {
    const { keyid, secret } = callers.own
    const headers = signedHeaders({ target: '/redpacks', keyid, secret })
    const override = JSON.stringify(forgedAuthorizer(callers.other))
    const { id } = await sent(NORMAL)
    await sent(NORMAL, { caller: callers.other })
    const reply = await exchange('GET', '/redpacks', {
      headers: { ...headers, 'sls-offline-authorizer-override': override },
    })
    expect(reply).toMatchObject({ status: 200, body: { meta: { total_count: 1 }, objects: [{ id }] } })
  })
})
