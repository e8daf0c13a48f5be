// A packet that nobody collects: a day later it goes back, and the record says so.
import { expect, it } from 'vitest'
import { stored } from '../support/footprint.ts'
import { NORMAL, read, sent, useStack } from '../support/service.ts'
import { advance } from '../support/wechat.ts'

useStack()

const DAY_S = 24 * 3600

async function status(id: string): Promise<Record<string, unknown>> {
  return (await read(`/redpacks/status?id=${id}`)).body
}

it('a packet that was not collected in a day is being refunded, then refunded, and sent all the same', async () => {
  const { id } = await sent(NORMAL)
  expect(await status(id)).toMatchObject({ status: 'SENT' })

  await advance(DAY_S + 10)
  expect(await status(id)).toMatchObject({ status: 'RFUND_ING' })
  expect(await stored(id)).toMatchObject({ status: 'RFUND_ING', outcome: 'sent', open: 'status' })

  await advance(3600)
  expect(await status(id)).toMatchObject({
    status: 'REFUND',
    refund_amount: '110',
    refund_time: expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/),
  })
  const item = await stored(id)
  expect(item).toMatchObject({ status: 'REFUND', outcome: 'sent' })
  expect(item).not.toHaveProperty('open')
  expect(item).not.toHaveProperty('open_shard')
  expect((await read(`/redpacks/${id}`)).body).toMatchObject({ status: 'REFUND', outcome: 'sent' })
})
