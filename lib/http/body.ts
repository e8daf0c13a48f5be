// Body: so much JSON at most, and the key that names what the caller means to send.
import * as v from 'valibot'
import { KEY_PREFIX } from '../campaigns/keys.ts'
import { AppError, invalidParameters } from '../errors.ts'
import { IdempotencyKey } from '../redpack/params.ts'
import { type Event, type Middleware, rawBody, type StackRequest } from './request.ts'

const BODY_MAX_KB = 64

/** `keyed`: the request is a send, and has a key. */
export function jsonBody({ keyed, max_kb = BODY_MAX_KB }: { keyed: boolean; max_kb?: number }): Middleware {
  function readBody({ event }: StackRequest): void {
    if (keyed) event.idempotency_key = idempotencyKey(event)
    event.json = json(event, max_kb)
  }

  return { before: readBody }
}

function idempotencyKey({ headers }: Event): string {
  const key = headers['idempotency-key']
  const errors = [{ pointer: '/idempotency-key', detail: '须为 1 至 255 个可见 ASCII 字符，不含逗号' }]
  if (!key)
    throw new AppError(
      'idempotency_key_missing',
      '请求头缺少 Idempotency-Key：每次要发的红包用一个自己的 key，重试时不变',
      { errors },
    )
  if (!v.is(IdempotencyKey, key))
    throw new AppError('idempotency_key_malformed', 'Idempotency-Key 格式错误', { errors })
  if (key.startsWith(KEY_PREFIX))
    throw new AppError(
      'idempotency_key_malformed',
      `以 ${KEY_PREFIX} 开头的 Idempotency-Key 属于活动，请换用其他 key`,
      {
        errors: [{ pointer: '/idempotency-key', detail: `不能以 ${KEY_PREFIX} 开头` }],
      },
    )
  return key
}

function json(event: Event, max_kb: number): unknown {
  const type = event.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new AppError('wrong_content_type', '请求头 Content-Type 须为 application/json', {
      errors: [{ pointer: '/content-type', detail: '须为 application/json' }],
    })
  }
  const bytes = rawBody(event)
  if (bytes.length > max_kb * 1024) {
    throw new AppError('body_too_large', `请求体不能超过 ${max_kb} KB`, {
      errors: [{ pointer: '', detail: `不能超过 ${max_kb * 1024} 字节` }],
    })
  }
  const value = parse(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameters([{ pointer: '', detail: '须为 JSON 对象' }])
  }
  return value
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new AppError('malformed_json', '请求体不是合法的 UTF-8 JSON', {
      errors: [{ pointer: '', detail: '不是合法的 JSON' }],
    })
  }
}
