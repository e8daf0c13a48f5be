// What operators see of a record: WeChat's words, and never a whole openid.
import { expect, test } from 'vitest'
import { type Log, type Metrics, reportTo } from '../../../lib/aws/log.ts'
import type { Notice } from '../../../lib/redpack/ports.ts'
import { aRecord } from '../records.ts'

/** The log lines that a notice becomes. */
function linesOf(notice: Notice): unknown[] {
  const lines: unknown[] = []
  const write = (...line: unknown[]) => lines.push(line)
  reportTo(
    { info: write, warn: write, error: write } as unknown as Log,
    { addMetric: () => {} } as unknown as Metrics,
  )(notice)
  return lines
}

const record = aRecord('order-1', {
  outcome: 'unknown',
  err_code: 'FAIL',
  err_code_des: '用户oxTWIuGaIt6gTKsQRLau2M0yL16E不存在',
})
const told = {
  id: record.id,
  miniapp_id: record.miniapp_id,
  mch_id: '10000098',
  mch_billno: record.mch_billno,
  outcome: 'unknown',
  status: undefined,
  err_code: 'FAIL',
  err_code_des: '用户oxTW***不存在',
  total_amount: 100,
  version: 1,
  re_openid: 'oxTW***',
}

test('an outcome has the words of WeChat', () => {
  expect(linesOf({ event: 'outcome', record, from: 'pending' })).toEqual([
    ['outcome', { from: 'pending', to: 'unknown', record: told }],
  ])
})

test('an unclear reply says why, and an openid in it is shortened', () => {
  const why = 'a failure without err_code: 用户oxTWIuGaIt6gTKsQRLau2M0yL16E不存在'
  expect(linesOf({ event: 'reply_unclear', record, why })).toEqual([
    ['reply_unclear', { why: 'a failure without err_code: 用户oxTW***不存在', record: told }],
  ])
})

test('so does an alarm', () => {
  const why = 'the reply to a send: oxTWIuGaIt6gTKsQRLau2M0yL16E'
  expect(linesOf({ event: 'alarm', alarm: 'malformed_reply', record, why })).toEqual([
    ['alarm', { alarm: 'malformed_reply', why: 'the reply to a send: oxTW***', record: told }],
  ])
})
