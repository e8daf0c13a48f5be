// Every error that a caller can be told, by code: one table, one class.

type Row = { readonly status: number; readonly title: string; readonly retry_after_s?: number }

/** `status` and `title` go out as they stand; `retry_after_s` becomes Retry-After. */
const TABLE = {
  not_a_cloud_function: { status: 415, title: '不允许在非云函数环境下调用' },
  body_too_large: { status: 400, title: '请求体过大' },
  wrong_content_type: { status: 400, title: '请求体类型错误' },
  malformed_json: { status: 400, title: '请求体不是合法的 JSON' },
  idempotency_key_missing: { status: 400, title: '缺少 Idempotency-Key' },
  idempotency_key_malformed: { status: 400, title: 'Idempotency-Key 格式错误' },
  invalid_parameters: { status: 400, title: '参数错误' },
  certificate_missing: { status: 400, title: '未配置支付证书' },
  certificate_unusable: { status: 400, title: '支付证书不可用' },
  merchant_changed: { status: 400, title: '商户号已变更' },
  not_found: { status: 404, title: '记录不存在' },
  in_progress: { status: 409, title: '同一请求正在处理中', retry_after_s: 1 },
  key_reused: { status: 422, title: 'Idempotency-Key 已用于其他参数' },
  secrets_unavailable: { status: 503, title: '暂时无法读取密钥', retry_after_s: 2 },
  record_unreadable: { status: 503, title: '暂时无法处理这条记录', retry_after_s: 10 },
  store_unavailable: { status: 503, title: '暂时无法读写记录', retry_after_s: 2 },
  misconfigured: { status: 503, title: '服务配置有误' },
  internal: { status: 500, title: '服务内部错误' },
} as const satisfies Record<string, Row>

export type ErrorCode = keyof typeof TABLE

export const ERROR_TABLE: Readonly<Record<ErrorCode, Row>> = TABLE

/** One thing that is wrong with a request, and where: `pointer` is a JSON Pointer (RFC 6901) into the body, query or headers. */
export type Fault = { readonly pointer: string; readonly detail: string }

/** An error that the caller is told: its code, a sentence in Chinese, and never its cause, which is for the log. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: readonly Fault[] | undefined

  constructor(code: ErrorCode, detail: string, { errors, cause }: { errors?: readonly Fault[]; cause?: unknown } = {}) {
    super(detail, { cause })
    this.code = code
    this.errors = errors
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code
}

/** 400, told in one sentence and fault by fault. */
export function invalidParameters(errors: readonly Fault[]): AppError {
  const detail = errors.map((fault) => `${fault.pointer} ${fault.detail}`).join(';')
  return new AppError('invalid_parameters', `参数错误:${detail}`, { errors })
}
