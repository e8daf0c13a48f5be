// Replies held against captures of the real WeChat, element by element: name, order, CDATA or plain, per endpoint and outcome.
import { describe, expect, test } from 'vitest'
import { documented, useBothShapes, weChat } from './both-shapes.ts'
import { GROUP, MINI, NORMAL, QUERY, signedXml } from './harness.ts'

useBothShapes()

/** A reply's form: each element with `c` if it is CDATA, `p` if it is plain, `l` if it is a list; digits are counted, not compared. */
function form(xml: string): string[] {
  expect(xml).toMatch(/^<xml>\n[\s\S]*\n<\/xml>$/)
  return xml
    .split('\n')
    .slice(1, -1)
    .map((line) => {
      const [, name, content = '', closed] = /^<(\w+)>(.*)<\/(\w+)>$/.exec(line) ?? []
      expect(closed).toBe(name)
      const kind = content.startsWith('<![CDATA[') ? 'c' : content.startsWith('<hbinfo>') ? 'l' : 'p'
      return `${name}:${kind}`
    })
}

const HEAD = ['return_code:c', 'return_msg:c', 'result_code:c', 'err_code:c', 'err_code_des:c']
const ECHO = ['mch_billno:c', 'mch_id:c', 'wxappid:c', 're_openid:c', 'total_amount:p']
const FOUND = [
  'mch_billno:c',
  'mch_id:c',
  'detail_id:c',
  'status:c',
  'send_type:c',
  'hb_type:c',
  'total_num:p',
  'total_amount:p',
]

/** Public captures, with numbers and names made up: what the real WeChat wrote, and when. */
const CAPTURES = {
  // Sends of 2016, 2017, 2019 and 2020 in public repositories; all have this form.
  success: `<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[发放成功]]></return_msg>
<result_code><![CDATA[SUCCESS]]></result_code>
<err_code><![CDATA[SUCCESS]]></err_code>
<err_code_des><![CDATA[发放成功]]></err_code_des>
<mch_billno><![CDATA[B1]]></mch_billno>
<mch_id><![CDATA[10000098]]></mch_id>
<wxappid><![CDATA[wx8888888888888888]]></wxappid>
<re_openid><![CDATA[oxTWIuGaIt6gTKsQRLau2M0yL16E]]></re_openid>
<total_amount>100</total_amount>
<send_listid><![CDATA[1000041701201609263000066770003]]></send_listid>
</xml>`,
  // MONEY_LIMIT of 2016 and 2017, NO_AUTH of 2019.
  refusal: `<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[每个红包的平均金额必须在1.00元到200.00元之间.]]></return_msg>
<result_code><![CDATA[FAIL]]></result_code>
<err_code><![CDATA[MONEY_LIMIT]]></err_code>
<err_code_des><![CDATA[每个红包的平均金额必须在1.00元到200.00元之间.]]></err_code_des>
<mch_billno><![CDATA[B1]]></mch_billno>
<mch_id><![CDATA[10000098]]></mch_id>
<wxappid><![CDATA[wx8888888888888888]]></wxappid>
<re_openid><![CDATA[oxTWIuGaIt6gTKsQRLau2M0yL16E]]></re_openid>
<total_amount>1</total_amount>
</xml>`,
  // gethbinfo of 2018 (binarywang/WxJava, WxPayRedpackQueryResultTest); its list is called redpackList there, hblist elsewhere.
  received: `<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[OK]]></return_msg>
<result_code><![CDATA[SUCCESS]]></result_code>
<err_code><![CDATA[SUCCESS]]></err_code>
<err_code_des><![CDATA[OK]]></err_code_des>
<mch_billno><![CDATA[B1]]></mch_billno>
<mch_id><![CDATA[10000098]]></mch_id>
<detail_id><![CDATA[1000041701201801233000139830103]]></detail_id>
<status><![CDATA[RECEIVED]]></status>
<send_type><![CDATA[API]]></send_type>
<hb_type><![CDATA[NORMAL]]></hb_type>
<total_num>1</total_num>
<total_amount>100</total_amount>
<send_time><![CDATA[2018-01-23 13:45:08]]></send_time>
<hblist><hbinfo><openid><![CDATA[o3]]></openid><amount>100</amount><rcv_time><![CDATA[2018-01-23 13:45:31]]></rcv_time></hbinfo></hblist>
</xml>`,
} as const

const post = async (op: string, fields: Record<string, string | number | undefined>) =>
  (await weChat.post(`/mmpaymkttransfers/${op}`, signedXml(fields))).text

test('a success has the form of the captures, and its number their 31 digits', async () => {
  const xml = await post('sendredpack', NORMAL)
  expect(form(xml)).toEqual(form(CAPTURES.success))
  expect(form(xml)).toEqual([...HEAD, ...ECHO, 'send_listid:c'])
  expect(xml).toMatch(/<send_listid><!\[CDATA\[1000041701201?\d*\]\]>/)
  expect(/send_listid><!\[CDATA\[(\d+)/.exec(xml)?.[1]).toMatch(/^10000417\d{23}$/)
  expect(await post('sendgroupredpack', { ...GROUP, mch_billno: 'G' })).toMatch(
    /<send_listid><!\[CDATA\[10000417\d{23}\]\]>/,
  )
})

test('a refusal has the form of the captures, with WeChat’s text', async () => {
  const xml = await post('sendredpack', { ...NORMAL, total_amount: 1 })
  expect(form(xml)).toEqual(form(CAPTURES.refusal))
  expect(xml).toContain(`<err_code_des><![CDATA[每个红包的平均金额必须在1.00元到200.00元之间.]]></err_code_des>`)
})

test('a packet that was collected is found in the form of the capture: no wishing, remark or act_name', async () => {
  await post('sendredpack', NORMAL)
  await weChat.control('POST', '/receive', { mch_billno: NORMAL.mch_billno })
  const xml = await post('gethbinfo', QUERY)
  expect(form(xml)).toEqual(form(CAPTURES.received))
  expect(xml).toMatch(
    /<hblist><hbinfo><openid><!\[CDATA\[[\w-]+\]\]><\/openid><amount>100<\/amount><rcv_time><!\[CDATA\[/,
  )
  expect(xml).toMatch(/<detail_id><!\[CDATA\[10000417\d{23}\]\]>/)
})

describe.each([
  ['sendredpack', NORMAL],
  ['sendgroupredpack', GROUP],
  ['sendminiprogramhb', MINI],
] as const)('%s', (op, fields) => {
  const success =
    op === 'sendminiprogramhb' ? [...HEAD, ...ECHO, 'send_listid:c', 'package:c'] : [...HEAD, ...ECHO, 'send_listid:c']

  test('success, and the same again', async () => {
    expect(form(await post(op, fields))).toEqual(success)
    const again = await post(op, fields)
    expect(form(again)).toEqual(success)
    expect(again).toBe(await post(op, fields))
  })

  test.each([
    'NO_AUTH',
    'NOTENOUGH',
    'SEND_FAILED',
    'FATAL_ERROR',
    'FREQ_LIMIT',
    'SYSTEMERROR',
    'PROCESSING',
    'OPENID_ERROR',
    'SENDNUM_LIMIT',
  ])('%s: return_code SUCCESS and the five echoes', async (kind) => {
    await weChat.control('POST', '/faults', { kind })
    const xml = await post(op, fields)
    expect(form(xml)).toEqual([...HEAD, ...ECHO])
    expect(xml).toContain('<return_code><![CDATA[SUCCESS]]></return_code>')
    expect(xml).toContain('<result_code><![CDATA[FAIL]]></result_code>')
  })

  test.each(['CA_ERROR', 'SIGN_ERROR', 'XML_ERROR'])('%s: return_code FAIL and no echo', async (kind) => {
    await weChat.control('POST', '/faults', { kind })
    const xml = await post(op, fields)
    expect(form(xml)).toEqual(HEAD)
    expect(xml).toContain('<return_code><![CDATA[FAIL]]></return_code>')
  })

  test('PARAM_ERROR: return_code SUCCESS, the five echoes, and the prefix, by name and in truth', async () => {
    await weChat.control('POST', '/faults', { kind: 'PARAM_ERROR' })
    for (const xml of [await post(op, fields), await post(op, { ...fields, total_num: 2 })]) {
      expect(form(xml)).toEqual([...HEAD, ...ECHO])
      expect(xml).toContain('<return_code><![CDATA[SUCCESS]]></return_code>')
      expect(xml).toMatch(/<return_msg><!\[CDATA\[参数错误:[^\]]+\]\]><\/return_msg>/)
      expect(xml).toMatch(/<err_code_des><!\[CDATA\[参数错误:[^\]]+\]\]><\/err_code_des>/)
    }
  })

  test('PARAM_ERROR echoes what is absent as nothing', async () => {
    const xml = await post(op, { ...fields, mch_billno: undefined })
    expect(xml).toContain('<mch_billno><![CDATA[]]></mch_billno>')
    expect(form(xml)).toEqual([...HEAD, ...ECHO])
  })
})

describe('gethbinfo', () => {
  test('SENT', async () => {
    await post('sendredpack', NORMAL)
    expect(form(await post('gethbinfo', QUERY))).toEqual([...HEAD, ...FOUND, 'send_time:c'])
  })

  test('REFUND', async () => {
    await post('sendredpack', NORMAL)
    await weChat.control('POST', '/clock', { advance_s: 2 * 86_400 })
    const xml = await post('gethbinfo', QUERY)
    expect(form(xml)).toEqual([...HEAD, ...FOUND, 'send_time:c', 'refund_time:c', 'refund_amount:p'])
    expect(xml).toMatch(/<refund_time><!\[CDATA\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]\]>/)
  })

  test.each(['failed', 'sending'])('%s with a reason', async (kind) => {
    await weChat.control('POST', '/faults', { kind, reason: '余额不足' })
    await post('sendredpack', NORMAL)
    expect(form(await post('gethbinfo', QUERY))).toEqual([...HEAD, ...FOUND, 'reason:c', 'send_time:c'])
  })

  test('NOT_FOUND: return_code SUCCESS and two echoes', async () => {
    const xml = await post('gethbinfo', QUERY)
    expect(form(xml)).toEqual([...HEAD, 'mch_billno:c', 'mch_id:c'])
    expect(xml).toContain('<return_code><![CDATA[SUCCESS]]></return_code>')
    expect(xml).toContain('指定单号数据不存在')
  })
})

describe('documented shapes', () => {
  const send = (fields: object) => documented.send(fields as Record<string, string>)

  test('a success has a number of 28 digits and mch_id plain', async () => {
    const { text } = await documented.post('/mmpaymkttransfers/sendredpack', signedXml(NORMAL))
    expect(form(text)).toEqual([
      ...HEAD,
      'mch_billno:c',
      'mch_id:p',
      'wxappid:c',
      're_openid:c',
      'total_amount:p',
      'send_listid:c',
    ])
    expect(text).toContain('<send_listid><![CDATA[1000000000202506150000000001]]></send_listid>')
  })

  test('PARAM_ERROR has return_code FAIL, no echo and no prefix; MONEY_LIMIT its older text', async () => {
    const text = 'total_num必须为1'
    const param = {
      return_code: 'FAIL',
      return_msg: text,
      result_code: 'FAIL',
      err_code: 'PARAM_ERROR',
      err_code_des: text,
    }
    expect(await send({ total_num: 2 })).toEqual(param)
    expect(await send({ total_amount: 1 })).toMatchObject({ err_code_des: '红包金额发放限制' })
    expect(await send({ scene_id: 'PRODUCT_9' })).toMatchObject({
      err_code_des: expect.stringMatching(/^参数错误:该场景未开通/),
    })
  })

  test('gethbinfo has the texts, and SYSTEMERROR for a number that nobody sent', async () => {
    await send({})
    expect(await documented.query()).toMatchObject({
      wishing: NORMAL.wishing,
      remark: NORMAL.remark,
      act_name: NORMAL.act_name,
    })
    const text = '指定单号数据不存在'
    const none = {
      return_code: 'FAIL',
      return_msg: text,
      result_code: 'FAIL',
      err_code: 'SYSTEMERROR',
      err_code_des: text,
    }
    expect(await documented.query({ mch_billno: 'NONE' })).toEqual(none)
  })
})
