import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { GetParams, IdempotencyKey, ListParams, SendParams, StatusParams } from '../../../lib/redpack/params.ts'
import { hashOf } from '../../../lib/redpack/record.ts'

const NORMAL = {
  type: 'normal',
  re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
  send_name: '天虹百货',
  official_account_id: 'wx8888888888888888',
  total_amount: 1,
  total_num: 1,
  act_name: '新年红包',
  remark: '新年红包',
  wishing: '恭喜发财',
}
const FISSION = { ...NORMAL, type: 'fission', total_amount: 6, total_num: 3 }

type Faults = { pointer: string; message: string }[]

/** Where each fault is, and what is said of it. */
function faultsOf(schema: v.GenericSchema, input: unknown): Faults {
  const { issues = [] } = v.safeParse(schema, input)
  return issues.map((issue) => ({ pointer: v.getDotPath(issue) ?? '', message: issue.message }))
}
const pointersOf = (input: unknown) => [...new Set(faultsOf(SendParams, input).map(({ pointer }) => pointer))]

const LENGTHS = {
  re_openid: 32,
  send_name: 32,
  official_account_id: 32,
  act_name: 32,
  remark: 256,
  wishing: 128,
  scene_id: 32,
  risk_info: 128,
}
const texts = Object.entries(LENGTHS)
const OPTIONAL = ['scene_id', 'risk_info']
const required = [
  're_openid',
  'send_name',
  'official_account_id',
  'total_amount',
  'total_num',
  'act_name',
  'remark',
  'wishing',
]

describe('the parameters of a send', () => {
  test('a normal packet is understood, its amount in fen and its gateway type filled in', () => {
    expect(v.parse(SendParams, NORMAL)).toEqual({ ...NORMAL, total_amount: 100, gateway_type: 'weixin_tenpay' })
  })

  test('a fission packet with everything is understood', () => {
    const whole = { ...FISSION, scene_id: 'PRODUCT_2', risk_info: 'posttime%3d1', gateway_type: 'weixin_tenpay_wap' }
    expect(v.parse(SendParams, whole)).toEqual({ ...whole, total_amount: 600 })
  })

  test.for(OPTIONAL)('%s may be null, empty or left out, which is the same', (name) => {
    const left = v.parse(SendParams, NORMAL)
    expect(v.parse(SendParams, { ...NORMAL, [name]: null })).toEqual(left)
    expect(v.parse(SendParams, { ...NORMAL, [name]: '' })).toEqual(left)
    expect(hashOf(v.parse(SendParams, { ...NORMAL, [name]: '' }))).toBe(hashOf(left))
    expect(v.parse(SendParams, { ...NORMAL, [name]: undefined })).toEqual(left)
  })

  test.for(required)('%s may be neither null nor left out', (name) => {
    const { [name]: _, ...rest } = NORMAL as Record<string, unknown>
    expect(pointersOf(rest)).toEqual([name])
    expect(pointersOf({ ...NORMAL, [name]: null })).toEqual([name])
  })

  test('all that is missing is told at once', () => {
    expect(pointersOf({ type: 'normal' }).sort()).toEqual([...required].sort())
  })

  test.for(texts)('%s holds 1 to %i characters, however many UTF-16 units or bytes they are', ([name, length_max]) => {
    for (const character of ['x', '红', '🧧']) {
      expect(pointersOf({ ...NORMAL, [name]: character })).toEqual([])
      expect(pointersOf({ ...NORMAL, [name]: character.repeat(length_max) })).toEqual([])
      expect(faultsOf(SendParams, { ...NORMAL, [name]: character.repeat(length_max + 1) })).toEqual([
        { pointer: name, message: `不能超过 ${length_max} 个字符` },
      ])
    }
    const empty = OPTIONAL.includes(name) ? [] : [{ pointer: name, message: '不能为空' }]
    expect(faultsOf(SendParams, { ...NORMAL, [name]: '' })).toEqual(empty)
  })

  test.for(texts)('%s takes every text that XML can hold', ([name]) => {
    for (const text of [
      ']]>',
      '&<>"\'',
      '🧧👨‍👩‍👧',
      ' ',
      'é\u0301',
      '\u202e',
      '\u{1fffe}',
      '\u{10ffff}',
      '__proto__',
    ]) {
      expect(pointersOf({ ...NORMAL, [name]: text })).toEqual([])
    }
  })

  test.for(texts)('%s takes no lone surrogate, no control character and no number', ([name]) => {
    for (const text of [
      '\ud83e',
      'a\udde7',
      '\udde7\ud83e',
      '\0',
      'a\nb',
      '\t',
      '\x1f',
      '\x7f',
      '\x85',
      '\ufffe',
      '\uffff',
    ]) {
      expect(faultsOf(SendParams, { ...NORMAL, [name]: text })).toEqual([
        { pointer: name, message: '含有控制字符或不完整的字符' },
      ])
    }
    for (const value of [1, true, [], {}]) {
      expect(faultsOf(SendParams, { ...NORMAL, [name]: value })).toEqual([{ pointer: name, message: '须为字符串' }])
    }
  })

  test.for([
    [0.01, 1],
    [1, 100],
    [19.99, 1_999],
    [200, 20_000],
    [1_000_000, 100_000_000],
  ] as const)('total_amount takes %s yuan', ([total_amount, fen]) => {
    expect(v.parse(SendParams, { ...NORMAL, total_amount })).toMatchObject({ total_amount: fen })
  })

  test.for([
    1.005,
    0.001,
    0,
    -0,
    -1,
    1e21,
    1_000_000.01,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '100',
    '',
    true,
    [1],
    {},
  ])('total_amount takes no %j', (total_amount) => {
    expect(pointersOf({ ...NORMAL, total_amount })).toEqual(['total_amount'])
  })

  test.for([0, 2, 3, -1, 1.5, Number.NaN, '1', true])('total_num takes no %j for a normal packet', (total_num) => {
    expect(pointersOf({ ...NORMAL, total_num })).toEqual(['total_num'])
  })

  test.for([3, 4, 19, 20])('total_num takes %i for a fission packet', (total_num) => {
    expect(v.parse(SendParams, { ...FISSION, total_num })).toMatchObject({ total_num })
  })

  test.for([0, 1, 2, 21, 3.5, Number.POSITIVE_INFINITY, '3', null])(
    'total_num takes no %j for a fission packet',
    (total_num) => {
      expect(pointersOf({ ...FISSION, total_num })).toEqual(['total_num'])
    },
  )

  test.for(['weixin_tenpay', 'weixin_tenpay_js', 'weixin_tenpay_native', 'weixin_tenpay_app', 'weixin_tenpay_wap'])(
    'gateway_type takes %s',
    (gateway_type) => {
      expect(v.parse(SendParams, { ...NORMAL, gateway_type })).toMatchObject({ gateway_type })
    },
  )

  test.for(['', 'weixin', 'WEIXIN_TENPAY', 'constructor', 1, null])('gateway_type takes no %j', (gateway_type) => {
    expect(pointersOf({ ...NORMAL, gateway_type })).toEqual(['gateway_type'])
  })

  test('a type that is missing is told as such', () => {
    const { type: _, ...rest } = NORMAL
    const fault = [{ pointer: 'type', message: '缺少这个必填参数' }]
    expect(faultsOf(SendParams, rest)).toEqual(fault)
    expect(faultsOf(SendParams, { ...NORMAL, type: undefined })).toEqual(fault)
    expect(faultsOf(SendParams, {})).toEqual(fault)
  })

  test.for(['', 'group', 'NORMAL', 'undefined', 1, null, false])('type takes no %j', (type) => {
    expect(faultsOf(SendParams, { ...NORMAL, type })).toEqual([{ pointer: 'type', message: '须为 normal 或 fission' }])
  })

  test.for(['amt_type', 'client_ip', 'id', 'mch_billno', 'outcome', 'constructor', 'toString'])(
    'there is no parameter %s',
    (name) => {
      expect(pointersOf({ ...NORMAL, [name]: 'ALL_RAND' })).toEqual([name])
    },
  )

  test('__proto__ is no parameter, and changes nothing', () => {
    const input = JSON.parse(JSON.stringify(NORMAL).replace('{', '{"__proto__":{"remark":"x","polluted":1},'))
    expect(pointersOf(input)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test.for([null, undefined, 1, 'normal', true, [], [NORMAL]])('%j is no object', (input) => {
    expect(v.is(SendParams, input)).toBe(false)
  })
})

describe('the parameters of a list', () => {
  test.for([
    [{}, { limit: 20, offset: 0 }],
    [{ limit: '1' }, { limit: 1, offset: 0 }],
    [
      { limit: '1000', offset: '9007199254740991' },
      { limit: 1000, offset: 9007199254740991 },
    ],
    [
      { limit: '007', offset: '00' },
      { limit: 7, offset: 0 },
    ],
  ] as const)('%j is understood', ([input, expected]) => {
    expect(v.parse(ListParams, input)).toEqual(expected)
  })

  test.for(['0', '1001', '-1', 'x', '', ' 1', '1 ', '1.0', '1e2', '+1', '0x10', '١', 1, null, ['1']])(
    'limit takes no %j',
    (limit) => {
      expect(faultsOf(ListParams, { limit })).toEqual([{ pointer: 'limit', message: '须为 1 至 1000 的整数' }])
    },
  )

  test.for(['-1', 'x', '', '1.5', '9007199254740992', '99999999999999999', 0, null])('offset takes no %j', (offset) => {
    expect(faultsOf(ListParams, { offset })).toEqual([
      { pointer: 'offset', message: '须为 0 至 9007199254740991 的整数' },
    ])
  })

  test('there is no other parameter', () => {
    expect(faultsOf(ListParams, { page: '1' }).map(({ pointer }) => pointer)).toEqual(['page'])
  })
})

describe('the parameters of a status', () => {
  test.for([{ id: 'ae11934940402ef9caf01466' }, { mch_billno: 'RPae11934940402ef9caf01466' }])(
    '%j is understood',
    (input) => {
      expect(v.parse(StatusParams, input)).toEqual(input)
    },
  )

  test.for([{}, { id: 'a', mch_billno: 'b' }])('%j is not exactly one of the two', (input) => {
    expect(faultsOf(StatusParams, input)).toEqual([{ pointer: 'id', message: 'id 与 mch_billno 须且只须传一个' }])
  })

  test.for([
    [{ id: '' }, 'id'],
    [{ mch_billno: '' }, 'mch_billno'],
    [{ id: 'x'.repeat(65) }, 'id'],
    [{ mch_billno: 'x'.repeat(65) }, 'mch_billno'],
    [{ mch_billno: '\0' }, 'mch_billno'],
    [{ id: 'a', page: '1' }, 'page'],
  ] as const)('%j is told at its parameter', ([input, pointer]) => {
    expect(faultsOf(StatusParams, input).map((fault) => fault.pointer)).toContain(pointer)
  })
})

describe('the parameters of a get', () => {
  test('an id is understood', () => {
    expect(v.parse(GetParams, { id: 'ae11934940402ef9caf01466' })).toEqual({ id: 'ae11934940402ef9caf01466' })
  })

  test.for([{}, { id: '' }, { id: 'x'.repeat(65) }, { id: '\ud800' }])('%j is none', (input) => {
    expect(faultsOf(GetParams, input).map(({ pointer }) => pointer)).toEqual(['id'])
  })
})

describe('an Idempotency-Key', () => {
  test.for(['a', 'x'.repeat(255), '!"#$%&\'()*+-./0~', '550e8400-e29b-41d4-a716-446655440000'])('may be %j', (key) => {
    expect(v.is(IdempotencyKey, key)).toBe(true)
  })

  test.for(['', 'x'.repeat(256), 'a b', ' a', 'a\n', 'a,b', 'é', '订单', '\x7f', 1, null])('may not be %j', (key) => {
    expect(v.is(IdempotencyKey, key)).toBe(false)
  })
})
