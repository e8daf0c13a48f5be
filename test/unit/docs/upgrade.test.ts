// docs/upgrade.md: which stored records this version of the code reads.
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { RedpackRecord } from '../../../lib/redpack/record.ts'
import { aRecord } from '../records.ts'

const reads = (item: object) => v.is(RedpackRecord, item)

/** As version 0.1.0 stored it, released on 2026-11-23. */
const OF_0_1_0 = {
  id: '0'.repeat(24),
  miniapp_id: 'my-miniapp',
  mch_id: '1900000109',
  mch_billno: `RP${'0'.repeat(24)}`,
  hash: 'h',
  type: 'normal',
  gateway_type: 'weixin_tenpay',
  official_account_id: 'wxcbda96de0b165486',
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  send_name: '天虹百货',
  total_amount: 188,
  total_num: 1,
  wishing: '恭喜发财',
  act_name: '新年红包',
  remark: '新年红包',
  created_at: 1_795_000_000,
  outcome: 'sent',
  updated_at: 1_795_000_001,
  version: 2,
  writer: 'w',
  lease_until_ms: 0,
  quiet_since_ms: 0,
  doubted: false,
  checks: 0,
}

describe('a record', () => {
  const whole = aRecord('order-1')

  test('of this version is read', () => {
    expect(reads(whole)).toBe(true)
  })

  test('with an attribute that it does not know is read', () => {
    expect(reads({ ...whole, note: 'of a newer version' })).toBe(true)
  })

  test('without what was added later and is optional is read', () => {
    const { idempotency_key: _, keyid: _k, ...older } = whole
    expect(reads(older)).toBe(true)
  })

  test.each([
    ['outcome', 'reversed'],
    ['status', 'FROZEN'],
    ['open', 'audit'],
  ])('with a value of %s that it does not know is not read', (name, value) => {
    expect(reads({ ...whole, [name]: value })).toBe(false)
  })

  test('of version 0.1.0 is not read, and would be with the names of today', () => {
    expect(reads(OF_0_1_0)).toBe(false)
    expect(reads({ ...OF_0_1_0, no_call_after_ms: 0, looks: 0 })).toBe(true)
  })
})
