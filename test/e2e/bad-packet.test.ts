// Packets that are not fit to be sent: 400 with a pointer to what is wrong, nothing written, nobody called.
import { describe, expect, it } from 'vitest'
import { withoutEffect } from '../support/footprint.ts'
import { expectFaults, expectProblem, type Fault } from '../support/problem.ts'
import { callers, FISSION, NORMAL, type Packet, type Reply, send, useStack } from '../support/service.ts'
import { calls } from '../support/wechat.ts'

useStack()

const MISSING = '缺少这个必填参数'
const UNKNOWN = '没有这个参数'
const STRING = '须为字符串'
const AMOUNT = '须为大于 0、不超过 1000000 且最多两位小数的金额，单位元'
const CHARACTERS = '含有控制字符或不完整的字符'
const PEOPLE = '裂变红包的 total_num 须为 3 至 20'
const GATEWAYS = '须为 weixin_tenpay、weixin_tenpay_js、weixin_tenpay_native、weixin_tenpay_app、weixin_tenpay_wap 之一'

const TEXTS = { re_openid: 32, send_name: 32, official_account_id: 32, act_name: 32, remark: 256, wishing: 128 }
const OPTIONAL_TEXTS = { scene_id: 32, risk_info: 128 }
const ALL_TEXTS = Object.entries({ ...TEXTS, ...OPTIONAL_TEXTS })

async function expectFault(packet: Packet | string, pointer: string, detail: string): Promise<void> {
  await expectEach([packet], () => ({ pointer, detail }))
}

/** Each of the packets has one fault, and none of them leaves a trace. */
async function expectEach(packets: (Packet | string)[], faultOf: (index: number) => Fault): Promise<void> {
  const replies = await withoutEffect(async () => {
    const got: Reply[] = []
    for (const packet of packets) got.push(await send(packet))
    return got
  })
  for (const [i, reply] of replies.entries()) expectFaults(reply, faultOf(i))
}

describe('a packet is refused', () => {
  it.each(Object.keys(NORMAL))('without %s', async (name) => {
    const { [name]: _, ...rest } = NORMAL
    await expectFault(rest, `/${name}`, MISSING)
  })

  it.each([null, 'Normal', 'group', '', 1, ['normal'], { type: 'normal' }])(
    'of a type that is none: %j',
    async (type) => {
      await expectFault({ ...NORMAL, type }, '/type', '须为 normal 或 fission')
    },
  )

  it.each(['weixin', 'WEIXIN_TENPAY', '', null, 1, '__proto__', 'constructor'])(
    'for a gateway type that is none: %j',
    async (gateway_type) => {
      await expectFault({ ...NORMAL, gateway_type }, '/gateway_type', GATEWAYS)
    },
  )

  it.each([1.005, -1, 0, 1e21, 0.001, 1_000_000.01, 0.1 + 0.2, 5e-324])(
    'with an amount that is none: %d',
    async (total_amount) => {
      await expectFault({ ...NORMAL, total_amount }, '/total_amount', AMOUNT)
    },
  )

  it.each(['100', null, true, [1], {}])('with an amount that is no number: %j', async (total_amount) => {
    await expectFault({ ...NORMAL, total_amount }, '/total_amount', '须为数字，单位元')
  })

  it.each(['-0', '1e400'])('with an amount that JSON can write and nobody can pay: %s', async (written) => {
    const body = JSON.stringify(NORMAL).replace('1.1,', `${written},`)
    const detail = written === '1e400' ? expect.any(String) : AMOUNT
    const reply = await withoutEffect(() => send(body))
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/total_amount', detail }] } })
  })

  it.each([
    [NORMAL, 0, '普通红包的 total_num 须为 1'],
    [NORMAL, 2, '普通红包的 total_num 须为 1'],
    [NORMAL, 1.5, '须为整数'],
    [NORMAL, '1', '须为整数'],
    [FISSION, 2, PEOPLE],
    [FISSION, 21, PEOPLE],
    [FISSION, -3, PEOPLE],
    [FISSION, 3.5, '须为整数'],
  ])('for a number of people that its type does not have: %#', async (packet, total_num, detail) => {
    const reply = await withoutEffect(() => send({ ...packet, total_num }))
    expect(reply.status).toBe(400)
    expect(reply.body.errors).toContainEqual({ pointer: '/total_num', detail })
  })

  it.each(ALL_TEXTS)('with a %s of more than %i characters', async (name, length_max) => {
    const packets = ['a', '红', '🧧'].map((character) => ({ ...NORMAL, [name]: character.repeat(length_max + 1) }))
    await expectEach(packets, () => ({ pointer: `/${name}`, detail: `不能超过 ${length_max} 个字符` }))
  })

  it.each(Object.keys(TEXTS))('with a %s that is empty', async (name) => {
    await expectFault({ ...NORMAL, [name]: '' }, `/${name}`, '不能为空')
  })

  it.each(ALL_TEXTS)('with a %s that is no text', async (name) => {
    const packets = [1, true, ['a'], { a: 'b' }].map((value) => ({ ...NORMAL, [name]: value }))
    await expectEach(packets, () => ({ pointer: `/${name}`, detail: STRING }))
  })

  it.each([
    ['half a surrogate pair', '\ud83e'],
    ['the other half', '\udde7x'],
    ['NUL', 'a\u0000b'],
    ['a bell', '\u0007'],
    ['an escape', '\u001b[31m'],
    ['a line break', 'a\nb'],
    ['a C1 control', '\u0085'],
    ['U+FFFE', '\ufffe'],
    ['U+FFFF', 'x\uffff'],
  ])('with %s, which WeChat cannot be sent, in any text', async (_, value) => {
    const packets = ALL_TEXTS.map(([name]) => ({ ...NORMAL, [name]: value }))
    await expectEach(packets, (i) => ({ pointer: `/${ALL_TEXTS[i]?.[0]}`, detail: CHARACTERS }))
  })

  it.each([
    ['__proto__', '/__proto__'],
    ['constructor', '/constructor'],
    ['toString', '/toString'],
    ['hasOwnProperty', '/hasOwnProperty'],
    ['mch_billno', '/mch_billno'],
    ['client_ip', '/client_ip'],
    ['amt_type', '/amt_type'],
    ['a/b~c', '/a~1b~0c'],
    ['', '/'],
  ])('with a member that is no parameter: %j', async (name, pointer) => {
    const members = ['{"type":"fission"}', '"x"', 'null'].map((value) => `{${JSON.stringify(name)}:${value},`)
    const packets = members.map((member) => JSON.stringify(NORMAL).replace('{', member))
    await expectEach(packets, () => ({ pointer, detail: UNKNOWN }))
  })

  it('with every fault named at once', async () => {
    const reply = await withoutEffect(() =>
      send({ ...NORMAL, send_name: '', total_amount: 'x', total_num: 3, more: 1 }),
    )

    expectFaults(
      reply,
      { pointer: '/send_name', detail: '不能为空' },
      { pointer: '/total_amount', detail: '须为数字，单位元' },
      { pointer: '/total_num', detail: '普通红包的 total_num 须为 1' },
      { pointer: '/more', detail: UNKNOWN },
    )
  })
})

describe('a packet whose merchant cannot pay is refused', () => {
  it.each([
    ['weixin_tenpay', '该证书的证书与私钥不匹配'],
    ['weixin_tenpay_js', '该证书不在有效期内（2020-01-01 至 2024-12-31）'],
    ['weixin_tenpay_native', '该证书的 cert 须为 PEM（p12 请先用 redpack merchant put 转换）'],
    ['weixin_tenpay_app', '该证书不在有效期内（2040-01-01 至 2045-06-30）'],
  ])('where its certificate is unusable: %s, %s', async (gateway_type, why) => {
    const reply = await withoutEffect(() => send({ ...NORMAL, gateway_type }, { caller: callers.broken }))

    expectProblem(reply, 'certificate_unusable', `${gateway_type} 的支付证书不可用：${why}`, [
      { pointer: '/gateway_type', detail: '支付证书不可用' },
    ])
  })

  it.each([
    ['weixin_tenpay_wap', callers.broken],
    ['weixin_tenpay', callers.bare],
  ])('where its mini app has none for the gateway type: %s', async (gateway_type, caller) => {
    const reply = await withoutEffect(() => send({ ...NORMAL, gateway_type }, { caller }))

    const detail = `未配置支付证书：请先为商户类型 ${gateway_type} 配置支付证书`
    expectProblem(reply, 'certificate_missing', detail, [{ pointer: '/gateway_type', detail: '未配置支付证书' }])
  })
})

it.each([
  ['amounts at the edges', [1, 1.01, 4.35, 19.99, 100.8, 200]],
  ['characters outside the BMP, counted as one each', '🧧'.repeat(7)],
  ['the longest texts that WeChat takes', 'a'.repeat(127)],
])('a packet is accepted with %s', async (_, value) => {
  const packets = Array.isArray(value)
    ? value.map((total_amount) => ({ ...NORMAL, total_amount }))
    : [{ ...NORMAL, wishing: value, remark: value }]
  for (const packet of packets) expect(await send(packet)).toMatchObject({ status: 200, body: { outcome: 'sent' } })
  expect(await calls()).toHaveLength(packets.length)
})
