// Whole replies, byte for byte, for each endpoint and each outcome: names, order, CDATA, texts, numbers and times.
import { describe, expect, test } from 'vitest'
import type { RequestFields } from '../src/fields.ts'
import { hmacSign } from '../src/fund-flow.ts'
import { documented, useBothShapes, weChat } from './both-shapes.ts'
import { API_KEY, type Fields, GROUP, MCH_ID, MINI, NORMAL, ownConnection, QUERY, signedXml } from './harness.ts'

useBothShapes()

const xml = (...lines: string[]) => ['<xml>', ...lines, '</xml>'].join('\n')
const cdata = (name: string, text: string) => `<${name}><![CDATA[${text}]]></${name}>`
/** The five elements that every reply begins with. */
const head = (return_code: string, text: string, result_code: string, err_code: string) => [
  cdata('return_code', return_code),
  cdata('return_msg', text),
  cdata('result_code', result_code),
  cdata('err_code', err_code),
  cdata('err_code_des', text),
]
const refused = (err_code: string, text: string) => head('SUCCESS', text, 'FAIL', err_code)
const broken = (err_code: string, text: string) => xml(...head('FAIL', text, 'FAIL', err_code))
const echo = (total_amount: number) => [
  '<mch_billno><![CDATA[B20250101000001]]></mch_billno>',
  '<mch_id><![CDATA[10000098]]></mch_id>',
  '<wxappid><![CDATA[wx8888888888888888]]></wxappid>',
  '<re_openid><![CDATA[oxTWIuGaIt6gTKsQRLau2M0yL16E]]></re_openid>',
  `<total_amount>${total_amount}</total_amount>`,
]

const post = async (op: string, fields: Fields, on = weChat) =>
  (await on.post(`/mmpaymkttransfers/${op}`, signedXml(fields))).text

/** What the endpoints that pay can say, each with WeChat's text. */
const REFUSALS = [
  ['NO_AUTH', '发放失败，此请求可能存在风险，已被微信拦截'],
  ['SENDNUM_LIMIT', '该用户今日领取红包个数超过限制'],
  ['SENDAMOUNT_LIMIT', '您的商户号今日发放金额超过限制，如有需要请登录微信支付商户平台更改API安全配置'],
  ['RCVDAMOUNT_LIMIT', '该用户今日领取金额超过限制，如有需要请登录微信支付商户平台更改API安全配置'],
  ['ILLEGAL_APPID', '非法appid，请确认是否为公众号的appid，不能为APP的appid'],
  ['MONEY_LIMIT', '每个红包的平均金额必须在1.00元到200.00元之间.'],
  ['SEND_FAILED', '红包发放失败,请更换单号再重试'],
  ['FATAL_ERROR', '重复请求时，参数与原单不一致'],
  ['FREQ_LIMIT', '超过频率限制,请稍后再试'],
  ['API_METHOD_CLOSED', '商户API发放方式处于关闭状态，请联系管理员在商户平台开启'],
  ['NOTENOUGH', '帐号余额不足，请到商户平台充值后再重试'],
  ['OPENID_ERROR', 'openid和appid不匹配'],
  ['MSGAPPID_ERROR', 'msgappid与主、子商户号的绑定关系校验失败'],
  ['ACCEPTMODE_ERROR', '服务商模式下主商户号与子商户号关系校验失败'],
  ['PAYER_ACCOUNT_ABNORMAL', '商户账户付款受限，可前往商户平台-违约记录获取解除功能限制指引'],
  ['SECOND_OVER_LIMITED', '超过每分钟发放次数限制'],
  ['DAY_OVER_LIMITED', '超过每日发放次数限制'],
  ['V2_ACCOUNT_SIMPLE_BAN', '无法给非实名用户付款'],
  ['SYSTEMERROR', '请求已受理，请稍后使用原单号查询发放结果'],
  ['PROCESSING', '请求已受理，请稍后使用原单号查询发放结果'],
  ['PARAM_ERROR', '参数错误:输入的商户订单号有误'],
] as const

/** Those that stop before the order is looked at: no echo. */
const UNREAD = [
  ['CA_ERROR', 'CA证书出错，请登录微信支付商户平台下载证书'],
  ['SIGN_ERROR', '签名错误'],
  ['XML_ERROR', '输入xml参数格式错误'],
] as const

describe.each([
  ['sendredpack', NORMAL, 100],
  ['sendgroupredpack', GROUP, 600],
  ['sendminiprogramhb', MINI, 100],
] as const)('%s', (op, fields, total_amount) => {
  const more =
    op === 'sendminiprogramhb'
      ? [
          expect.stringMatching(
            /^<package><!\[CDATA\[sendid=\w{64}&ver=8&sign=\w{64}&mchid=10000098&appid=wx8888888888888888\]\]><\/package>$/,
          ),
        ]
      : []

  test('success', async () => {
    expect((await post(op, fields)).split('\n')).toEqual([
      '<xml>',
      ...head('SUCCESS', '发放成功', 'SUCCESS', 'SUCCESS'),
      ...echo(total_amount),
      '<send_listid><![CDATA[1000041701202506153000000000001]]></send_listid>',
      ...more,
      '</xml>',
    ])
  })

  test.each(REFUSALS)('%s', async (kind, text) => {
    await weChat.control('POST', '/faults', { kind })
    expect(await post(op, fields)).toBe(xml(...refused(kind, text), ...echo(total_amount)))
  })

  test.each(UNREAD)('%s', async (kind, text) => {
    await weChat.control('POST', '/faults', { kind })
    expect(await post(op, fields)).toBe(broken(kind, text))
  })

  test('the numeric code of the published sample', async () => {
    await weChat.control('POST', '/faults', { kind: 'numeric_before' })
    expect(await post(op, fields)).toBe(broken('268458547', '系统繁忙,请稍后再试.'))
  })
})

describe('gethbinfo', () => {
  const order = (status: string, hb_type: string, total_num: number, total_amount: number) => [
    ...head('SUCCESS', 'OK', 'SUCCESS', 'SUCCESS'),
    '<mch_billno><![CDATA[B20250101000001]]></mch_billno>',
    '<mch_id><![CDATA[10000098]]></mch_id>',
    '<detail_id><![CDATA[1000041701202506153000000000001]]></detail_id>',
    `<status><![CDATA[${status}]]></status>`,
    '<send_type><![CDATA[API]]></send_type>',
    `<hb_type><![CDATA[${hb_type}]]></hb_type>`,
    `<total_num>${total_num}</total_num>`,
    `<total_amount>${total_amount}</total_amount>`,
  ]
  const normal = (status: string) => order(status, 'NORMAL', 1, 100)
  const SENT_AT = '<send_time><![CDATA[2025-06-15 23:06:40]]></send_time>'
  const REFUNDED_AT = '<refund_time><![CDATA[2025-06-16 23:07:40]]></refund_time>'
  const RECEIVED =
    '<hblist><hbinfo><openid><![CDATA[oxTWIuGaIt6gTKsQRLau2M0yL16E]]></openid><amount>100</amount><rcv_time><![CDATA[2025-06-15 23:07:10]]></rcv_time></hbinfo></hblist>'
  const { mch_billno } = NORMAL
  const advance = (advance_s: number) => weChat.control('POST', '/clock', { advance_s })
  const query = () => post('gethbinfo', QUERY)

  test('SENT', async () => {
    await weChat.send()
    expect(await query()).toBe(xml(...normal('SENT'), SENT_AT))
  })

  test('RECEIVED', async () => {
    await weChat.send()
    await advance(30)
    await weChat.control('POST', '/receive', { mch_billno })
    expect(await query()).toBe(xml(...normal('RECEIVED'), SENT_AT, RECEIVED))
  })

  test('RFUND_ING, a day after', async () => {
    await weChat.send()
    await advance(86_400)
    expect(await query()).toBe(xml(...normal('RFUND_ING'), SENT_AT))
  })

  test('REFUND', async () => {
    await weChat.send()
    await advance(86_460)
    expect(await query()).toBe(xml(...normal('REFUND'), SENT_AT, REFUNDED_AT, '<refund_amount>100</refund_amount>'))
  })

  test.each([
    ['with a reason', { reason: '超过领取限额' }, ['<reason><![CDATA[超过领取限额]]></reason>']],
    ['without one', {}, []],
  ])('FAILED %s', async (_, more, reason) => {
    await weChat.control('POST', '/faults', { kind: 'failed', ...more })
    await weChat.send()
    expect(await query()).toBe(xml(...normal('FAILED'), ...reason, SENT_AT))
  })

  test('SENDING', async () => {
    await weChat.control('POST', '/faults', { kind: 'sending' })
    await weChat.send()
    expect(await query()).toBe(xml(...normal('SENDING'), '<reason><![CDATA[余额不足]]></reason>', SENT_AT))
  })

  test('a group packet: collected in part, by all, and refunded in part', async () => {
    await weChat.sendGroup()
    await weChat.control('POST', '/receive', { mch_billno, openid: 'oFirst' })
    const hbinfo = (openid: string) =>
      `<hbinfo><openid><!\\[CDATA\\[${openid}\\]\\]></openid><amount>(\\d+)</amount><rcv_time><!\\[CDATA\\[2025-06-15 23:06:40\\]\\]></rcv_time></hbinfo>`
    const first = new RegExp(`^<hblist>${hbinfo('oFirst')}</hblist>$`)
    const split = (reply: string) => reply.split('\n').slice(1, -1)
    const partly = split(await query())
    expect(partly).toEqual([...order('SENT', 'GROUP', 3, 600), SENT_AT, expect.stringMatching(first)])
    const amount = Number(first.exec(partly.at(-1) ?? '')?.[1])

    await advance(2 * 86_400)
    expect(split(await query())).toEqual([
      ...order('REFUND', 'GROUP', 3, 600),
      SENT_AT,
      REFUNDED_AT,
      `<refund_amount>${600 - amount}</refund_amount>`,
      partly.at(-1),
    ])

    await weChat.control('POST', '/reset')
    await weChat.sendGroup()
    await weChat.control('POST', '/receive', { mch_billno })
    const all = new RegExp(
      `^<hblist>${hbinfo('oxTWIuGaIt6gTKsQRLau2M0yL16E')}${hbinfo('o[\\w-]{27}').repeat(2)}</hblist>$`,
    )
    const whole = split(await query())
    expect(whole).toEqual([...order('RECEIVED', 'GROUP', 3, 600), SENT_AT, expect.stringMatching(all)])
    const amounts =
      all
        .exec(whole.at(-1) ?? '')
        ?.slice(1)
        .map(Number) ?? []
    expect(amounts.reduce((sum, one) => sum + one, 0)).toBe(600)
  })

  const about = ['<mch_billno><![CDATA[B20250101000001]]></mch_billno>', '<mch_id><![CDATA[10000098]]></mch_id>']

  test('NOT_FOUND', async () => {
    expect(await query()).toBe(xml(...refused('NOT_FOUND', '指定单号数据不存在'), ...about))
  })

  test.each([
    ['SYSTEMERROR', '系统繁忙，请再试。'],
    ['PROCESSING', '系统繁忙，请再试。'],
    ['FREQ_LIMIT', '超过频率限制,请稍后再试'],
    ['NO_AUTH', '发放失败，此请求可能存在风险，已被微信拦截'],
  ])('%s', async (kind, text) => {
    await weChat.control('POST', '/faults', { kind })
    expect(await query()).toBe(xml(...refused(kind, text), ...about))
  })

  test('PARAM_ERROR', async () => {
    expect(await post('gethbinfo', { ...QUERY, bill_type: 'X' })).toBe(
      xml(...refused('PARAM_ERROR', '参数错误:bill_type必须为MCHT'), ...about),
    )
  })

  test('SIGN_ERROR, CA_ERROR and XML_ERROR in truth', async () => {
    const path = '/mmpaymkttransfers/gethbinfo'
    expect((await weChat.post(path, signedXml(QUERY, 'wrong'))).text).toBe(broken('SIGN_ERROR', '签名错误'))
    expect((await weChat.post(path, signedXml(QUERY), ownConnection())).text).toBe(broken(...UNREAD[0]))
    expect((await weChat.post(path, 'no XML')).text).toBe(broken(...UNREAD[2]))
  })

  test('of the documentation: mch_id plain, with the texts, and FAIL for a number that is not there', async () => {
    const fields = { ...NORMAL, wishing: '恭喜发财' }
    await post('sendredpack', fields, documented)
    expect(await post('gethbinfo', QUERY, documented)).toBe(
      xml(
        ...normal('SENT').map((line) =>
          line
            .replace('<mch_id><![CDATA[10000098]]>', '<mch_id>10000098')
            .replace('1000041701202506153000000000001', '1000000000202506150000000001'),
        ),
        SENT_AT,
        '<wishing><![CDATA[恭喜发财]]></wishing>',
        '<remark><![CDATA[新年红包]]></remark>',
        '<act_name><![CDATA[新年红包]]></act_name>',
      ),
    )
    expect(await post('gethbinfo', { ...QUERY, mch_billno: 'NONE' }, documented)).toBe(
      broken('SYSTEMERROR', '指定单号数据不存在'),
    )
  })
})

describe('downloadfundflow', () => {
  const ASKED = { appid: 'wx8888888888888888', mch_id: MCH_ID, nonce_str: 'n', sign_type: 'HMAC-SHA256' }
  const download = async (more: RequestFields, key = API_KEY) => {
    const fields: RequestFields = { ...ASKED, bill_date: '20250614', account_type: 'Basic', ...more }
    const all = Object.entries({ ...fields, sign: hmacSign(fields, key) })
    const body = `<xml>${all.map(([name, value]) => cdata(name, value)).join('')}</xml>`
    return (await weChat.post('/pay/downloadfundflow', body)).text
  }

  test.each<[string, RequestFields, string]>([
    ['NO_BILL_EXIST', {}, xml(...refused('NO_BILL_EXIST', '账单不存在'))],
    ['PARAM_ERROR', { account_type: 'x' }, xml(...refused('PARAM_ERROR', '参数错误:account_type参数错误'))],
  ])('%s', async (_, more, reply) => {
    expect(await download(more)).toBe(reply)
  })

  test('BILL_CREATING, before nine the next morning', async () => {
    await weChat.control('POST', '/clock', { advance_s: 3600 })
    expect(await download({ bill_date: '20250615' })).toBe(xml(...refused('BILL_CREATING', '账单生成中，请稍后再试')))
  })

  test('SIGN_ERROR', async () => {
    expect(await download({}, 'wrong')).toBe(broken('SIGN_ERROR', '签名错误'))
  })

  test('SYSTEMERROR', async () => {
    await weChat.control('POST', '/faults', { kind: 'SYSTEMERROR', op: 'downloadfundflow' })
    expect(await download({})).toBe(xml(...refused('SYSTEMERROR', '系统繁忙，请再试。')))
  })
})
