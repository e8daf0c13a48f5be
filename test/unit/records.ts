// Records and merchants for tests: whole ones, of which a test names only what it is about.
import { fen } from '../../lib/redpack/money.ts'
import type { SendParams } from '../../lib/redpack/params.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import { ABSENT, hashOf, idOf, mchBillnoOf, type RedpackRecord } from '../../lib/redpack/record.ts'

export const MINIAPP_ID = 'miniapp-1'
export const KEYID = 'shop-1'
/** 2026-11-23 08:00:00 in Beijing. */
export const NOW_S = 1_795_392_000

/** A normal red packet of 1.00 yuan, as the schema leaves it. */
export function aSend(params: Partial<SendParams> = {}): SendParams {
  return {
    type: 'normal',
    re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
    send_name: '天虹百货',
    official_account_id: 'wx8888888888888888',
    total_amount: fen(100),
    total_num: 1,
    act_name: '新年红包',
    remark: '新年红包',
    wishing: '恭喜发财',
    scene_id: undefined,
    risk_info: undefined,
    gateway_type: 'weixin_tenpay',
    ...params,
  } as SendParams
}

/** The record of a send under `key`, just claimed: pending, version 1. */
export function aRecord(key: string, changes: Partial<RedpackRecord> = {}): RedpackRecord {
  const { miniapp_id = MINIAPP_ID } = changes
  const params = aSend()
  const id = idOf(miniapp_id, key)
  return {
    ...ABSENT,
    ...params,
    id,
    miniapp_id,
    idempotency_key: key,
    keyid: KEYID,
    mch_id: '10000098',
    mch_billno: mchBillnoOf(id),
    hash: hashOf(params),
    created_at: NOW_S,
    updated_at: NOW_S,
    outcome: 'pending',
    version: 1,
    writer: `writer of ${key}`,
    looks: 0,
    lease_until_ms: (NOW_S + 34) * 1000,
    no_call_after_ms: (NOW_S + 34) * 1000,
    open: 'outcome',
    due_at: NOW_S + 34,
    ...changes,
  }
}

export function aMerchant(changes: Partial<Merchant> = {}): Merchant {
  return {
    miniapp_id: MINIAPP_ID,
    gateway_type: 'weixin_tenpay',
    mch_id: '10000098',
    api_key: '192006250b4c09247ec02edce69f6a2d',
    cert: '',
    key: '',
    client_ip: '192.0.2.7',
    daily_limit: undefined,
    ...changes,
  }
}
