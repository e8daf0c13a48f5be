// A packet's story in a sentence, with Beijing's times, and what it is known by below.
import type { RedPackStatus } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import type { Kept } from '../mirror/store.ts'
import { printable } from '../printable.ts'
import { mark } from '../terminal.ts'
import { minuteOf } from '../when.ts'
import type { Found } from './find.ts'

export function sentence(found: Found, context: Context): string {
  const { record, name } = found
  const { outcome, status, re_openid, act_name, id, mch_billno, idempotency_key } = record
  const sign = outcome === 'refused' || status === 'FAILED' ? 'bad' : outcome === 'sent' ? 'good' : 'doubt'
  const fields = { name, re_openid, act_name, id, mch_billno, send_listid: record.result?.send_listid, idempotency_key }
  const lines = Object.entries(fields).flatMap(([field, value]) => {
    return value ? [`  ${field.padEnd('idempotency_key'.length)}  ${printable(value)}`] : []
  })
  return [`${mark(context.terminal, sign)} ${tell(found, context)}`, ...lines].join('\n')
}

/** The sentence alone. */
export function tell({ record, answer }: Pick<Found, 'record' | 'answer'>, context: Context): string {
  const { find } = context.m
  const { total_amount, total_num } = record
  const each = total_num > 1 ? find.shares(total_num) : ''
  return find.sentence(storyOf(record, answer, context), total_amount.toFixed(2), each)
}

function storyOf(record: Kept, answer: RedPackStatus | undefined, { m }: Context): string {
  const { find } = m
  const at = minuteOf(record.created_at)
  const { err_code = '', err_code_des = '' } = record.result ?? {}
  switch (record.outcome) {
    case 'refused':
      return find.refused(at, `${err_code} ${err_code_des}`.trim())
    case 'pending':
    case 'unknown':
      return find.unknown(at)
    case 'manual':
      return find.manual(at)
    case 'sent':
      return find.sent(timeIn(answer?.send_time) ?? at, packetOf(record, answer, m))
  }
}

function packetOf(record: Kept, answer: RedPackStatus | undefined, { find }: Context['m']): string {
  const { status, total_num, type } = record
  const at = timeIn(answer?.send_time) ?? minuteOf(record.created_at)
  const seen = short(minuteOf(record.updated_at), at)
  const receipts = Array.isArray(answer?.hblist) ? answer.hblist : []
  const received = receipts.map(({ rcv_time }) => timeIn(rcv_time) ?? '').sort()
  switch (status) {
    case 'RECEIVED':
      return received.length > 0 ? find.received(short(received.at(-1) ?? '', at)) : find.receivedBy(seen)
    case 'REFUND': {
      const back = timeIn(answer?.refund_time)
      if (type === 'fission') return find.restRefunded(receipts.length, total_num)
      return back === undefined ? find.refundedBy(seen) : find.refunded(short(back, at))
    }
    case 'RFUND_ING':
      return find.refunding
    case 'FAILED':
      return find.failed
    case 'SENDING':
      return find.sending
    case 'SENT':
      return type === 'fission' && receipts.length > 0 ? find.partly(receipts.length, total_num) : find.notOpened
    case null:
      return find.notAskedYet
  }
}

/** WeChat's own times are Beijing's: 2026-11-25 11:26:07. */
function timeIn(text: unknown): string | undefined {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d/.test(text) ? text.slice(0, 16) : undefined
}

/** The time of day alone, if the day is that of `other`. */
function short(time: string, other: string): string {
  return time.slice(0, 10) === other.slice(0, 10) ? time.slice(11) : time
}
