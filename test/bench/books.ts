// npm run bench:books [-- PACKETS RECORDS]: find, report and reconcile over packets of every fate on the whole local stack, beside the
// simulator's ledger; then the mirror of many records of a service that answers from memory: times, and the command's memory.
// Each command runs as a process of its own, as a person starts it. Exits with 1 if a sum or a finding is not what it must be.
import { deepEqual } from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beijingDay } from '../../cli/days.ts'
import { RedPack } from '../../client/src/index.ts'
import { fen } from '../../lib/redpack/money.ts'
import { wechatPay } from '../../lib/wechatpay/client.ts'
import { httpsTransport } from '../../lib/wechatpay/transport.ts'
import { type LocalStack, startStack } from '../../local/stack.ts'
import { type Control, connect } from '../../simulator/src/client.ts'
import { startRedpack } from '../support/cli.ts'
import { aMerchant, aRecord } from '../unit/records.ts'

const PACKETS = Number(process.argv[2] ?? 1_000)
const RECORDS = Number(process.argv[3] ?? 100_000)
/** Sends and questions under way at once. */
const PARALLEL = 8
const FIND_MAX_MS = 2_000
const FILL_MAX_MS = 60_000
const LISTED_MAX_MS = 10 * 60_000
const DAY_S = 86_400
/** On stderr, behind all that the command says. */
const USED = /\nused (\d+) (\d+)\n$/
const TELL_USED = `--import=data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage(); ' +
    'process.stderr.write("\\nused " + maxRSS + " " + (userCPUTime + systemCPUTime) + "\\n") })',
)}`

type Fate = 'received' | 'refused' | 'unknown' | 'refunded' | 'waiting'
type Env = Record<string, string>

const folder = mkdtempSync(join(tmpdir(), 'redpack-bench-'))
try {
  await smallBooks()
  await largeBooks()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()

/** A command, with its time and the most memory that it had. */
async function timed(argv: string[], env: Env) {
  const begun = performance.now()
  const { code, out, err } = await startRedpack(argv, { ...env, NODE_OPTIONS: TELL_USED }).ended
  const ms = Math.round(performance.now() - begun)
  const [, kb = 0, cpu_us = 0] = USED.exec(err) ?? []
  return { code, out, err: err.replace(USED, ''), ms, mb: Math.round(Number(kb) / 1024), cpu_ms: Number(cpu_us) / 1000 }
}

async function json(argv: string[], env: Env) {
  const told = await timed([...argv, '--json'], env)
  if (!told.out) throw new Error(told.err)
  return { ...told, data: JSON.parse(told.out) }
}

type Used = { ms: number; cpu_ms: number; mb: number }

function say(what: string, { ms, cpu_ms, mb }: Used): void {
  const seconds = (n: number) => (n / 1000).toFixed(2).padStart(6)
  console.log(`  ${what.padEnd(40)} ${seconds(ms)} s, of it ${seconds(cpu_ms)} s of CPU  ${String(mb).padStart(4)} MB`)
}

/** Of a hundred packets: 60 received, 14 returned, 8 refused, 3 unknown, the rest nobody has opened yet. */
function fateOf(i: number): Fate {
  const n = (i * 37) % 100
  if (n < 60) return 'received'
  if (n < 74) return 'refunded'
  if (n < 82) return 'refused'
  return n < 85 ? 'unknown' : 'waiting'
}

async function each(items: readonly number[], work: (i: number) => Promise<void>): Promise<void> {
  const rest = [...items]
  const one = async () => {
    for (let i = rest.shift(); i !== undefined; i = rest.shift()) await work(i)
  }
  await Promise.all(Array.from({ length: PARALLEL }, one))
}

async function smallBooks(): Promise<void> {
  const stack = await startStack({ folder: join(folder, 'local'), port: 0, sends_per_s: 100_000 })
  try {
    const control = connect(stack.parts.simulator.control_origin)
    const { keyid, secret } = stack.parts.identity.caller
    const service = new RedPack({ endpoint: stack.offline.url, keyid, secret })
    const mirror = { REDPACK_MIRROR_DIR: join(folder, 'small'), LANG: 'en' }
    const caller = { REDPACK_ENDPOINT: stack.offline.url, REDPACK_KEYID: keyid, REDPACK_SECRET: secret }
    const env = { ...stack.parts.env, ...caller, ...mirror }
    const ids = await sendAll(service, control)
    await allListed(service)
    console.log(`${PACKETS} packets on the local stack (load ${loadavg()[0]?.toFixed(1)})`)
    await findEach(ids, env)
    for (const fate of ['received', 'refunded', 'waiting', 'unknown'] as const) {
      await each(indexes(fate), async (i) => void (await service.getRedPackStatus({ id: ids[i] ?? '' })))
    }
    await reportEqualsLedger(control, env)
    await reconcileFinds(stack, control, ids, env)
  } finally {
    await stack.stop()
  }
}

function indexes(fate: Fate): number[] {
  return Array.from({ length: PACKETS }, (_, i) => i).filter((i) => fateOf(i) === fate)
}

function openidOf(i: number): string {
  return `oBooks${String(i).padStart(6, '0')}xxxxxxxxxx${String(i).padStart(6, '0')}`
}

async function sendAll(service: RedPack, control: Control): Promise<string[]> {
  const ids: string[] = []
  const send = async (i: number) => {
    const fate = fateOf(i)
    const re_openid = openidOf(i)
    if (fate === 'refused') await control.fault('SENDNUM_LIMIT', { re_openid })
    if (fate === 'unknown') await control.fault('numeric_before', { re_openid, count: 20 })
    const params = {
      ...{ type: 'normal' as const, official_account_id: 'wxcbda96de0b165486', send_name: '天虹百货', total_num: 1 },
      ...{ wishing: '恭喜发财', act_name: i % 2 ? '新年红包' : '周年庆', remark: '红包' },
      ...{ re_openid, total_amount: (100 + (i % 900)) / 100 },
    }
    ids[i] = (await service.sendRedPack(params, { idempotency_key: `order-${i}` })).data.id
    if (fate === 'received') await control.receive(`RP${ids[i]}`)
  }
  for (const fate of ['received', 'refunded', 'refused', 'unknown'] as const) await each(indexes(fate), send)
  await control.clock.advance(3 * DAY_S)
  await each(indexes('waiting'), send)
  return ids
}

/** A send that could not take its number in time gets one from settle, within minutes. */
async function allListed(service: RedPack): Promise<void> {
  const until_ms = performance.now() + LISTED_MAX_MS
  for (;;) {
    let count = 0
    for await (const _ of service.records()) count += 1
    if (count === PACKETS) return
    if (performance.now() > until_ms) throw new Error(`${count} of ${PACKETS} packets are in the list`)
    await sleep(5_000)
  }
}

/** The first one fills the mirror. */
async function findEach(ids: readonly string[], env: Env): Promise<void> {
  say('mirror, first fill', await timed(['mirror'], env))
  const expected = { received: 0, refunded: 0, refused: 2, unknown: 3, waiting: 0 }
  for (const [fate, exit] of Object.entries(expected) as [Fate, number][]) {
    const [i = 0] = indexes(fate)
    const found = await json(['find', openidOf(i)], env)
    deepEqual(
      { code: found.code, ids: found.data.objects.map(({ id }: { id: string }) => id) },
      { code: exit, ids: [ids[i]] },
    )
    say(`find, ${fate}`, found)
    if (found.ms > FIND_MAX_MS) fail(`find took ${found.ms} ms`)
  }
}

async function reportEqualsLedger(control: Control, env: Env): Promise<void> {
  const { debits } = await control.ledger()
  const sum = (some: typeof debits) => ({
    count: some.length,
    fen: some.reduce((total, { total_amount }) => total + total_amount, 0),
  })
  const told = await json(['report'], env)
  const { refused, unknown, ...sums } = told.data.total
  const [sent, received, refunded, waiting, net] = ['sent', 'received', 'refunded', 'waiting', 'net'].map((name) => {
    const { count, fen } = sums[name]
    return { count, fen }
  })
  deepEqual(
    { sent, received, refunded, waiting, net, refused: refused.count, unknown: unknown.count },
    {
      sent: sum(debits),
      received: sum(debits.filter(({ status }) => status === 'RECEIVED')),
      refunded: sum(debits.filter(({ status }) => status === 'REFUND')),
      waiting: sum(debits.filter(({ status }) => status === 'SENT')),
      net: sum(debits.filter(({ status }) => status !== 'REFUND')),
      refused: indexes('refused').length,
      unknown: indexes('unknown').length,
    },
  )
  say('report, equal to the ledger to the fen', told)
  console.log(
    `    ${sent?.count} sent, ${sent?.fen} fen; ${refunded?.count} returned, ${refunded?.fen} fen; net ${net?.fen} fen`,
  )
}

/** A debit with the merchant's own certificate that the service has not made, and one under its number with another amount. */
async function reconcileFinds(stack: LocalStack, control: Control, ids: readonly string[], env: Env): Promise<void> {
  const [own] = stack.parts.identity.merchants
  if (!own) throw new Error('no merchant')
  const merchant = aMerchant({ ...own, gateway_type: 'weixin_tenpay' })
  const { WECHATPAY_ORIGIN: origin = '' } = stack.parts.env
  const wechat = wechatPay(httpsTransport({ origin, ca: stack.parts.identity.ca.cert }))
  const behind = async (mch_billno: string, amount: number) => {
    const changes = {
      mch_billno,
      mch_id: own.mch_id,
      total_amount: fen(amount),
      official_account_id: 'wxcbda96de0b165486',
    }
    const { means } = await wechat.send(merchant, aRecord('behind', changes), 10_000)
    deepEqual(means, 'paid')
  }
  const other = `RP${ids[indexes('unknown')[0] ?? 0]}`
  await behind('SHOP20261125001', 250)
  await behind(other, 19_900)
  // Until the day's bill is there, and before the two go back.
  await control.clock.advance(1.5 * DAY_S)
  const told = await json(['reconcile', ...(await days(control))], env)
  const { differences, returned } = told.data
  const paid = differences.filter(({ kind }: { kind: string }) => kind === 'only_in_bill' || kind === 'amount_differs')
  deepEqual(
    {
      code: told.code,
      found: paid.map(({ kind, mch_billno, bill_fen }: Record<string, unknown>) => [kind, mch_billno, bill_fen]),
    },
    {
      code: 2,
      found: [
        ['only_in_bill', 'SHOP20261125001', 250],
        ['amount_differs', other, 19_900],
      ],
    },
  )
  const known = new Set(indexes('refunded').map((i) => `RP${ids[i]}`))
  const back = returned.filter(({ mch_billno }: { mch_billno: string }) => known.has(mch_billno)).length
  if (back !== known.size) fail(`${back} of ${known.size} returned packets are in the bill`)
  say('reconcile', told)
  console.log(`    found: one debit behind the service's back, one of another amount, ${back} returned packets`)
}

/** Days on which the account moved and whose bill is there. */
async function days(control: Control): Promise<string[]> {
  const open = beijingDay((await control.clock.now()).getTime() / 1000 - 9 * 3600)
  const { debits } = await control.ledger()
  const times = debits.flatMap(({ debited_at, refunded_at }) => [debited_at, refunded_at ?? debited_at])
  const moved = new Set(times.map((time) => beijingDay(Date.parse(time) / 1000)))
  return [...moved].filter((day) => day < open).flatMap((day) => ['--day', day])
}

async function largeBooks(): Promise<void> {
  const server = fork(new URL('./books-service.ts', import.meta.url), [String(RECORDS)])
  try {
    const url = await ready(server)
    const caller = { REDPACK_ENDPOINT: url, REDPACK_KEYID: 'shop-1', REDPACK_SECRET: 'c2VjcmV0' }
    const env = { ...caller, REDPACK_MIRROR_DIR: join(folder, 'large'), LANG: 'en' }
    console.log(`${RECORDS} records of a service that answers from memory (load ${loadavg()[0]?.toFixed(1)})`)
    const first = await timed(['mirror'], env)
    say('mirror, first fill', first)
    if (first.ms > FILL_MAX_MS) fail(`the first fill took ${first.ms} ms`)
    say('mirror, nothing new', await timed(['mirror'], env))
    server.send({ more: 500 })
    await sleep(100)
    say('mirror, 500 new ones', await timed(['mirror'], env))
    const offline = ['--offline']
    const texts = { 'whole openid': 'oReceiver77777', 'end of an openid': 'ver77777', key: 'order-77777' }
    for (const [what, text] of Object.entries(texts)) say(`find, ${what}`, await timed(['find', text, ...offline], env))
    say('list --outcome refused', await timed(['list', '--outcome', 'refused', ...offline], env))
    say('list --all --csv', await timed(['list', '--all', '--csv', ...offline], env))
    for (const by of ['total', 'day', 'activity'])
      say(`report --by ${by}`, await timed(['report', '--by', by, ...offline], env))
  } finally {
    server.kill()
  }
}

function ready(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('message', (url) => resolve(String(url)))
    server.once('exit', (code) => reject(new Error(`the service ended with ${code}`)))
  })
}

function fail(why: string): void {
  console.error(`✘ ${why}`)
  process.exitCode = 1
}
