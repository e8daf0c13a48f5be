// Pinned by WeChat's published vector (V1) and by vectors computed apart from this code (V2 to V5): the simulator uses the same sign.
import { expect, test } from 'vitest'
import { type Fields, nonceStr, sign } from '../../../lib/wechatpay/sign.ts'

const KEY = '192006250b4c09247ec02edce69f6a2d'

const V1: Fields = {
  appid: 'wxd930ea5d5a258f4f',
  body: 'test',
  device_info: '1000',
  mch_id: '10000100',
  nonce_str: 'ibuaiVcKdpRxkhJA',
}
const V2: Fields = {
  act_name: '新年红包',
  client_ip: '127.0.0.1',
  mch_billno: '0010010404201411170000046545',
  mch_id: '10010404',
  nonce_str: '50780e0cca98c8c8e814883e5caa672e',
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  remark: '新年红包',
  risk_info: 'posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS',
  scene_id: 'PRODUCT_2',
  send_name: '天虹百货',
  total_amount: 200,
  total_num: 1,
  wishing: '恭喜发财',
  wxappid: 'wxcbda96de0b165486',
}
const V3: Fields = {
  act_name: '新年红包',
  amt_type: 'ALL_RAND',
  mch_billno: '0010010404201411170000046545',
  mch_id: '10010404',
  nonce_str: '50780e0cca98c8c8e814883e5caa672e',
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  remark: '新年红包',
  send_name: '天虹百货',
  total_amount: 600,
  total_num: 3,
  wishing: '恭喜发财',
  wxappid: 'wxcbda96de0b165486',
}
const V4: Fields = {
  appid: 'wxcbda96de0b165486',
  bill_type: 'MCHT',
  mch_billno: '0010010404201411170000046545',
  mch_id: '10010404',
  nonce_str: '50780e0cca98c8c8e814883e5caa672e',
}
const V5: Fields = { ...V2, wishing: 'A&B <新年> "🧧" ]]> 好运', remark: '' }

test.for([
  ['V1, published by WeChat', V1, '9A0A8659F005D6984697E2CA0A9CF3B7'],
  ['V2, a normal red packet', V2, '2CDB532A7B505C1B0CFD3C41D6B977CD'],
  ['V3, a fission red packet', V3, '318188ADB8AF99D754D2C3144C9B9EDA'],
  ['V4, a query', V4, '9E3D413007A7D47C0F19E7B86AD5AA3D'],
  ['V5, text that XML would escape', V5, 'EA3D8C94F36866E13117730E96989639'],
] as const)('%s is signed as it is known to be', ([, fields, expected]) => {
  expect(sign(fields, KEY)).toBe(expected)
})

test('the order of the fields does not matter', () => {
  expect(sign(Object.fromEntries(Object.entries(V2).reverse()), KEY)).toBe(sign(V2, KEY))
})

test('sign itself, undefined and empty values are left out; zero is not', () => {
  expect(sign({ ...V1, sign: 'X', absent: undefined, empty: '' }, KEY)).toBe(sign(V1, KEY))
  expect(sign({ ...V1, zero: 0 }, KEY)).not.toBe(sign(V1, KEY))
})

test('names are sorted as bytes: capitals before lower case', () => {
  // printf 'B=1&a=2&key=192006250b4c09247ec02edce69f6a2d' | md5sum
  expect(sign({ a: 2, B: 1 }, KEY)).toBe('0F7E9869007958346896553E5BB9BAD2')
})

test('a nonce is 32 hex digits and never the same', () => {
  const nonces = Array.from({ length: 1_000 }, nonceStr)
  expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true)
  expect(new Set(nonces).size).toBe(1_000)
})
