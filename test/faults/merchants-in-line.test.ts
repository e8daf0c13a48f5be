// Campaigns of one merchant stand in line, those of two merchants run side by side: seen in WeChat's log, through a kill of everything.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Campaign, type GatewayType, RedPack } from '../../client/src/index.ts'
import { type CampaignStack, startCampaignStack } from '../storm/campaign-stack.ts'
import { DEFAULTS } from '../support/campaign-defaults.ts'

const ROWS = 60
const STEPS_S = [61, 61, 120, 300, 600, 1_260]

let stack: CampaignStack
let redPack: RedPack

beforeAll(async () => {
  // settle runs when the test says so: its own sends would stand between the rows.
  stack = await startCampaignStack(() => {}, { REDPACK_SCHEDULE: 'off' })
  const { keyid, secret } = stack.identity.caller
  redPack = new RedPack({ endpoint: stack.url, keyid, secret })
})
afterAll(() => stack?.stop())

async function start(name: string, gateway_type: GatewayType, rows: number, rate_per_s: number): Promise<string> {
  const list = Array.from({ length: rows }, (_, i) => ({ re_openid: `o${name}${String(i + 1).padStart(20, '0')}` }))
  const params = {
    name,
    defaults: { ...DEFAULTS, total_amount: 1, gateway_type },
    rows_count: rows,
    total_amount: rows,
    rate_per_s,
  }
  const { id, version } = (await redPack.campaigns.create(params)).data
  await redPack.campaigns.upload(id, list)
  await redPack.campaigns.start(id, { version })
  return id
}

/** The sends of a campaign, by their places in WeChat's log. */
async function sendsOf(name: string): Promise<{ count: number; first: number; last: number }> {
  const sends = (await stack.calls()).filter(({ op }) => op === 'sendredpack')
  const places = sends.flatMap(({ fields }, i) => (fields.re_openid?.startsWith(`o${name}0`) ? [i] : []))
  return { count: places.length, first: places.at(0) ?? -1, last: places.at(-1) ?? -1 }
}

const get = async (id: string): Promise<Campaign> => (await redPack.campaigns.get(id)).data

/** Wakes the worker, and lets the minute go by whenever nobody is at work. */
async function untilNoneWaits(ids: readonly string[]): Promise<void> {
  for (;;) {
    const campaigns = await Promise.all(ids.map(get))
    if (campaigns.every(({ counts }) => counts.waiting === 0)) return
    if (!campaigns.some(({ state }) => state === 'running')) await stack.control.clock.advance(61)
    await stack.minute('campaignWorker')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

it('the second of a merchant begins after the last row of the first, that of another merchant meanwhile; none pays twice', async () => {
  const other = await start('Other', 'weixin_tenpay_js', 16, 1)
  const first = await start('First', 'weixin_tenpay', 36, 4)
  const second = await start('Second', 'weixin_tenpay', 8, 8)
  const begun = async () => Math.min((await sendsOf('First')).count, (await sendsOf('Other')).count)
  await expect.poll(begun).toBeGreaterThan(2)
  expect(await get(second)).toMatchObject({ state: 'queued', counts: { waiting: 8 } })

  await stack.crash()
  // Past the lease that the dead workers have left.
  await stack.control.clock.advance(61)
  await untilNoneWaits([first, second, other])

  const sends = { first: await sendsOf('First'), second: await sendsOf('Second'), other: await sendsOf('Other') }
  expect(sends.second.first).toBeGreaterThan(sends.first.last)
  expect(sends.other.first).toBeLessThan(sends.first.last)
  expect(sends.first.first).toBeLessThan(sends.other.last)

  for (const advance_s of STEPS_S) {
    await stack.control.clock.advance(advance_s)
    await stack.minute('settle')
  }
  const { debits } = await stack.control.ledger()
  expect(debits).toHaveLength(ROWS)
  expect(new Set(debits.map(({ re_openid }) => re_openid)).size).toBe(ROWS)
})
