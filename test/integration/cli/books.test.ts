// find, list with a filter, report and reconcile against the whole service: sixty packets, of which each became something else.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { beijingDay } from '../../../cli/days.ts'
import { RedPack } from '../../../client/src/index.ts'
import { fen } from '../../../lib/redpack/money.ts'
import { wechatPay } from '../../../lib/wechatpay/client.ts'
import { httpsTransport } from '../../../lib/wechatpay/transport.ts'
import type { LocalStack } from '../../../local/stack.ts'
import { type Control, connect } from '../../../simulator/src/client.ts'
import { redpack } from '../../support/cli.ts'
import { aMerchant, aRecord } from '../../unit/records.ts'

// Loaded by Node itself: vitest's module runner has no import.meta.resolve.
const { startStack }: typeof import('../../../local/stack.ts') = createRequire(import.meta.url)(
  '../../../local/stack.ts',
)

type Fate = 'received' | 'returned' | 'refused' | 'unknown' | 'waiting'
const FATES: readonly Fate[] = [
  ...Array.from({ length: 24 }, () => 'received' as const),
  ...Array.from({ length: 14 }, () => 'returned' as const),
  ...Array.from({ length: 8 }, () => 'refused' as const),
  ...Array.from({ length: 4 }, () => 'unknown' as const),
  // Sent three days later.
  ...Array.from({ length: 10 }, () => 'waiting' as const),
]
const APPID = 'wxcbda96de0b165486'
const yuanOf = (i: number) => (100 + i * 7) / 100
const openidOf = (i: number) => `oBooks${String(i).padStart(4, '0')}xxxxxxxxxxxx${String(i).padStart(6, '0')}`
/** The first is the one row of a campaign. */
const keyOf = (i: number) => (i === 0 ? `campaign/${campaign}/1/1` : `order-${i}`)

let folder: string
let stack: LocalStack
let control: Control
let service: RedPack
let env: Record<string, string>
let campaign: string
const ids: string[] = []

const cli = (...argv: string[]) => redpack(argv, env)
const json = async (...argv: string[]) => {
  const { code, out, err } = await redpack([...argv, '--json'], env)
  expect(err).toBe('')
  return { code, ...JSON.parse(out) }
}

const paramsOf = (i: number) => ({
  ...{ type: 'normal' as const, official_account_id: APPID, send_name: '天虹百货', total_num: 1 },
  ...{ wishing: '恭喜发财', act_name: i % 2 ? '新年红包' : '周年庆', remark: '红包' },
})

async function sendOne(i: number, total_amount = yuanOf(i)) {
  const params = { ...paramsOf(i), re_openid: openidOf(i), total_amount }
  const { data } = await service.sendRedPack(params, { idempotency_key: keyOf(i) })
  ids[i] = data.id
  return data
}

async function sendAsCampaign(i: number) {
  const total_amount = yuanOf(i)
  const { campaigns } = service
  const given = { name: 'books', defaults: paramsOf(i), rows_count: 1, total_amount }
  const { id, version } = (await campaigns.create(given)).data
  await campaigns.upload(id, [{ re_openid: openidOf(i), total_amount }])
  await campaigns.start(id, { version })
  campaign = id
  const sent = await vi.waitUntil(
    async () => (await campaigns.rowsPage(id)).data.objects.find(({ outcome }) => outcome === 'sent'),
    { timeout: 60_000, interval: 200 },
  )
  ids[i] = sent.id
}

/** A debit that the service does not know of, with the merchant's own certificate. */
async function behind(mch_billno: string, amount_fen: number) {
  const [own] = stack.parts.identity.merchants
  if (!own) throw new Error('no merchant')
  const merchant = aMerchant({ ...own, gateway_type: 'weixin_tenpay' })
  const { WECHATPAY_ORIGIN: origin = '' } = stack.parts.env
  const wechat = wechatPay(httpsTransport({ origin, ca: stack.parts.identity.ca.cert }))
  const order = aRecord('behind', {
    ...{ mch_billno, mch_id: own.mch_id, total_amount: fen(amount_fen), official_account_id: APPID },
  })
  expect(await wechat.send(merchant, order, 10_000)).toMatchObject({ means: 'paid' })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-books-'))
  // Statuses change when a test asks, and not when a minute is full.
  vi.stubEnv('REDPACK_SCHEDULE', 'off')
  stack = await startStack({ folder: join(folder, 'local'), port: 0, sends_per_s: 100_000 })
  control = connect(stack.parts.simulator.control_origin)
  const { keyid, secret } = stack.parts.identity.caller
  service = new RedPack({ endpoint: stack.offline.url, keyid, secret })
  env = {
    ...{ ...stack.parts.env, REDPACK_ENDPOINT: stack.offline.url, REDPACK_KEYID: keyid, REDPACK_SECRET: secret },
    ...{ REDPACK_MIRROR_DIR: join(folder, 'mirror'), LANG: 'en_US.UTF-8' },
  }
  for (const [i, fate] of FATES.entries()) {
    if (fate === 'refused') await control.fault('SENDNUM_LIMIT', { re_openid: openidOf(i) })
    if (fate === 'unknown') await control.fault('numeric_before', { re_openid: openidOf(i), count: 20 })
    if (i === 0) await sendAsCampaign(i)
    else if (fate !== 'waiting') await sendOne(i)
    if (fate === 'received') await control.receive(`RP${ids[i]}`)
  }
  await control.clock.advance(3 * 86_400)
  for (const [i, fate] of FATES.entries()) if (fate === 'waiting') await sendOne(i)
})
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

const at = (fate: Fate) => FATES.indexOf(fate)

describe('redpack find', () => {
  it.each([
    [
      'received',
      0,
      /^✔ sent \d{4}-\d\d-\d\d \d\d:\d\d, received [-\d: ]*\d\d:\d\d, 1\.00 yuan \(Beijing time, \+08:00\)\n/,
    ],
    ['returned', 0, /^✔ sent .*, not opened within 24 hours, returned [-\d: ]+, \d\.\d\d yuan/],
    ['refused', 2, /^✘ refused .*, not paid: SENDNUM_LIMIT .*, \d\.\d\d yuan/],
    [
      'unknown',
      3,
      /^⚠ asked for .*, result not known yet: never send it again under another key, it may have been paid or may still be/,
    ],
    ['waiting', 0, /^✔ sent .*, not opened yet, \d\.\d\d yuan/],
  ] as const)('by openid says what became of one that is %s', async (fate, code, sentence) => {
    const found = await cli('find', openidOf(at(fate)))
    expect(found).toEqual({ code, out: expect.stringMatching(sentence), err: expect.any(String) })
  })

  it('finds one by everything it is known by, and asks nobody with --offline', async () => {
    const i = at('received')
    const { data } = await service.getSentRedPack(ids[i] ?? '')
    const texts = [
      ...[openidOf(i), openidOf(i).slice(-7), `…${openidOf(i).slice(-7)}`, ids[i] ?? '', `RP${ids[i]}`],
      ...[data.result?.send_listid ?? '', keyOf(i), `${campaign}/1`, 'books/1'],
    ]
    const calls = (await control.calls()).length
    for (const text of texts) {
      const { code, objects, total_count } = await json('find', text, '--offline')
      expect({ text, code, total_count, id: objects[0].id }).toEqual({ text, code: 0, total_count: 1, id: ids[i] })
    }
    expect(await control.calls()).toHaveLength(calls)
  })

  it('says how far it has looked if there is nothing', async () => {
    const { code, out, err } = await cli('find', 'oNobodyAtAll00000000000000')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /Nothing is known by oNobodyAtAll0+: 60 records of this caller's mini app were searched, as of /,
    )
  })

  it('keeps its copy in a file that only its owner can read', () => {
    const files = readdirSync(join(folder, 'mirror'))
    expect(files.length).toBeGreaterThan(0)
    const modes = files.map((file) => statSync(join(folder, 'mirror', file)).mode & 0o777)
    expect(new Set(modes)).toEqual(new Set([0o600]))
  })
})

describe('with every status asked for', () => {
  beforeAll(async () => {
    const open = FATES.flatMap((fate, i) => (fate === 'refused' ? [] : [ids[i] ?? '']))
    for (const id of open) await service.getRedPackStatus({ id })
  })

  it('list chooses by what became of them', async () => {
    const count = async (...flags: string[]) => (await json('list', ...flags)).total_count
    expect({
      refused: await count('--outcome', 'refused'),
      received: await count('--status', 'RECEIVED'),
      activity: await count('--activity', '周年庆'),
      openid: await count('--openid', openidOf(3)),
      later: await count('--from', beijingDay(Date.now() / 1000 + 2 * 86_400)),
    }).toEqual({ refused: 8, received: 24, activity: 30, openid: 1, later: 10 })
    const { out } = await cli('list', '--outcome', 'refused')
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('report equals the ledger to the fen', async () => {
    const { debits } = await control.ledger()
    const sum = (some: typeof debits) => ({
      count: some.length,
      fen: some.reduce((total, { total_amount }) => total + total_amount, 0),
    })
    const { code, total } = await json('report')
    expect({ code, ...total }).toMatchObject({
      code: 0,
      sent: sum(debits),
      received: sum(debits.filter(({ status }) => status === 'RECEIVED')),
      refunded: sum(debits.filter(({ status }) => status === 'REFUND')),
      waiting: sum(debits.filter(({ status }) => status === 'SENT')),
      net: sum(debits.filter(({ status }) => status !== 'REFUND')),
      refused: { count: 8 },
      unknown: { count: 4 },
      refused_by: [{ err_code: 'SENDNUM_LIMIT', count: 8 }],
    })
    expect(total.received.count).toBe(24)
    expect(total.refunded.count).toBe(14)
  })
})

describe('redpack reconcile', () => {
  /** Days on which the account moved and whose bill is there, at 9:00 of the next by WeChat's clock; this machine's is days behind. */
  async function days(): Promise<string[]> {
    const open = beijingDay((await control.clock.now()).getTime() / 1000 - 9 * 3600)
    const { debits } = await control.ledger()
    const times = debits.flatMap(({ debited_at, refunded_at }) => [debited_at, refunded_at ?? debited_at])
    const moved = new Set(times.map((time) => beijingDay(Date.parse(time) / 1000)))
    return [...moved].filter((day) => day < open).flatMap((day) => ['--day', day])
  }

  it('is equal to the fen but for what is unknown, and lists what came back', async () => {
    const { code, differences, undecided, returned, bill, records } = await json('reconcile', ...(await days()))
    expect(differences).toEqual([])
    expect(undecided.map(({ kind }: { kind: string }) => kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
    expect({ code, bill: bill.debits, back: returned.length }).toEqual({ code: 2, bill: records.debits, back: 14 })
    expect(bill.returns.count).toBe(14)
  })

  it('finds a debit behind the service’s back, and one of another amount', async () => {
    const { data } = await service.getSentRedPack(ids[at('unknown')] ?? '')
    await behind('SHOP20261125001', 250)
    await behind(data.mch_billno, 999)
    await control.clock.advance(3 * 86_400)

    const { code, differences } = await json('reconcile', ...(await days()))

    const told = differences.map(({ kind, mch_billno, record_fen, bill_fen }: Record<string, unknown>) => {
      return { kind, mch_billno, record_fen, bill_fen }
    })
    expect(code).toBe(2)
    const record_fen = Math.round(data.total_amount * 100)
    expect(told).toEqual([
      { kind: 'only_in_bill', mch_billno: 'SHOP20261125001', record_fen: null, bill_fen: 250 },
      { kind: 'amount_differs', mch_billno: data.mch_billno, record_fen, bill_fen: 999 },
      // Nobody collected it, either.
      { kind: 'amount_differs', mch_billno: data.mch_billno, record_fen, bill_fen: 999 },
    ])
    const { out } = await cli('reconcile', ...(await days()))
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})

describe('redpack reconcile with a file', () => {
  it('is equal to the fen, with exit 0, for an export of the packets that WeChat paid', async () => {
    const { debits } = await control.ledger()
    const known = debits.filter(({ mch_billno }) =>
      FATES.some((fate, i) => fate !== 'unknown' && mch_billno === `RP${ids[i]}`),
    )
    const rows = known.map(({ mch_billno, total_amount, status }) => {
      return `'${mch_billno},${(total_amount / 100).toFixed(2)},${status === 'REFUND' ? '过期未领退款' : '已领取'},`
    })
    const file = join(folder, 'export.csv')
    writeFileSync(file, `商户订单号,红包金额（元）,红包状态,失败原因\r\n${rows.join('\r\n')}\r\n`)

    const { code, out, err } = await cli('reconcile', '--file', file)

    expect(out).toMatch(/^✔ Equal to the fen\n {2}bill: +48 debits, [\d.]+ yuan\n {2}records: +48 debits, /)
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining('The file does not say which days it covers'),
    })
  })

  it('names the line of a file that was edited', async () => {
    const file = join(folder, 'edited.csv')
    writeFileSync(file, "商户订单号,红包金额(元),红包状态\n'RP1,1.005,已领取\n")
    expect(await cli('reconcile', '--file', file)).toEqual({
      ...{ code: 1, out: '' },
      err: `✘ ${file}, line 2: not an amount in yuan\n`,
    })
  })
})

describe('redpack mirror clear', () => {
  it('removes the copy', async () => {
    const { file } = await json('mirror')
    expect(await json('mirror', 'clear')).toEqual({ code: 0, file, cleared: true })
    expect(readdirSync(join(folder, 'mirror'))).toEqual([])
    expect(await cli('find', 'x', '--offline')).toEqual({
      code: 1,
      out: '',
      err: expect.stringContaining('no local copy'),
    })
  })
})
