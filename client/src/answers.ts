// What the service takes and answers, written out so that the published declarations stand alone.
// test/unit/client/types.test.ts holds these types equal to the service's own, in both directions.

/** The merchant set-up that pays (微信支付商户类型). */
export type GatewayType =
  | 'weixin_tenpay'
  | 'weixin_tenpay_app'
  | 'weixin_tenpay_js'
  | 'weixin_tenpay_native'
  | 'weixin_tenpay_wap'

type CommonParams = {
  /** 红包接受人（裂变红包时是种子用户）在公众号下的 openid */
  re_openid: string
  /** 商户名称，红包发送者名称 */
  send_name: string
  /** 公众号 appid */
  official_account_id: string
  /** 付款金额，单位元，最多两位小数 */
  total_amount: number
  /** 活动名称 */
  act_name: string
  /** 备注 */
  remark: string
  /** 红包祝福语 */
  wishing: string
  /** 场景 id（PRODUCT_1 至 PRODUCT_8）；单个红包高于 200 元或低于 1 元时微信要求必传 */
  scene_id?: string | null | undefined
  /** 活动信息，整体做过一次 URL 编码的 k=v&k=v */
  risk_info?: string | null | undefined
  /** 微信支付商户类型 */
  gateway_type?: GatewayType | undefined
}

/** 普通红包；total_num 为 1 */
export type NormalParams = CommonParams & { type: 'normal'; total_num: number }

/** 裂变红包；total_num 为 3 至 20 */
export type FissionParams = CommonParams & { type: 'fission'; total_num: number }

/** What sendRedPack takes; total_amount in yuan. */
export type SendRedPackParams = NormalParams | FissionParams

// A key of the other kind stays, as one that is never there: `res.data.return_code` is then legal for any answer.

/** WeChat has taken the order and the money. Final. */
export type SentData = {
  return_code: string
  mch_billno: string
  send_listid: string
  id: string
  outcome: 'sent'
  err_code?: never
  err_code_des?: never
}

type NotSentData = {
  return_code?: never
  send_listid?: never
  err_code: string
  err_code_des: string
  mch_billno: string
  id: string
}

/** WeChat has said no and no money moved or will move. Final. `err_code` and `err_code_des` are WeChat’s. */
export type RefusedData = NotSentData & { outcome: 'refused' }

/** The packet may have been sent. Ask getRedPackStatus, or go on with the same idempotency key; never with another. */
export type UnknownData = NotSentData & { outcome: 'unknown' }

/** What became of a send; `outcome` tells the three apart. */
export type SendRedPackData = SentData | RefusedData | UnknownData

/** A page of the list: limit 1 to 1000 (default 20), offset 0 for the newest record. */
export type RedPackListParams = { limit?: number; offset?: number }

/** The record of one red packet: total_amount in yuan, times in whole Unix seconds, null if nothing is known. */
export type RedPackRecord = {
  act_name: string
  amt_type: string | null
  created_at: number
  gateway_type: GatewayType
  id: string
  /** The key that the packet was sent with; null once its personal data is erased, and for records of version 0.1 of the service. */
  idempotency_key: string | null
  /** The keyid of the caller who sent it first; null for records of version 0.1 of the service. */
  keyid: string | null
  mch_billno: string
  miniapp_id: string
  official_account_id: string
  outcome: 'pending' | 'sent' | 'refused' | 'unknown' | 'manual'
  raw_result: string | null
  re_openid: string
  remark: string
  result:
    | { mch_billno: string; send_listid: string; return_code: string; err_code?: never; err_code_des?: never }
    | { err_code: string; err_code_des: string; mch_billno: string; return_code?: never; send_listid?: never }
    | null
  risk_info: string | null
  scene_id: string | null
  send_name: string
  status: 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND' | null
  total_amount: number
  total_num: number
  type: 'normal' | 'fission'
  updated_at: number
  wishing: string
}

/** A record as the list shows it; `pk` is `id`. */
export type ListedRedPack = RedPackRecord & { pk: string }

/** A page of records, newest first. */
export type RedPackList = {
  meta: { limit: number; next: string | null; offset: number; previous: string | null; total_count: number }
  objects: ListedRedPack[]
}

/** Exactly one of the two. */
export type RedPackStatusParams = { id?: string | undefined; mch_billno?: string | undefined }

/** WeChat’s answer (gethbinfo), fields and strings as they came, amounts in fen; `hblist` is an array. */
export type RedPackStatus = { readonly [field: string]: string | readonly Readonly<Record<string, string>>[] }

/** Why the service said no. */
export type ProblemCode =
  | 'body_too_large'
  | 'campaign_changed'
  | 'campaign_exists'
  | 'campaign_incomplete'
  | 'campaign_similar'
  | 'campaign_state'
  | 'certificate_missing'
  | 'certificate_unusable'
  | 'chunk_too_large'
  | 'chunk_written'
  | 'idempotency_key_malformed'
  | 'idempotency_key_missing'
  | 'in_progress'
  | 'internal'
  | 'invalid_parameters'
  | 'key_reused'
  | 'malformed_json'
  | 'merchant_changed'
  | 'misconfigured'
  | 'not_a_cloud_function'
  | 'not_found'
  | 'record_unreadable'
  | 'secrets_unavailable'
  | 'stopped'
  | 'store_unavailable'
  | 'too_many_open'
  | 'wrong_content_type'

/** One thing that is wrong with a request; `pointer` is a JSON Pointer (RFC 6901). */
export type Fault = { readonly pointer: string; readonly detail: string }
