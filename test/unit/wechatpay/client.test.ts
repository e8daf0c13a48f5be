import { describe, expect, expectTypeOf, test } from 'vitest'
import { fen } from '../../../lib/redpack/money.ts'
import type { SendParams } from '../../../lib/redpack/params.ts'
import type { Order } from '../../../lib/redpack/record.ts'
import { queryFields, readQuery, readSend, sendFields, wechatPay } from '../../../lib/wechatpay/client.ts'
import { sign } from '../../../lib/wechatpay/sign.ts'
import type { Reply } from '../../../lib/wechatpay/transport.ts'
import { buildXml, parseXml, type Xml } from '../../../lib/wechatpay/xml.ts'
import { aMerchant, aRecord, aSend } from '../records.ts'

const record = aRecord('order-1', { total_amount: fen(100) })
const merchant = aMerchant()
const { mch_billno, mch_id, re_openid, official_account_id } = record

const SENT: Record<string, string> = {
  return_code: 'SUCCESS',
  return_msg: '发放成功',
  result_code: 'SUCCESS',
  err_code: 'SUCCESS',
  err_code_des: '发放成功',
  mch_billno,
  mch_id,
  wxappid: official_account_id,
  re_openid,
  total_amount: '100',
  send_listid: '100000000020150520314766074200',
}
const FOUND: Record<string, string> = {
  return_code: 'SUCCESS',
  return_msg: 'OK',
  result_code: 'SUCCESS',
  err_code: 'SUCCESS',
  err_code_des: 'OK',
  mch_billno,
  mch_id,
  detail_id: '1000000000201503283103439304',
  status: 'RECEIVED',
  send_type: 'API',
  hb_type: 'NORMAL',
  total_num: '1',
  total_amount: '100',
  send_time: '2015-04-21 20:00:00',
}

const failed = (err_code: string | undefined, more: Record<string, string> = {}): Xml => ({
  return_code: 'SUCCESS',
  return_msg: '说明',
  result_code: 'FAIL',
  ...(err_code === undefined ? {} : { err_code, err_code_des: '原因' }),
  ...more,
})
const without = (xml: Record<string, string>, name: string): Xml =>
  Object.fromEntries(Object.entries(xml).filter(([key]) => key !== name))

describe('the fields of a send', () => {
  const SHARED = {
    mch_billno,
    mch_id,
    wxappid: official_account_id,
    send_name: '天虹百货',
    re_openid,
    wishing: '恭喜发财',
    act_name: '新年红包',
    remark: '新年红包',
  }

  test('a normal packet has a client_ip and no amt_type', () => {
    expect(sendFields(merchant, record)).toEqual({
      path: '/mmpaymkttransfers/sendredpack',
      fields: { ...SHARED, total_amount: 100, total_num: 1, client_ip: '192.0.2.7' },
    })
  })

  test('a fission packet has an amt_type and no client_ip', () => {
    const fission = aRecord('order-1', { type: 'fission', total_amount: fen(600), total_num: 3 })
    const { path, fields } = sendFields(merchant, fission)
    expect({ path, fields }).toEqual({
      path: '/mmpaymkttransfers/sendgroupredpack',
      fields: { ...SHARED, total_amount: 600, total_num: 3, amt_type: 'ALL_RAND' },
    })
    expect(fields).not.toHaveProperty('client_ip')
  })

  test('scene_id and risk_info go along where they are given', () => {
    const { fields } = sendFields(merchant, { ...record, scene_id: 'PRODUCT_2', risk_info: 'posttime%3d1' })
    expect(fields).toMatchObject({ scene_id: 'PRODUCT_2', risk_info: 'posttime%3d1' })
  })

  test('every parameter of a send goes out under its own name, but for those that are ours', () => {
    const all: Required<SendParams> = { ...aSend(), scene_id: 'PRODUCT_2', risk_info: 'posttime%3d1' }
    const { type: _, gateway_type: _g, official_account_id: wxappid, ...named } = all
    const { fields } = sendFields(merchant, { ...record, ...all })
    expect(fields).toMatchObject({ ...named, wxappid })
    expectTypeOf<Exclude<keyof SendParams, keyof Order>>().toEqualTypeOf<never>()
  })

  test("the number's merchant goes out, not the entry's", () => {
    expect(sendFields(aMerchant({ mch_id: '99' }), record).fields.mch_id).toBe(record.mch_id)
  })

  test('a query has an appid and no wxappid', () => {
    expect(queryFields(merchant, record)).toEqual({
      path: '/mmpaymkttransfers/gethbinfo',
      fields: { mch_billno, mch_id, appid: official_account_id, bill_type: 'MCHT' },
    })
  })
})

/** What a reply to a send that is about another packet proves: nothing. */
const unproven = (name: string) => ({
  means: 'no_result',
  raw: 'raw',
  why: `about another ${name}`,
  alarm: 'foreign_reply',
})
/** A refusal that is not in WeChat's envelope proves nothing either. */
const enveloped = (err_code: string) => ({
  means: 'no_result',
  raw: 'raw',
  why: `${err_code} in no envelope`,
  alarm: 'malformed_reply',
})

describe('an answer to a send', () => {
  test('is sent where both codes are SUCCESS and the echo is right', () => {
    expect(readSend(SENT, 'raw', record)).toEqual({
      means: 'paid',
      send_listid: '100000000020150520314766074200',
      raw: 'raw',
    })
  })

  test.for(['mch_billno', 'mch_id', 're_openid', 'total_amount'])('is unknown where %s is another', (name) => {
    for (const xml of [{ ...SENT, [name]: `${SENT[name]}0` }, { ...SENT, [name]: '' }, without(SENT, name)]) {
      expect(readSend(xml, 'raw', record)).toEqual(unproven(name))
    }
  })

  test.for(['mch_billno', 'mch_id', 're_openid', 'total_amount'])('is unknown if %s is a list', (name) => {
    expect(readSend({ ...SENT, [name]: [{ a: SENT[name] ?? '' }] }, 'raw', record)).toEqual(unproven(name))
  })

  test.for(['SYSTEMERROR', 'NOTENOUGH', 'FATAL_ERROR', 'PROCESSING'])(
    'is unknown under a success that says %s: it contradicts itself',
    (err_code) => {
      expect(readSend({ ...SENT, err_code }, 'raw', record)).toEqual(enveloped(err_code))
    },
  )

  test.for(['wxappid', 'appid'])('is unknown if the %s that it repeats is another', (name) => {
    expect(readSend({ ...SENT, [name]: 'wx0000000000000000' }, 'raw', record)).toEqual(unproven(name))
  })

  test.for([undefined, '', ' \n', 'SUCCESS', 'A_NEW_CODE', '268458547'])('is sent with err_code %j', (err_code) => {
    const xml = err_code === undefined ? without(SENT, 'err_code') : { ...SENT, err_code }
    expect(readSend(xml, 'raw', record).means).toBe('paid')
  })

  test('an empty CDATA counts as no code', () => {
    const text =
      '<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code><![CDATA[]]></err_code></xml>'
    const why = 'a failure without err_code'
    expect(readSend(parseXml(text), 'raw', record)).toEqual({ means: 'no_result', raw: 'raw', why })
  })

  test.for([
    ['result_code FAIL', { ...SENT, result_code: 'FAIL', err_code: 'SYSTEMERROR' }],
    ['return_code FAIL', { ...SENT, return_code: 'FAIL', err_code: 'SYSTEMERROR' }],
    ['no result_code', without({ ...SENT, err_code: 'SYSTEMERROR' }, 'result_code')],
    ['no return_code', without({ ...SENT, err_code: 'SYSTEMERROR' }, 'return_code')],
    ['success in lower case', { ...SENT, result_code: 'success' }],
  ] as const)('is not sent under %s, whatever else it says', ([, xml]) => {
    expect(readSend(xml, 'raw', record).means).not.toBe('paid')
  })

  test('is refused by a code of the table', () => {
    expect(readSend(failed('NOTENOUGH'), 'raw', record)).toEqual({
      means: 'declined_unsafely',
      err_code: 'NOTENOUGH',
      err_code_des: '原因',
      raw: 'raw',
    })
  })

  test('is refused by a code of the table under return_code FAIL', () => {
    const xml = { return_code: 'FAIL', return_msg: '签名错误', result_code: 'FAIL', err_code: 'SIGN_ERROR' }
    expect(readSend(xml, 'raw', record)).toEqual({
      means: 'credentials_stale',
      err_code: 'SIGN_ERROR',
      err_code_des: '签名错误',
      raw: 'raw',
    })
  })

  const NO_SUCH = { err_code: 'MONEY_LIMIT', err_code_des: '原因' }
  test.for([
    ['both codes say so', { return_code: 'SUCCESS', result_code: 'FAIL' }, 'declined'],
    ['return_code alone says so', { return_code: 'FAIL' }, 'declined'],
    ['both say FAIL', { return_code: 'FAIL', result_code: 'FAIL' }, 'declined'],
    ['there are no codes', {}, 'no_result'],
    ['there is no return_code', { result_code: 'FAIL' }, 'no_result'],
    ['there is no result_code', { return_code: 'SUCCESS' }, 'no_result'],
    ['both codes say SUCCESS', { return_code: 'SUCCESS', result_code: 'SUCCESS' }, 'no_result'],
    ['the codes contradict each other', { return_code: 'FAIL', result_code: 'SUCCESS' }, 'no_result'],
    ['result_code is empty', { return_code: 'FAIL', result_code: '' }, 'no_result'],
    ['return_code is empty', { return_code: '', result_code: 'FAIL' }, 'no_result'],
    ['return_code is in small letters', { return_code: 'fail', result_code: 'FAIL' }, 'no_result'],
    ['result_code is another word', { return_code: 'SUCCESS', result_code: 'ERROR' }, 'no_result'],
    ['result_code is a list', { return_code: 'FAIL', result_code: [{ a: 'FAIL' }] }, 'no_result'],
  ] as const)('with an err_code, and %s', ([, codes, means]) => {
    const refused = { means: 'declined', ...NO_SUCH, raw: 'raw' }
    expect(readSend({ ...codes, ...NO_SUCH }, 'raw', record)).toEqual(
      means === 'declined' ? refused : enveloped('MONEY_LIMIT'),
    )
  })

  const ECHOED: Record<string, string> = {
    mch_billno,
    mch_id,
    wxappid: official_account_id,
    appid: official_account_id,
    re_openid,
    total_amount: '100',
  }
  test.for(Object.keys(ECHOED))('is refused by what repeats %s rightly, emptily or not at all', (name) => {
    for (const echoed of [ECHOED, { ...ECHOED, [name]: '' }, without(ECHOED, name)]) {
      expect(readSend({ ...failed('MONEY_LIMIT'), ...echoed }, 'raw', record).means).toBe('declined')
    }
  })

  test.for(Object.keys(ECHOED))('is not refused if %s is another, or a list', (name) => {
    for (const wrong of [`${ECHOED[name]}0`, [{ a: ECHOED[name] ?? '' }]]) {
      const xml: Xml = { ...failed('MONEY_LIMIT'), ...ECHOED, [name]: wrong }
      expect(readSend(xml, 'raw', record)).toEqual(unproven(name))
    }
  })

  test.for([
    ['re_openid', 'order_conflict'],
    ['total_amount', 'order_conflict'],
    ['mch_billno', 'no_result'],
    ['mch_id', 'no_result'],
    ['wxappid', 'no_result'],
    ['appid', 'no_result'],
  ] as const)('a conflict may be about another %s: %s', ([name, means]) => {
    expect(readSend({ ...failed('FATAL_ERROR'), ...ECHOED, [name]: '7' }, 'raw', record).means).toBe(means)
  })

  test.for([
    ['SYSTEMERROR', 'no_result'],
    ['PROCESSING', 'no_result'],
    ['FATAL_ERROR', 'order_conflict'],
    ['268458547', 'unclear'],
    ['A_NEW_CODE', 'unclear'],
  ] as const)('is open under %s: %s', ([err_code, means]) => {
    expect(readSend(failed(err_code), 'raw', record)).toEqual({ means, err_code, err_code_des: '原因', raw: 'raw' })
  })

  test.for([
    ['return_code FAIL and a text', { return_code: 'FAIL', return_msg: '签名错误' }, '签名错误'],
    ['result_code FAIL', failed(undefined), '说明'],
    ['an empty err_code', failed('', { err_code: '' }), '原因'],
    ['a blank err_code', failed('', { err_code: ' \n' }), '原因'],
    ['an empty err_code_des before return_msg', { ...failed(undefined), err_code_des: '' }, '说明'],
    ['a blank err_code_des before return_msg', { ...failed(undefined), err_code_des: ' \n\t' }, '说明'],
    ['blanks around the text', { return_code: 'FAIL', return_msg: ' 签名错误\n' }, '签名错误'],
    ['retmsg', { return_code: 'FAIL', return_msg: '', retmsg: '签名错误' }, '签名错误'],
    ['retmsg, and no codes', { retcode: '1', retmsg: '签名错误' }, '签名错误'],
    ['error_msg', { return_code: 'FAIL', retmsg: '', error_msg: '签名错误' }, '签名错误'],
    ['codes that contradict each other', { return_code: 'FAIL', result_code: 'SUCCESS', return_msg: '错误' }, '错误'],
    ['the echo of what was sent', { return_code: 'FAIL', return_msg: '签名错误', mch_billno, mch_id }, '签名错误'],
  ] as const)("is unknown without a code, in WeChat's words: %s", ([, xml, words]) => {
    expect(readSend(xml, 'raw', record)).toEqual({
      means: 'unclear',
      err_code: 'FAIL',
      err_code_des: words,
      raw: 'raw',
      why: `a failure without err_code: ${words}`,
    })
  })

  test.for([
    ['no codes at all', {}],
    ['return_code FAIL alone', { return_code: 'FAIL' }],
    ['empty texts', { return_code: 'FAIL', return_msg: '', err_code_des: ' ', retmsg: '', error_msg: '\n' }],
    ['a list for a text', { return_code: 'FAIL', return_msg: [{ a: '签名错误' }] }],
    ['OK, and no result_code', { return_code: 'SUCCESS', return_msg: 'OK' }],
  ] as const)('says nothing, and names no code, with %s', ([, xml]) => {
    expect(readSend(xml, 'raw', record)).toEqual({ means: 'no_result', raw: 'raw', why: 'a failure without err_code' })
  })

  test.for(Object.keys(ECHOED))('without a code says nothing if it is about another %s', (name) => {
    const xml = { return_code: 'FAIL', return_msg: '签名错误', ...ECHOED, [name]: '7' }
    expect(readSend(xml, 'raw', record)).toEqual(unproven(name))
  })

  test.for([
    ['empty', ''],
    ['blank', ' \n'],
  ] as const)('with an %s err_code_des is told by return_msg', ([, err_code_des]) => {
    expect(readSend(failed('MONEY_LIMIT', { err_code_des }), 'raw', record).err_code_des).toBe('说明')
  })

  test('is kept up to 512 characters of a text and of a code, whole ones', () => {
    const long = `${'长'.repeat(511)}🧧`
    const { err_code, err_code_des } = readSend(failed(long, { err_code_des: long }), 'raw', record)
    expect({ err_code, err_code_des }).toEqual({
      err_code: `${'长'.repeat(511)}\ufffd`,
      err_code_des: `${'长'.repeat(511)}\ufffd`,
    })
  })
})

describe('an answer to a query', () => {
  test('is found, with its fields as they came', () => {
    expect(readQuery({ ...FOUND, sign: 'S', nonce_str: 'N', reason: '余额不足' }, 'raw', record)).toEqual({
      means: 'found',
      status: 'RECEIVED',
      detail_id: '1000000000201503283103439304',
      reason: '余额不足',
      fields: { ...FOUND, reason: '余额不足' },
      raw: 'raw',
    })
  })

  test.for(['SENDING', 'SENT', 'FAILED', 'RECEIVED', 'RFUND_ING', 'REFUND'] as const)(
    'knows the status %s',
    (status) => {
      expect(readQuery({ ...FOUND, status }, 'raw', record)).toMatchObject({ means: 'found', status })
    },
  )

  test.for(['', ' ', '\n\t'])('with the reason %j has none: an order is not refused without one', (reason) => {
    const reply = readQuery({ ...FOUND, status: 'SENDING', reason }, 'raw', record)
    expect(reply).toMatchObject({ means: 'found', status: 'SENDING', reason: undefined })
  })

  test.for(['REFUNDING', 'received', ''])('with the status %j says nothing of the packet', (status) => {
    const xml = { ...FOUND, status }
    const why = `the status ${status === '' ? 'is missing' : status}`
    expect(readQuery(xml, 'raw', record)).toEqual({ means: 'unclear', why, fields: xml })
  })

  test('without a status says nothing of the packet', () => {
    const xml = without(FOUND, 'status')
    expect(readQuery(xml, 'raw', record)).toEqual({ means: 'unclear', why: 'the status is missing', fields: xml })
  })

  test.for(['mch_billno', 'mch_id', 'total_amount'])('is none where %s is another', (name) => {
    for (const xml of [{ ...FOUND, [name]: `${FOUND[name]}0` }, without(FOUND, name)]) {
      expect(readQuery(xml, 'raw', record)).toEqual({
        means: 'unclear',
        why: `about another ${name}`,
        alarm: 'foreign_reply',
      })
    }
  })

  test.for(['re_openid', 'wxappid', 'appid'])('is none if the %s that it repeats is another', (name) => {
    const why = `about another ${name}`
    const unclear = { means: 'unclear', why, alarm: 'foreign_reply' }
    expect(readQuery({ ...FOUND, [name]: '7' }, 'raw', record)).toEqual(unclear)
  })

  test('is found though the receiver of the order has been erased', () => {
    expect(readQuery({ ...FOUND, re_openid }, 'raw', { ...record, re_openid: '' })).toMatchObject({ means: 'found' })
  })

  test.for([
    ['NOT_FOUND', 'absent'],
    ['NO_AUTH', 'unclear'],
    ['268458547', 'unclear'],
    ['constructor', 'unclear'],
  ] as const)('finds nothing under %s: %s, and says why if nothing is proved', ([err_code, means]) => {
    const xml = failed(err_code, { mch_billno, mch_id, sign: 'S' })
    const { sign: _, ...fields } = xml
    const why = means === 'unclear' ? { why: `${err_code}: 原因` } : {}
    expect(readQuery(xml, 'raw', record)).toEqual({ means, fields, ...why })
  })

  test.for(['mch_billno', 'mch_id', 'wxappid', 'appid', 're_openid', 'total_amount'])(
    'does not prove that the number is unknown if it is about another %s',
    (name) => {
      const xml = failed('NOT_FOUND', { mch_billno, mch_id, [name]: '7' })
      const why = `about another ${name}`
      expect(readQuery(xml, 'raw', record)).toEqual({ means: 'unclear', why, alarm: 'foreign_reply' })
    },
  )

  test.for([
    ['no codes', {}],
    ['no return_code', { result_code: 'FAIL' }],
    ['no result_code', { return_code: 'SUCCESS' }],
    ['return_code FAIL and result_code SUCCESS', { return_code: 'FAIL', result_code: 'SUCCESS' }],
  ] as const)('does not prove that the number is unknown with %s', ([, codes]) => {
    const xml = { ...codes, err_code: 'NOT_FOUND', mch_billno, mch_id }
    expect(readQuery(xml, 'raw', record)).toEqual({ means: 'unclear', fields: xml, why: 'NOT_FOUND: no text' })
  })

  test.for(['FREQ_LIMIT', 'SYSTEMERROR'])('finds nothing under %s, and is busy', (err_code) => {
    const xml = failed(err_code, { mch_billno, mch_id })
    const why = `${err_code}: 原因`
    expect(readQuery(xml, 'raw', record)).toEqual({ means: 'unclear', fields: xml, busy: true, why })
  })

  test.for([
    ['a text', { return_code: 'FAIL', return_msg: '系统繁忙' }, '系统繁忙'],
    ['an empty err_code_des and a text', { return_code: 'FAIL', err_code_des: '', return_msg: '签名错误' }, '签名错误'],
    ['no text', { return_code: 'FAIL' }, 'no text'],
  ] as const)('finds nothing without err_code, and says why: %s', ([, xml, words]) => {
    const why = `a failure without err_code: ${words}`
    expect(readQuery(xml, 'raw', record)).toEqual({ means: 'unclear', fields: xml, why })
  })

  test.for([
    [
      'one receiver',
      '<hblist><hbinfo><openid>oA</openid><amount>100</amount></hbinfo></hblist>',
      [{ openid: 'oA', amount: '100' }],
    ],
    [
      'several receivers',
      '<hblist><hbinfo><openid>oA</openid></hbinfo><hbinfo><openid>oB</openid></hbinfo></hblist>',
      [{ openid: 'oA' }, { openid: 'oB' }],
    ],
    ['a receiver of whom nothing is said', '<hblist><hbinfo></hbinfo></hblist>', [{}]],
    ['an empty list', '<hblist></hblist>', []],
    ['an empty element', '<hblist/>', []],
    ['white space', '<hblist>\n</hblist>', []],
    ['no list', '', undefined],
  ] as const)('has hblist as a list: %s', ([, hblist, expected]) => {
    const xml = parseXml(buildXml(FOUND).replace('</xml>', `${hblist}</xml>`))
    const reply = readQuery(xml, 'raw', record)
    const { fields } = reply
    expect(JSON.parse(JSON.stringify(fields))).toEqual({ ...FOUND, ...(expected && { hblist: expected }) })
  })
})

describe('over a transport', () => {
  type Posted = { path: string; body: string; timeout_ms: number }
  function answering(reply: Reply | Error) {
    const posted: Posted[] = []
    const weChat = wechatPay({
      post: async (_, path, body, timeout_ms) => {
        posted.push({ path, body, timeout_ms })
        if (reply instanceof Error) throw reply
        return reply
      },
    })
    return { posted, weChat }
  }
  const ok = (fields: Record<string, string>) => ({ status: 200, text: buildXml(fields) })

  test('a send goes out with a nonce, signed, as it was recorded', async () => {
    const { posted, weChat } = answering(ok(SENT))
    expect(await weChat.send(merchant, record, 1_234)).toEqual({
      means: 'paid',
      send_listid: '100000000020150520314766074200',
      raw: buildXml(SENT),
    })
    const [{ path, timeout_ms, body } = { path: '', timeout_ms: 0, body: '' }] = posted
    const { sign: signature, nonce_str, ...fields } = parseXml(body) as Record<string, string>
    const { scene_id: _, risk_info: _r, ...expected } = sendFields(merchant, record).fields
    expect({ path, timeout_ms }).toEqual({ path: '/mmpaymkttransfers/sendredpack', timeout_ms: 1_234 })
    expect(fields).toEqual({ ...expected, total_amount: '100', total_num: '1' })
    expect(signature).toBe(sign({ ...fields, nonce_str }, merchant.api_key))
    expect(posted).toHaveLength(1)
  })

  test('each call has a nonce of its own', async () => {
    const { posted, weChat } = answering(ok(SENT))
    await weChat.send(merchant, record, 1_000)
    await weChat.send(merchant, record, 1_000)
    expect(new Set(posted.map(({ body }) => parseXml(body).nonce_str)).size).toBe(2)
  })

  test('a query is understood', async () => {
    const { weChat } = answering(ok(FOUND))
    expect(await weChat.query(merchant, record, 1_000)).toMatchObject({ means: 'found', status: 'RECEIVED' })
  })

  test.for([
    ['HTML', { status: 200, text: '<html><body>502</body></html>' }, "no XML of WeChat's: the root is not <xml>"],
    ['nothing', { status: 200, text: '' }, "no XML of WeChat's: not one whole document"],
    ['a cut answer', { status: 200, text: buildXml(SENT).slice(0, -1) }, "no XML of WeChat's: not well-formed"],
    ['HTTP 502', { status: 502, text: buildXml(SENT) }, 'HTTP 502'],
    ['a redirect', { status: 302, text: '' }, 'HTTP 302'],
    ['HTTP 201', { status: 201, text: buildXml(SENT) }, 'HTTP 201'],
  ] as const)('%s leaves a send unknown and a query unanswered', async ([, reply, why]) => {
    const { weChat } = answering(reply)
    expect(await weChat.send(merchant, record, 1_000)).toEqual({ means: 'no_result', raw: reply.text, why })
    expect(await weChat.query(merchant, record, 1_000)).toEqual({ means: 'unclear', why })
  })

  test.for([
    ['an error with a code', Object.assign(new Error('with apiclient_key'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['a time-out', new DOMException('The operation timed out', 'TimeoutError'), 'TimeoutError'],
    ['an error without a code', new TypeError('with apiclient_key'), 'TypeError'],
  ] as const)('%s leaves both open, and is named without its message', async ([, error, why]) => {
    const { weChat } = answering(error as Error)
    expect(await weChat.send(merchant, record, 1_000)).toEqual({ means: 'no_result', why })
    expect(await weChat.query(merchant, record, 1_000)).toEqual({ means: 'unclear', why })
  })

  test('a raw answer is kept up to 2,048 characters, whole ones', async () => {
    const { weChat } = answering({ status: 200, text: `${'x'.repeat(2_047)}🧧` })
    const reply = await weChat.send(merchant, record, 1_000)
    expect(reply.raw).toBe(`${'x'.repeat(2_047)}\ufffd`)
  })
})
