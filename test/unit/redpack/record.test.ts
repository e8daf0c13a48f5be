import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOf, idOf, idOfMchBillno, isId, mchBillnoOf } from '../../../lib/redpack/record.ts'
import { aSend } from '../records.ts'

describe('an id', () => {
  // printf 'redpack\0local-miniapp\0order-1' | sha256sum, and so on.
  test.for([
    ['local-miniapp', 'order-1', 'ae11934940402ef9caf01466'],
    ['小程序', '订单-🧧', 'a771d12a41d55cecc13c98c0'],
    ['', '', '7a4b0a463ee58193cecfb480'],
  ] as const)('of %j and %j is what sha256sum says', ([miniapp_id, key, expected]) => {
    expect(idOf(miniapp_id, key)).toBe(expected)
  })

  test('is 24 hex digits, and its number 26 characters that WeChat takes', async () => {
    await fc.assert(
      fc.property(fc.string(), fc.string(), (miniapp_id, key) => {
        const id = idOf(miniapp_id, key)
        expect(isId(id)).toBe(true)
        expect(mchBillnoOf(id)).toMatch(/^RP[0-9a-f]{24}$/)
        expect(idOfMchBillno(mchBillnoOf(id))).toBe(id)
      }),
    )
  })

  test('of one key is another for each mini app, and the parts do not run together', () => {
    const ids = [idOf('a', 'bc'), idOf('ab', 'c'), idOf('abc', ''), idOf('', 'abc'), idOf('A', 'bc'), idOf('a', 'Bc')]
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.for([
    '',
    'ae11934940402ef9caf01466',
    'RP',
    'RPae11934940402ef9caf0146',
    'RPae11934940402ef9caf014666',
    'RPAE11934940402EF9CAF01466',
    'rpae11934940402ef9caf01466',
    ' RPae11934940402ef9caf01466',
    'RPae11934940402ef9caf01466\n',
    'RPge11934940402ef9caf01466',
  ])('has no number %j', (mch_billno) => {
    expect(idOfMchBillno(mch_billno)).toBeUndefined()
  })

  test.for([
    '',
    'book#local-miniapp',
    'AE11934940402EF9CAF01466',
    'ae11934940402ef9caf0146',
    'ae11934940402ef9caf01466\n',
  ])('is never %j', (id) => {
    expect(isId(id)).toBe(false)
  })
})

describe('a hash', () => {
  // printf '[["act_name","新年红包"],["gateway_type","weixin_tenpay"],…]' | sha256sum, the JSON without white space.
  test('is what sha256sum says', () => {
    expect(hashOf(aSend())).toBe('07f82273554e898e024f38a7a841df1f0022fb949d43ce7dbbdfe842b92db88e')
  })

  test('does not depend on the order of the parameters', async () => {
    const params = aSend({ scene_id: 'PRODUCT_1', risk_info: 'a%3d1' })
    const entries = Object.entries(params)
    await fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(hashOf(Object.fromEntries(shuffled) as typeof params)).toBe(hashOf(params))
      }),
    )
  })

  test('does not tell undefined from absent', () => {
    const { scene_id: _, risk_info: _r, ...absent } = aSend()
    expect(hashOf(absent as ReturnType<typeof aSend>)).toBe(hashOf(aSend()))
  })

  test.for(Object.keys(aSend()))('is another when %s is another', (name) => {
    expect(hashOf({ ...aSend(), [name]: 'another' } as ReturnType<typeof aSend>)).not.toBe(hashOf(aSend()))
  })

  test('is another when two values change places', () => {
    expect(hashOf(aSend({ remark: 'a', wishing: 'b' }))).not.toBe(hashOf(aSend({ remark: 'b', wishing: 'a' })))
  })
})
