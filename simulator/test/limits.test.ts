// What WeChat allows whom: seconds, days, addresses, service providers, openids.
import { afterEach, describe, expect, test } from 'vitest'
import {
  API_KEY,
  APPID,
  type Fields,
  GROUP,
  MCH_ID,
  MINI,
  NORMAL,
  refusedOf,
  simulate,
  successOf,
  wrongOf,
} from './harness.ts'

type WeChat = Awaited<ReturnType<typeof simulate>>
const running: WeChat[] = []
async function start(options: Parameters<typeof simulate>[0] = {}): Promise<WeChat> {
  const weChat = await simulate({ sends_per_s: 1000, ...options })
  running.push(weChat)
  return weChat
}
afterEach(async () => {
  for (const weChat of running.splice(0)) await weChat.stop()
})

const numbered = (index: number, more: Fields = {}): Fields => ({ mch_billno: `N${index}`, ...more })
const advance = (weChat: WeChat, advance_s: number) => weChat.control('POST', '/clock', { advance_s })

describe('limits of a day', () => {
  test('a receiver gets so many packets of a merchant, and more the next day in Beijing', async () => {
    const weChat = await start({ user_packets_per_day: 2 })
    for (const index of [1, 2]) expect(await weChat.send(numbered(index))).toMatchObject({ err_code: 'SUCCESS' })
    const third = numbered(3)
    const refused = refusedOf({ ...NORMAL, ...third }, 'SENDNUM_LIMIT', '该用户今日领取红包个数超过限制')
    expect(await weChat.send(third)).toEqual(refused)
    expect(await weChat.send(numbered(1))).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.send(numbered(4, { re_openid: 'oOther' }))).toMatchObject({ err_code: 'SUCCESS' })
    // The clock stands at 23:06:40.
    await advance(weChat, 53 * 60 + 19)
    expect(await weChat.send(third)).toEqual(refused)
    await advance(weChat, 1)
    expect(await weChat.send(third)).toMatchObject({ err_code: 'SUCCESS' })
  })

  test('a receiver gets so much money', async () => {
    const weChat = await start({ user_fen_per_day: 1000 })
    expect(await weChat.send(numbered(1, { total_amount: 900 }))).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.send(numbered(2, { total_amount: 101 }))).toMatchObject({ err_code: 'RCVDAMOUNT_LIMIT' })
    expect(await weChat.send(numbered(2, { total_amount: 100 }))).toMatchObject({ err_code: 'SUCCESS' })
  })

  test('a merchant sends so much money', async () => {
    const weChat = await start({ merchant_fen_per_day: 1000 })
    expect(await weChat.sendGroup({ total_amount: 900 })).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.send(numbered(2, { total_amount: 101, re_openid: 'oOther' }))).toMatchObject({
      err_code: 'SENDAMOUNT_LIMIT',
    })
    expect(await weChat.send(numbered(3, { total_amount: 100 }))).toMatchObject({ err_code: 'SUCCESS' })
  })

  test('a limit comes before the balance, and a number that is paid before any limit', async () => {
    const weChat = await start({ user_packets_per_day: 1, balance: 100 })
    await weChat.send(numbered(1))
    expect(await weChat.send(numbered(2))).toMatchObject({ err_code: 'SENDNUM_LIMIT' })
    expect(await weChat.send(numbered(1))).toMatchObject({ err_code: 'SUCCESS' })
  })
})

test('an address that is not on the merchant’s list is NO_AUTH, in WeChat’s words', async () => {
  const merchants = [{ mch_id: MCH_ID, api_key: API_KEY, ips: ['10.0.0.1'] }]
  const weChat = await start({ merchants })
  const text = 'IP地址非你在商户平台设置的可用IP地址'
  expect(await weChat.send()).toEqual(refusedOf(NORMAL, 'NO_AUTH', text))
  expect(await weChat.query()).toMatchObject({ err_code: 'NO_AUTH', err_code_des: text })
  const listed = await start({ merchants: [{ mch_id: MCH_ID, api_key: API_KEY, ips: ['10.0.0.1', '127.0.0.1'] }] })
  expect(await listed.send()).toEqual(successOf(NORMAL, 1))
  const old = await start({ merchants, shapes: 'documented' })
  expect(await old.send()).toMatchObject({
    err_code: 'NO_AUTH',
    err_code_des: expect.stringMatching(/^此IP地址不允许/),
  })
})

describe('a service provider', () => {
  const provider = () =>
    start({
      merchants: [{ mch_id: MCH_ID, api_key: API_KEY, appids: [APPID, 'wxMessage'], sub_mch_ids: ['1001', '1002'] }],
    })

  test('sends for one of its merchants, and the ledger says for which', async () => {
    const weChat = await provider()
    const fields = { sub_mch_id: '1001', msgappid: 'wxMessage', consume_mch_id: '1002' }
    expect(await weChat.send(fields)).toEqual(successOf(NORMAL, 1))
    expect(await weChat.sendGroup({ mch_billno: 'G', sub_mch_id: '1002' })).toMatchObject({ err_code: 'SUCCESS' })
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({
      debits: [{ sub_mch_id: '1001' }, { sub_mch_id: '1002' }],
    })
    expect(await weChat.query()).toMatchObject({ status: 'SENT' })
    expect(await weChat.query({ sub_mch_id: '1001' })).toMatchObject({ err_code: 'SIGN_ERROR' })
  })

  test.each<[Fields, string]>([
    [{ sub_mch_id: '1003' }, 'ACCEPTMODE_ERROR'],
    [{ sub_mch_id: '1001', consume_mch_id: '1003' }, 'ACCEPTMODE_ERROR'],
    [{ sub_mch_id: '1001', msgappid: 'wxForeign' }, 'MSGAPPID_ERROR'],
    [{}, 'PARAM_ERROR'],
    [{ sub_mch_id: 'abc' }, 'PARAM_ERROR'],
  ])('is refused with %j: %s', async (fields, err_code) => {
    const weChat = await provider()
    expect(await weChat.send(fields)).toMatchObject({ err_code })
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({ debits: [] })
  })

  test.each(['sub_mch_id', 'msgappid', 'consume_mch_id'])(
    'an ordinary merchant that signs %s gets SIGN_ERROR',
    async (name) => {
      const weChat = await start()
      expect(await weChat.send({ [name]: '1001' })).toMatchObject({ err_code: 'SIGN_ERROR' })
    },
  )
})

describe('sendminiprogramhb', () => {
  test('pays once, and gives the package that the mini program opens the packet by', async () => {
    const weChat = await start()
    const answer = await weChat.sendMini()
    const { package: opened, ...rest } = answer
    expect(rest).toEqual(successOf(MINI, 1))
    expect(opened).toMatch(/^sendid=[0-9a-f]{64}&ver=8&sign=[0-9a-f]{64}&mchid=10000098&appid=wx8888888888888888$/)
    expect(await weChat.sendMini()).toEqual(answer)
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({
      total_debited: 100,
      debits: [{ mini_program: true }],
    })
    expect(await weChat.query()).toMatchObject({ hb_type: 'NORMAL', status: 'SENT' })
  })

  test.each<[Fields, object]>([
    [{ notify_way: undefined }, wrongOf(MINI, 'notify_way必须为MINI_PROGRAM_JSAPI')],
    [{ total_num: 2 }, wrongOf(MINI, 'total_num必须为1')],
    [{ client_ip: '127.0.0.1' }, { err_code: 'SIGN_ERROR' }],
    [{ total_amount: 99 }, { err_code: 'MONEY_LIMIT' }],
  ])('%j is refused', async (change, refused) => {
    const weChat = await start()
    expect(await weChat.sendMini(change)).toMatchObject(refused)
  })
})

describe('openids', () => {
  const WRONG = 're_openid字段不正确,请检查是否合法'

  test.each([
    'undefined',
    'null',
    'NULL',
    'None',
    'nil',
    'NaN',
    'true',
    'false',
    'undefinedundefined',
    '[object Object]',
    '[object Promise]',
    '<openid>',
    '{{openid}}',
    ' oxTWIuGaIt6gTKsQRLau2M0yL16E',
    'oxTWIuGaIt6gTKsQRLau2M0yL16E ',
    'oxTWIuGaIt6 gTKsQRLau2M0yL16E',
    'oxTWIuGaIt6gTKsQRLau2M0\u200B',
    'oxTWIuGaIt6gTKsQRLau2M0\uFEFF',
    'oxTWIuGaIt6gTKsQRLau2M0\u00AD',
    'oxTWIuGaIt6gTKsQRLau2M\u00A0E',
    'oxTWIuGaIt6gTKsQRLau2M\tE',
    'oxTWIuGaIt6gTKsQRLau2M\nE',
    'oхTWIuGaIt6gTKsQRLau2M0yL16',
    'o@x',
    'o.x',
    '"oxTWIuGaIt6gTKsQRLau2M0yL1"',
    '   ',
    '－',
  ])('%j is refused, as WeChat does', async (re_openid) => {
    const weChat = await start()
    expect(await weChat.send({ re_openid })).toEqual(wrongOf({ ...NORMAL, re_openid }, WRONG))
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({ debits: [] })
  })

  test.each(['oxTWIuGaIt6gTKsQRLau2M0yL16E', 'onqOjjmM1tad-3ROpncN-yUfa6uI', 'o_1', 'onull', 'undefined-1'])(
    '%s is paid',
    async (re_openid) => {
      const weChat = await start()
      expect(await weChat.send({ re_openid })).toMatchObject({ err_code: 'SUCCESS' })
    },
  )

  test.each(['oxTWIuGaIt6gTKsQRLau2M0yL16', 'oxTWIuGaIt6gTKsQRLau2M0yL16EE', 'xxTWIuGaIt6gTKsQRLau2M0yL16E'])(
    'strict_openids: %s has not the form of those that were published',
    async (re_openid) => {
      const weChat = await start({ strict_openids: true })
      expect(await weChat.send({ re_openid })).toEqual(wrongOf({ ...NORMAL, re_openid }, WRONG))
      expect(await weChat.send()).toMatchObject({ err_code: 'SUCCESS' })
      expect(await weChat.sendGroup({ mch_billno: 'G' })).toMatchObject(successOf({ ...GROUP, mch_billno: 'G' }, 2))
      expect(await weChat.query()).toMatchObject({ status: 'SENT' })
    },
  )
})

describe('balances', () => {
  test('a merchant can have one of its own, which the others do not share', async () => {
    const weChat = await start()
    const own = await weChat.control('POST', '/balance', { fen: 150, mch_id: MCH_ID })
    expect(own).toMatchObject({ status: 200, body: { balance: 150, mch_id: MCH_ID } })
    expect(await weChat.send(numbered(1))).toMatchObject({ err_code: 'SUCCESS' })
    expect(await weChat.send(numbered(2))).toMatchObject({ err_code: 'NOTENOUGH' })
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({
      balance: 1_000_000,
      balances: { [MCH_ID]: 50 },
    })
    expect((await weChat.control('GET', '/packets')).body).toMatchObject({ balances: { [MCH_ID]: 50 } })
    await advance(weChat, 2 * 86_400)
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({ balances: { [MCH_ID]: 150 } })
    expect(await weChat.control('POST', '/balance', { fen: 1, mch_id: '1' })).toMatchObject({ status: 404 })
  })
})

describe('one receiver of a group packet', () => {
  const receive = (weChat: WeChat, openid?: string) =>
    weChat.control('POST', '/receive', { mch_billno: GROUP.mch_billno, ...(openid ? { openid } : {}) })
  type Received = { status: string; hblist: { openid: string; amount: number }[] }

  test('takes one share; what nobody took goes back after a day', async () => {
    const weChat = await start()
    await weChat.sendGroup()
    const first = (await receive(weChat, 'oFirst')).body as Received
    expect(first).toMatchObject({ status: 'SENT', hblist: [{ openid: 'oFirst' }] })
    expect((await receive(weChat, 'oFirst')).body).toEqual({ mch_billno: GROUP.mch_billno, ...first })
    const second = (await receive(weChat, 'oSecond')).body as Received
    expect(second).toMatchObject({ status: 'SENT', hblist: [first.hblist[0], { openid: 'oSecond' }] })
    expect(await weChat.query()).toMatchObject({
      status: 'SENT',
      hblist: [{ openid: 'oFirst' }, { openid: 'oSecond' }],
    })
    const taken = second.hblist.reduce((sum, { amount }) => sum + amount, 0)
    await advance(weChat, 86_400 + 60)
    expect(await weChat.query()).toMatchObject({
      status: 'REFUND',
      refund_amount: String(600 - taken),
      hblist: [{ openid: 'oFirst' }, { openid: 'oSecond' }],
    })
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({
      balance: 1_000_000 - taken,
      debits: [{ status: 'REFUND', refund_amount: 600 - taken }],
    })
    expect(await receive(weChat, 'oThird')).toMatchObject({ status: 409 })
  })

  test('the last share makes it RECEIVED, to the fen; the rest can be collected at once', async () => {
    const weChat = await start()
    await weChat.sendGroup()
    const one = (await receive(weChat, 'oFirst')).body as Received
    const all = (await receive(weChat)).body as Received
    expect(all).toMatchObject({ status: 'RECEIVED' })
    expect(all.hblist).toHaveLength(3)
    expect(all.hblist[0]).toEqual(one.hblist[0])
    expect(all.hblist.reduce((sum, { amount }) => sum + amount, 0)).toBe(600)
    expect(new Set(all.hblist.map(({ openid }) => openid)).size).toBe(3)
    expect((await receive(weChat, 'oFirst')).body).toMatchObject({ status: 'RECEIVED' })
    expect(await receive(weChat, 'oFourth')).toMatchObject({ status: 409 })
    await advance(weChat, 3 * 86_400)
    expect((await weChat.control('GET', '/ledger')).body).toMatchObject({ balance: 999_400 })
  })

  test('a normal packet is for its openid only', async () => {
    const weChat = await start()
    await weChat.send()
    expect(await receive(weChat, 'oSomebodyElse')).toMatchObject({
      status: 409,
      body: { error: 'the packet is for another openid' },
    })
    expect(await receive(weChat, String(NORMAL.re_openid))).toMatchObject({ status: 200, body: { status: 'RECEIVED' } })
    expect(await receive(weChat, 'bad openid')).toMatchObject({ status: 400 })
  })
})
