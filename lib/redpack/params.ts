// What callers may ask, declared once: types, validation, the API description and the command line's help come from here.
import * as v from 'valibot'
import { isYuan, toFen } from './money.ts'

export const GATEWAY_TYPES = [
  'weixin_tenpay',
  'weixin_tenpay_js',
  'weixin_tenpay_native',
  'weixin_tenpay_app',
  'weixin_tenpay_wap',
] as const

/** The merchant set-up that pays: the page's GatewayType. */
export const GatewayType = v.picklist(GATEWAY_TYPES, `须为 ${GATEWAY_TYPES.join('、')} 之一`)
export type GatewayType = v.InferOutput<typeof GatewayType>

/** Text that WeChat can be sent: `length_min` to `length_max` characters (code points), no control characters, legal in XML 1.0. */
function text(length_max: number, description: string, length_min = 1) {
  return v.pipe(
    v.string('须为字符串'),
    v.check((value) => value.length >= length_min, '不能为空'),
    v.check(
      (value) => value.length <= 2 * length_max && [...value].length <= length_max,
      `不能超过 ${length_max} 个字符`,
    ),
    v.check((value) => value.isWellFormed() && !/[\p{Cc}\uFFFE\uFFFF]/u.test(value), '含有控制字符或不完整的字符'),
    v.metadata({ minLength: length_min, maxLength: length_max }),
    v.description(description),
  )
}

/** Left out, null as in a record, and empty as in a form or a cell are the same. */
function optionalText(length_max: number, description: string) {
  return v.pipe(
    v.nullish(text(length_max, description, 0)),
    v.transform((value) => value || undefined),
  )
}

const common = {
  re_openid: text(32, '红包接受人（裂变红包时是种子用户）在公众号下的 openid'),
  send_name: text(32, '商户名称，红包发送者名称'),
  official_account_id: text(32, '公众号 appid'),
  total_amount: v.pipe(
    v.number('须为数字，单位元'),
    v.check(isYuan, '须为大于 0、不超过 1000000 且最多两位小数的金额，单位元'),
    v.transform(toFen),
    v.metadata({ exclusiveMinimum: 0, maximum: 1_000_000, multipleOf: 0.01 }),
    v.description('付款金额，单位元，最多两位小数'),
  ),
  act_name: text(32, '活动名称'),
  remark: text(256, '备注'),
  wishing: text(128, '红包祝福语'),
  scene_id: optionalText(32, '场景 id（PRODUCT_1 至 PRODUCT_8）；单个红包高于 200 元或低于 1 元时微信要求必传'),
  risk_info: optionalText(128, '活动信息，整体做过一次 URL 编码的 k=v&k=v'),
  gateway_type: v.pipe(v.optional(GatewayType, 'weixin_tenpay'), v.description('微信支付商户类型')),
}

const people = v.pipe(v.number('须为整数'), v.integer('须为整数'))

/** A key that has to be there and is not. */
export const MISSING = '缺少这个必填参数'

/** What `sendRedPack` takes (the page's table): total_amount in yuan goes in; fen, and gateway_type filled in, come out. */
export const SendParams = v.variant(
  'type',
  [
    v.strictObject({
      type: v.pipe(v.literal('normal'), v.description('普通红包')),
      ...common,
      total_num: v.pipe(
        people,
        v.value(1, '普通红包的 total_num 须为 1'),
        v.description('红包发放总人数，普通红包为 1'),
      ),
    }),
    v.strictObject({
      type: v.pipe(v.literal('fission'), v.description('裂变红包')),
      ...common,
      total_num: v.pipe(
        people,
        v.minValue(3, '裂变红包的 total_num 须为 3 至 20'),
        v.maxValue(20, '裂变红包的 total_num 须为 3 至 20'),
        v.description('红包发放总人数，裂变红包为 3 至 20'),
      ),
    }),
  ],
  ({ received }) => (received === 'undefined' ? MISSING : '须为 normal 或 fission'),
)
export type SendParamsInput = v.InferInput<typeof SendParams>
export type SendParams = v.InferOutput<typeof SendParams>

/** An integer written in decimal in a query string. */
function decimal(min: number, max: number, otherwise: string, description: string) {
  const message = `须为 ${min} 至 ${max} 的整数`
  return v.pipe(
    v.optional(v.string(message), otherwise),
    v.regex(/^\d{1,16}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
    v.description(description),
  )
}

/** `GET /redpacks?limit=&offset=`. */
export const ListParams = v.strictObject({
  limit: decimal(1, 1000, '20', '返回资源的个数，默认 20，最大 1000'),
  offset: decimal(0, Number.MAX_SAFE_INTEGER, '0', '起始偏移值，默认 0'),
})
export type ListParams = v.InferOutput<typeof ListParams>

/** `GET /redpacks/{id}`. */
export const GetParams = v.strictObject({ id: text(64, '红包记录 ID') })
export type GetParams = v.InferOutput<typeof GetParams>

const oneOfTwo = 'id 与 mch_billno 须且只须传一个'

/** `GET /redpacks/status`: exactly one of the two. */
export const StatusParams = v.pipe(
  v.strictObject({
    id: v.optional(text(64, '红包记录 ID')),
    mch_billno: v.optional(text(64, '订单 ID')),
  }),
  v.forward(
    v.partialCheck(
      [['id'], ['mch_billno']],
      ({ id, mch_billno }) => (id === undefined) !== (mch_billno === undefined),
      oneOfTwo,
    ),
    ['id'],
  ),
)
export type StatusParams = v.InferOutput<typeof StatusParams>

/** 1 to 255 visible ASCII characters without comma, which is how a gateway joins two headers into one. */
export const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x2b\x2d-\x7e]{1,255}$/))
