// What the client tells of the operators' brake.
import { afterEach, describe, expect, it } from 'vitest'
import { RedPack } from '../../../client/src/index.ts'
import { PARAMS } from '../../../client/test/service.ts'
import { problem, startService } from '../../support/cli.ts'

const LIST = { meta: { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }, objects: [] }
const ID = '5c474dd8e2aa136e58867af3'

let service: Awaited<ReturnType<typeof startService>>
afterEach(() => service?.stop())

async function client(headers: Record<string, string>) {
  service = await startService(() => ({ status: 200, body: LIST, headers }))
  const { REDPACK_ENDPOINT: endpoint, REDPACK_KEYID: keyid, REDPACK_SECRET: secret } = service.env
  return new RedPack({ endpoint, keyid, secret })
}

describe('stopped_since', () => {
  it.each([
    ['getSentRedPackList', (redPack: RedPack) => redPack.getSentRedPackList()],
    ['getSentRedPack', (redPack: RedPack) => redPack.getSentRedPack(ID)],
    ['getRedPackStatus', (redPack: RedPack) => redPack.getRedPackStatus({ id: ID })],
  ])('is with every answer of %s while the brake is on, and in no copy of it', async (_, ask) => {
    const reply = await ask(await client({ 'redpack-stopped': '1735689600' }))
    expect(reply.stopped_since).toBe(1_735_689_600)
    expect(JSON.parse(JSON.stringify(reply))).toEqual({ status: 200, data: LIST })
    expect({ ...reply }).toEqual({ status: 200, data: LIST })
  })

  it.each([[{}], [{ 'redpack-stopped': '' }], [{ 'redpack-stopped': 'yes' }], [{ 'redpack-stopped': '-1' }]])(
    'is undefined for %j',
    async (headers) => {
      expect((await (await client(headers as Record<string, string>)).getSentRedPackList()).stopped_since).toBe(
        undefined,
      )
    },
  )
})

it('is told of each page that records() reads', async () => {
  const pages: (number | undefined)[] = []
  const redPack = await client({ 'redpack-stopped': '1735689600' })
  for await (const _ of redPack.records({ on_page: ({ stopped_since }) => pages.push(stopped_since) }));
  expect(pages).toEqual([1_735_689_600])
  // @ts-expect-error not a function
  expect(() => redPack.records({ on_page: 5 })).toThrow(/on_page must be a function/)
})

describe('a send that the brake turns away', () => {
  it('is not tried again: it takes a person to take the brake off', async () => {
    service = await startService(() => problem(503, 'stopped', '维护者已暂停发送'))
    const { REDPACK_ENDPOINT: endpoint, REDPACK_KEYID: keyid, REDPACK_SECRET: secret } = service.env
    const redPack = new RedPack({ endpoint, keyid, secret })
    const error = await redPack.sendRedPack(PARAMS, { idempotency_key: 'order-1' }).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 503, maybe_sent: false, problem: { code: 'stopped' } })
    expect(service.asked).toHaveLength(1)
  })
})
