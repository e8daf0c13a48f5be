// What a text after `redpack find` may be.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { meaningsOf } from '../../../../cli/find/meanings.ts'

const ID = '5c474dd8e2aa136e58867af3'
const OPENID = 'onqOjjmM1tad-3ROpncN-yUfa6uI'
const named = createHash('sha256').update('campaign\0miniapp-1\0新年').digest('hex').slice(0, 24)

describe('a text', () => {
  it.each([
    [ID, [{ id: ID }, { idempotency_key: ID }, { openid: ID }]],
    [ID.toUpperCase(), [{ id: ID }, { idempotency_key: ID.toUpperCase() }, { openid: ID.toUpperCase() }]],
    [`RP${ID}`, [{ id: ID }, { idempotency_key: `RP${ID}` }, { openid: `RP${ID}` }]],
    [OPENID, [{ idempotency_key: OPENID }, { openid: OPENID }]],
    [' …Ufa6uI ', [{ idempotency_key: 'Ufa6uI' }, { openid: 'Ufa6uI' }]],
    ['order,1', [{ idempotency_key: 'order,1' }]],
    ['6uI', [{ idempotency_key: '6uI' }]],
    [`${ID}/17`, [{ idempotency_key: `${ID}/17` }, { key_prefix: `campaign/${ID}/17/` }]],
    [`campaign/${ID}/017`, [{ idempotency_key: `campaign/${ID}/017` }, { key_prefix: `campaign/${ID}/17/` }]],
    ['新年/17', [{ idempotency_key: '新年/17' }, { key_prefix: `campaign/${named}/17/` }]],
    ['', []],
  ])('%j may be %j', (text, meanings) => {
    expect(meaningsOf(text, 'miniapp-1')).toEqual(meanings)
  })

  it('may be WeChat’s number', () => {
    const listid = '1000000000202511240000000001'
    expect(meaningsOf(listid, undefined)).toEqual([
      { send_listid: listid },
      { idempotency_key: listid },
      { openid: listid },
    ])
  })

  it('names no campaign while the mini app is not known', () => {
    expect(meaningsOf('新年/17', undefined)).toEqual([{ idempotency_key: '新年/17' }])
  })
})
