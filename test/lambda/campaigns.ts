// Checks of a campaign whose worker is frozen: between two slices, and within one while another takes its place.
import assert from 'node:assert/strict'
import { type Campaign, RedPack } from '../../client/src/index.ts'
import { WORKER_LEASE_MS } from '../../lib/durations.ts'
import { DEFAULTS } from '../support/campaign-defaults.ts'
import { functionOf, minute, until } from './caller.ts'
import type { Check } from './check.ts'
import type { Container } from './container.ts'
import type { World } from './world.ts'

const ROWS = 120
const RATE_PER_S = 10
/** A row gets 29 s and the end 5: so a slice begins rows for 6 s. */
const SLICE_MS = 40_000

async function begin(world: World, name: string) {
  const { keyid, secret } = world.identity.caller
  const redPack = new RedPack({ endpoint: world.gateway.url, keyid, secret })
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    re_openid: `o${name}${String(i).padStart(20, '0')}`,
    total_amount: (100 + i) / 100,
  }))
  const total_amount = rows.reduce((sum, row) => sum + Math.round(row.total_amount * 100), 0) / 100
  const params = { name, defaults: DEFAULTS, rows_count: ROWS, total_amount, rate_per_s: RATE_PER_S }
  const { id, version } = (await redPack.campaigns.create(params)).data
  await redPack.campaigns.upload(id, rows)
  await redPack.campaigns.start(id, { version, even_if_similar: true })
  const receivers = new Set(rows.map(({ re_openid }) => re_openid))
  return {
    campaign: async (): Promise<Campaign> => (await redPack.campaigns.get(id)).data,
    debits: async () => (await world.control.ledger()).debits.filter(({ re_openid }) => receivers.has(re_openid)),
  }
}

/** Minute after minute, until no row is left. @returns how many minutes */
async function finish(world: World, { campaign }: Awaited<ReturnType<typeof begin>>): Promise<number> {
  let minutes = 0
  await until(
    'all rows are sent',
    async () => {
      if ((await campaign()).counts.sent === ROWS) return true
      await world.control.clock.advance(60)
      // A row that a frozen worker had begun is unknown until settle has asked.
      await minute(world, 'settle')
      await minute(world, 'campaignWorker')
      await Promise.all(world.lambda.underway())
      minutes += 1
      return false
    },
    300_000,
  )
  return minutes
}

async function assertPaidOnce({ campaign, debits }: Awaited<ReturnType<typeof begin>>): Promise<void> {
  const paid = await debits()
  assert.deepEqual([paid.length, new Set(paid.map(({ re_openid }) => re_openid)).size], [ROWS, ROWS])
  const { counts, amounts, state } = await campaign()
  const fen = paid.reduce((sum, { total_amount }) => sum + total_amount, 0)
  assert.deepEqual([counts.sent, Math.round(amounts.sent * 100), state], [ROWS, fen, 'settling'])
}

async function frozenBetweenSlices(world: World): Promise<string> {
  world.lambda.async_options = { timeout_ms: SLICE_MS }
  const scene = await begin(world, 'Slices')
  await Promise.all(world.lambda.underway())
  const first = await scene.debits()
  assert.ok(first.length > 0 && first.length < ROWS, `${first.length} rows in the first slice`)
  await world.control.clock.advance(180)
  assert.equal((await scene.debits()).length, first.length)
  const minutes = await finish(world, scene)
  await assertPaidOnce(scene)
  return `${first.length} of ${ROWS} rows in the first slice, then frozen for 3 minutes, done ${minutes} minutes later: each paid once`
}

async function frozenWithinASlice(world: World): Promise<string> {
  world.lambda.async_options = { timeout_ms: SLICE_MS }
  await world.lambda.recycle(functionOf(world, 'campaignWorker'))
  const scene = await begin(world, 'Within')
  await until('rows are sent', async () => (await scene.debits()).length >= 10)
  const frozen = world.lambda.containers(functionOf(world, 'campaignWorker')).find((one) => one.alive() && one.busy())
  assert.ok(frozen, 'no worker is at work')
  frozen.freeze()
  await world.control.clock.advance(WORKER_LEASE_MS / 1_000 + 15)
  await minute(world, 'campaignWorker')
  await until('another worker sends', () => otherThan(world, frozen).some((one) => one.busy()))
  const before = (await scene.debits()).length
  frozen.thaw()
  await Promise.all(world.lambda.underway())
  const minutes = await finish(world, scene)
  await assertPaidOnce(scene)
  return `frozen past its lease with ${before} of ${ROWS} rows sent; another worker went on, and after the thaw each row is still paid once (${minutes} minutes)`
}

function otherThan(world: World, container: Container): Container[] {
  return world.lambda.containers(container.fn.name).filter((one) => one !== container && one.alive())
}

export const CAMPAIGNS: readonly Check[] = [
  ['a campaign, its worker frozen between slices', frozenBetweenSlices],
  ['a campaign, its worker frozen within a slice', frozenWithinASlice],
]
