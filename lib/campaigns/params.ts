// What callers may ask of campaigns, declared once, as lib/redpack/params.ts does for sends.
import * as v from 'valibot'
import { type Fen, toFen } from '../redpack/money.ts'
import { GatewayType, ListParams, SendParams } from '../redpack/params.ts'
import { COUNTED } from './counted.ts'

/** Rows of a chunk; all chunks but the last hold as many. */
export const CHUNK_ROWS = 500
export const ROWS_MAX = 1_000_000
/** Rows a second that a campaign begins unless it says otherwise: live sends have the rest of WeChat's 30. */
const RATE_DEFAULT = 25
const RATE_MAX = 30
const NAME_MAX = 64
/** In yuan: a million rows of what one send may ask for. */
const SUM_MAX = 1e12

const [normal] = SendParams.options
const { re_openid, send_name, official_account_id, total_amount, act_name, remark, wishing, scene_id, risk_info } =
  normal.entries
const people = v.pipe(
  v.number('须为整数'),
  v.integer('须为整数'),
  v.minValue(1, '须为 1 至 20'),
  v.maxValue(20, '须为 1 至 20'),
  v.description('红包发放总人数：普通红包为 1，裂变红包为 3 至 20'),
)
const type = v.pipe(v.picklist(['normal', 'fission'], '须为 normal 或 fission'), v.description('红包类型'))

/** The parameters of a send that may differ from row to row: all of them but gateway_type. */
const parameters = {
  type: v.optional(type),
  re_openid: v.optional(re_openid),
  send_name: v.optional(send_name),
  official_account_id: v.optional(official_account_id),
  total_amount: v.optional(total_amount),
  total_num: v.optional(people),
  act_name: v.optional(act_name),
  remark: v.optional(remark),
  wishing: v.optional(wishing),
  scene_id,
  risk_info,
}

/** Parameters of send that all rows share. A campaign has one merchant, so gateway_type stands here only. */
export const CampaignDefaults = v.strictObject({
  ...parameters,
  gateway_type: v.pipe(v.optional(GatewayType, 'weixin_tenpay'), v.description('微信支付商户类型')),
})
export type CampaignDefaultsInput = v.InferInput<typeof CampaignDefaults>
export type CampaignDefaults = v.InferOutput<typeof CampaignDefaults>

/** One row: the parameters that differ. Together with the defaults it has to be what SendParams takes. */
export const CampaignRow = v.strictObject(parameters)
export type CampaignRowInput = v.InferInput<typeof CampaignRow>

const sum = v.pipe(
  v.number('须为数字，单位元'),
  v.check(isSum, '须为大于 0 且最多两位小数的金额，单位元'),
  v.transform((yuan): Fen => toFen(yuan)),
  v.metadata({ exclusiveMinimum: 0, maximum: SUM_MAX, multipleOf: 0.01 }),
  v.description('全部行的金额之和，单位元'),
)

function isSum(yuan: number): boolean {
  return Number.isFinite(yuan) && yuan > 0 && yuan <= SUM_MAX && Math.round(yuan * 100) / 100 === yuan
}

const whole = (min: number, max: number, description: string) => {
  const message = `须为 ${min} 至 ${max} 的整数`
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
    v.description(description),
  )
}

const name = v.pipe(
  v.string('须为字符串'),
  v.check((value) => value.length > 0, '不能为空'),
  v.check((value) => value.length <= 2 * NAME_MAX && [...value].length <= NAME_MAX, `不能超过 ${NAME_MAX} 个字符`),
  v.check((value) => value.isWellFormed() && !/[\p{Cc}\uFFFE\uFFFF]/u.test(value), '含有控制字符或不完整的字符'),
  v.metadata({ minLength: 1, maxLength: NAME_MAX }),
  v.description('活动名：每个小程序下唯一，用过的名字不能再用'),
)

/** `POST /campaigns`. */
export const CreateCampaignParams = v.strictObject({
  name,
  defaults: v.pipe(CampaignDefaults, v.description('各行共用的发送参数')),
  rows_count: whole(1, ROWS_MAX, '行数'),
  total_amount: sum,
  rate_per_s: v.optional(whole(1, RATE_MAX, '每秒最多的微信调用次数，重复的调用也计算在内'), RATE_DEFAULT),
})
export type CreateCampaignParamsInput = v.InferInput<typeof CreateCampaignParams>
export type CreateCampaignParams = v.InferOutput<typeof CreateCampaignParams>

const rowsOf = `须为 1 至 ${CHUNK_ROWS} 行的数组`

/** `PUT /campaigns/{id}/rows/{chunk}`. The rows themselves are checked together with the campaign's defaults. */
export const UploadRowsParams = v.strictObject({
  rows: v.pipe(
    v.array(v.record(v.string(), v.unknown(), '须为 JSON 对象'), rowsOf),
    v.minLength(1, rowsOf),
    v.maxLength(CHUNK_ROWS, rowsOf),
  ),
})
export type UploadRowsParamsInput = { rows: CampaignRowInput[] }
export type UploadRowsParams = v.InferOutput<typeof UploadRowsParams>

const version = whole(1, Number.MAX_SAFE_INTEGER, '上次读到的 version')

/** `POST /campaigns/{id}/pause`, `/resume` and `/cancel`. */
export const CommandParams = v.strictObject({ version })
export type CommandParams = v.InferOutput<typeof CommandParams>

/** `POST /campaigns/{id}/start`. */
export const StartParams = v.strictObject({
  version,
  even_if_similar: v.optional(
    v.pipe(v.boolean('须为 true 或 false'), v.description('与近 30 天的某个活动相似也发送')),
    false,
  ),
})
export type StartParams = v.InferOutput<typeof StartParams>

/** `POST /campaigns/{id}/retry`. */
export const RetryParams = v.strictObject({
  version,
  err_code: v.optional(
    v.pipe(v.string('须为字符串'), v.regex(/^\w{1,64}$/, '须为微信的错误码'), v.description('只重试此错误码的行')),
  ),
})
export type RetryParams = v.InferOutput<typeof RetryParams>

/** `GET /campaigns?limit=&offset=`: as the list of red packets. */
export const ListCampaignsParams = ListParams
export type ListCampaignsParams = v.InferOutput<typeof ListCampaignsParams>

/** `GET /campaigns/{id}/rows?limit=&offset=&outcome=`. */
export const ListRowsParams = v.strictObject({
  ...ListParams.entries,
  outcome: v.optional(
    v.pipe(v.picklist(COUNTED, `须为 ${COUNTED.join('、')} 之一`), v.description('只要如此计数的行')),
  ),
})
export type ListRowsParams = v.InferOutput<typeof ListRowsParams>

const chunk = v.pipe(v.string(), v.regex(/^\d{1,4}$/, '须为从 0 起的整数'), v.transform(Number))

/** The path of a campaign, and that of one of its chunks. */
export const CampaignPath = v.object({ id: v.string() })
export const ChunkPath = v.object({ id: v.string(), chunk })

/** The parameters of a send that a row may have, in the order in which they are shown. */
export const PARAMETER_KEYS = Object.keys(parameters) as (keyof typeof parameters)[]
