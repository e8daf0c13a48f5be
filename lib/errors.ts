// Every error that a caller can be told, by code: one table, one class.

type Row = {
  readonly status: number
  readonly title: string
  readonly retry_after_s?: number
  /** In the answer to a send: whether a record may stand that settle will carry out. Where it is thrown may know better. */
  readonly maybe_sent: boolean
}

/** `status` and `title` go out as they stand; `retry_after_s` becomes Retry-After. */
const TABLE = {
  not_a_cloud_function: { status: 415, title: '不允许在非云函数环境下调用', maybe_sent: false },
  body_too_large: { status: 400, title: '请求体过大', maybe_sent: false },
  wrong_content_type: { status: 400, title: '请求体类型错误', maybe_sent: false },
  malformed_json: { status: 400, title: '请求体不是合法的 JSON', maybe_sent: false },
  idempotency_key_missing: { status: 400, title: '缺少 Idempotency-Key', maybe_sent: false },
  idempotency_key_malformed: { status: 400, title: 'Idempotency-Key 格式错误', maybe_sent: false },
  invalid_parameters: { status: 400, title: '参数错误', maybe_sent: false },
  certificate_missing: { status: 400, title: '未配置支付证书', maybe_sent: false },
  certificate_unusable: { status: 400, title: '支付证书不可用', maybe_sent: false },
  // The record of an earlier send stands, and settle carries it out once the merchant is back.
  merchant_changed: { status: 400, title: '商户号已变更', maybe_sent: true },
  not_found: { status: 404, title: '记录不存在', maybe_sent: false },
  campaign_state: { status: 409, title: '活动当前状态不允许此操作', maybe_sent: false },
  campaign_changed: { status: 409, title: '活动已有新的操作', maybe_sent: false },
  campaign_incomplete: { status: 409, title: '活动的名单不完整', maybe_sent: false },
  campaign_similar: { status: 409, title: '近 30 天有相似的活动', maybe_sent: false },
  campaign_exists: { status: 422, title: '活动名已被使用', maybe_sent: false },
  chunk_written: { status: 422, title: '该分块已上传其他内容', maybe_sent: false },
  chunk_too_large: { status: 400, title: '分块过大', maybe_sent: false },
  in_progress: { status: 409, title: '同一请求正在处理中', retry_after_s: 1, maybe_sent: true },
  key_reused: { status: 422, title: 'Idempotency-Key 已用于其他参数', maybe_sent: true },
  secrets_unavailable: { status: 503, title: '暂时无法读取密钥', retry_after_s: 2, maybe_sent: false },
  too_many_open: { status: 503, title: '未有结果的红包过多', retry_after_s: 60, maybe_sent: false },
  stopped: { status: 503, title: '发送已被暂停', retry_after_s: 60, maybe_sent: false },
  misconfigured: { status: 503, title: '服务配置有误', maybe_sent: false },
  record_unreadable: { status: 503, title: '暂时无法处理这条记录', retry_after_s: 10, maybe_sent: true },
  // The write may have been made although its acknowledgement was lost.
  store_unavailable: { status: 503, title: '暂时无法读写记录', retry_after_s: 2, maybe_sent: true },
  internal: { status: 500, title: '服务内部错误', maybe_sent: true },
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof TABLE

export const ERROR_TABLE: Readonly<Record<ErrorCode, Row>> = TABLE

/** One thing that is wrong with a request, and where: `pointer` is a JSON Pointer (RFC 6901) into the body, query or headers. */
export type Fault = { readonly pointer: string; readonly detail: string }

export type AppErrorOptions = {
  readonly errors?: readonly Fault[]
  /** Further members of the problem. */
  readonly more?: Readonly<Record<string, unknown>>
  /** For the log; never sent out. */
  readonly cause?: unknown
  /** Of a send: the table's word, unless it is known better here. */
  readonly maybe_sent?: boolean
}

/** An error that the caller is told: its code, a sentence in Chinese, and never its cause, which is for the log. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: readonly Fault[] | undefined
  readonly more: Readonly<Record<string, unknown>> | undefined
  /** Of a send: true if a record may stand under its key that settle will carry out. */
  readonly maybe_sent: boolean

  constructor(code: ErrorCode, detail: string, { errors, more, cause, maybe_sent }: AppErrorOptions = {}) {
    super(detail, { cause })
    this.code = code
    this.errors = errors
    this.more = more
    this.maybe_sent = maybe_sent ?? TABLE[code].maybe_sent
  }
}

/** The same error, told by somebody who knows whether a record may stand. Errors of other classes come back as they are. */
export function withMaybeSent(error: unknown, maybe_sent: boolean): unknown {
  if (!(error instanceof AppError)) return error
  const { code, message, errors, cause } = error
  return new AppError(code, message, { ...(errors && { errors }), cause, maybe_sent })
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code
}

/** 400, told in one sentence and fault by fault. */
export function invalidParameters(errors: readonly Fault[]): AppError {
  const detail = errors.map((fault) => `${fault.pointer} ${fault.detail}`).join('；')
  return new AppError('invalid_parameters', `参数错误：${detail}`, { errors })
}
