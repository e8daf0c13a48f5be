// What to do about each problem code of the service, in both languages. A code of lib/errors.ts without a row does not compile.
import type { ErrorCode } from '../../lib/errors.ts'

export type Words = { readonly en: string; readonly zh: string }

export const TO_DO: Readonly<Record<ErrorCode, Words>> = {
  not_a_cloud_function: {
    en: 'sign the request; the reason is in the service’s log under the `request_id`, event `caller_refused`',
    zh: '给请求签名；原因见服务日志（按 `request_id` 查 `caller_refused` 事件）',
  },
  body_too_large: { en: 'at most 64 KB', zh: '请求体不超过 64 KB' },
  wrong_content_type: { en: 'send `Content-Type: application/json`', zh: '请求头写 `Content-Type: application/json`' },
  malformed_json: { en: 'send JSON in UTF-8', zh: '请求体须为 UTF-8 编码的 JSON' },
  idempotency_key_missing: {
    en: 'send `Idempotency-Key`: one key for each packet that you want to send',
    zh: '加上请求头 `Idempotency-Key`：每个要发的红包一个 key',
  },
  idempotency_key_malformed: {
    en: '1 to 255 visible ASCII characters without comma',
    zh: 'key 须为 1 至 255 个可见 ASCII 字符，不含逗号',
  },
  invalid_parameters: { en: 'see `errors`: each mistake and where it is', zh: '见 `errors`：逐条列出位置与原因' },
  certificate_missing: {
    en: 'store the merchant of this gateway type (`redpack merchant put`)',
    zh: '为该支付方式配置商户（`redpack merchant put`）',
  },
  certificate_unusable: {
    en: '`detail` says what is wrong with it: dates, key or format; store a valid one (`redpack merchant put`)',
    zh: '`detail` 说明问题（有效期、私钥或格式）；换上可用的证书（`redpack merchant put`）',
  },
  merchant_changed: {
    en: 'the record belongs to a merchant number that is no longer configured: configure it again, then send the same key again',
    zh: '记录属于另一个商户号：恢复原商户号，再用同一个 key 重试',
  },
  not_found: { en: 'this caller’s mini app has no such record: check the id', zh: '该小程序没有这条记录：请核对 id' },
  campaign_state: {
    en: '`state` is the campaign’s state; this command is not possible in it',
    zh: '`state` 是活动的当前状态，在这个状态下不能执行此操作',
  },
  campaign_changed: { en: 'read the campaign again, then decide', zh: '活动已被改动：请重新读取后再决定' },
  campaign_incomplete: {
    en: 'see `errors`: upload the missing chunks, or correct `total_amount`',
    zh: '见 `errors`：补传缺少的分块，或更正 `total_amount`',
  },
  campaign_similar: {
    en: 'look at `similar`: if these people are meant to be paid again, start with `even_if_similar: true`',
    zh: '请核对 `similar`：确认要再次付款给这些人时，用 `even_if_similar: true` 启动',
  },
  campaign_exists: { en: 'choose another name; a name cannot be used again', zh: '请换一个名称；名称不能重复使用' },
  chunk_written: {
    en: 'rows never change: cancel the draft, then upload under another name',
    zh: '已上传的行不能改动：请取消草稿，换一个名称重新上传',
  },
  chunk_too_large: {
    en: 'put texts that are the same in all rows into `defaults`, or upload fewer rows in a chunk',
    zh: '把各行相同的文字放进 `defaults`，或减少每个分块的行数',
  },
  in_progress: { en: 'send the same key again after `Retry-After`', zh: '按 `Retry-After` 等待后用同一个 key 重试' },
  key_reused: {
    en: 'the key was used with other parameters: a new packet needs a new key',
    zh: '这个 key 已用于其他参数：另一个红包须用新的 key',
  },
  secrets_unavailable: {
    en: 'send the same key again after `Retry-After`; nothing was written',
    zh: '按 `Retry-After` 等待后用同一个 key 重试；没有写入任何记录',
  },
  too_many_open: {
    en: '500 sends of this merchant have no result yet; send the same key again after `Retry-After`',
    zh: '该商户有 500 笔发送尚无结果；按 `Retry-After` 等待后用同一个 key 重试',
  },
  stopped: {
    en: 'the operators have stopped sending; send the same key again after they have resumed it',
    zh: '运维人员已暂停发送；恢复后用同一个 key 重试',
  },
  misconfigured: {
    en: 'AWS refuses the service itself (access denied, no such table): tell the operators; a retry does not help before they have fixed it',
    zh: 'AWS 拒绝了服务本身的请求（无权限、没有表等）：请联系服务的运维人员；修复前重试无用',
  },
  record_unreadable: {
    en: 'another version of the service wrote this record, or it is damaged; send the same key again after `Retry-After`',
    zh: '记录由另一版本的服务写入，或已损坏；按 `Retry-After` 等待后用同一个 key 重试',
  },
  store_unavailable: {
    en: 'send the same key again after `Retry-After`; a record may exist',
    zh: '按 `Retry-After` 等待后用同一个 key 重试；记录可能已写入',
  },
  internal: {
    en: 'a bug of the service: send the same key again, and look up the `request_id` in its log',
    zh: '服务内部错误：用同一个 key 重试，并按 `request_id` 查服务日志',
  },
}
