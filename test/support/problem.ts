// The problems of docs/openapi.yaml, written down a second time: their codes, statuses and titles are a contract.
import { expect } from 'vitest'
import type { Reply } from './service.ts'

const PROBLEMS = {
  not_a_cloud_function: [415, '不允许在非云函数环境下调用'],
  body_too_large: [400, '请求体过大'],
  wrong_content_type: [400, '请求体类型错误'],
  malformed_json: [400, '请求体不是合法的 JSON'],
  idempotency_key_missing: [400, '缺少 Idempotency-Key'],
  idempotency_key_malformed: [400, 'Idempotency-Key 格式错误'],
  invalid_parameters: [400, '参数错误'],
  certificate_missing: [400, '未配置支付证书'],
  certificate_unusable: [400, '支付证书不可用'],
  not_found: [404, '记录不存在'],
  in_progress: [409, '同一请求正在处理中'],
  key_reused: [422, 'Idempotency-Key 已用于其他参数'],
  secrets_unavailable: [503, '暂时无法读取密钥'],
  store_unavailable: [503, '暂时无法读写记录'],
  misconfigured: [503, '服务配置有误'],
} as const

/** Problems that only a send gets, and what they say of it: the record of a key that was used for others is final in these tests. */
const ONLY_OF_SENDS: Partial<Record<keyof typeof PROBLEMS, boolean>> = {
  body_too_large: false,
  wrong_content_type: false,
  malformed_json: false,
  idempotency_key_missing: false,
  idempotency_key_malformed: false,
  in_progress: true,
  key_reused: false,
}
/** Problems of any route: told of a send, they say this. */
const OF_SENDS = { store_unavailable: true } as Partial<Record<keyof typeof PROBLEMS, boolean>>

/** By code, and by status for the rest. */
const RETRY_AFTER: Record<string | number, unknown> = {
  misconfigured: undefined,
  409: expect.stringMatching(/^[1-9]\d*$/),
  503: expect.stringMatching(/^[1-9]\d*$/),
}

/** One text for every way of not being a cloud function. */
export const NOT_A_CLOUD_FUNCTION =
  '不允许在非云函数环境下调用：请求须带有效的签名（RFC 9421）；请检查 keyid、密钥和时钟（误差不超过 300 秒），并确认代理没有改动请求'

export type Fault = { pointer: string; detail: string }

/** Asserts the whole answer: status, content type, Retry-After where there is one to be, and a body of exactly these members. */
export function expectProblem(
  reply: Reply,
  code: keyof typeof PROBLEMS,
  detail: string,
  errors?: Fault[],
  maybe_sent = ONLY_OF_SENDS[code],
): void {
  const [status, title] = PROBLEMS[code]
  expect({
    status: reply.status,
    type: reply.headers['content-type'],
    retry_after: reply.headers['retry-after'],
    body: reply.body,
  }).toEqual({
    status,
    type: 'application/problem+json; charset=utf-8',
    retry_after: code in RETRY_AFTER ? RETRY_AFTER[code] : RETRY_AFTER[status],
    body: {
      type: `urn:redpack:problem:${code}`,
      title,
      status,
      detail,
      code,
      request_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      ...maybeSent(reply, code, maybe_sent),
      ...(errors && { errors }),
    },
  })
}

function maybeSent({ body }: Reply, code: keyof typeof PROBLEMS, maybe_sent: boolean | undefined) {
  if (maybe_sent !== undefined) return { maybe_sent }
  const isTold = typeof body === 'object' && body !== null && 'maybe_sent' in body
  return isTold ? { maybe_sent: OF_SENDS[code] ?? false } : {}
}

/** Asserts a 400 that names each wrong parameter. */
export function expectFaults(reply: Reply, ...faults: Fault[]): void {
  const detail = `参数错误：${faults.map((fault) => `${fault.pointer} ${fault.detail}`).join('；')}`
  expectProblem(reply, 'invalid_parameters', detail, faults)
}
