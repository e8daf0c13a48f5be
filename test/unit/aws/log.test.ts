// What operators see of a record: WeChat's words, and never a whole openid.
import { expect, test } from 'vitest'
import { type Log, type Metrics, reportTo, timed } from '../../../lib/aws/log.ts'
import { fen } from '../../../lib/redpack/money.ts'
import type { Notice, WeChatPay } from '../../../lib/redpack/ports.ts'
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

/** The metrics that a notice becomes: name, unit, value. */
function metricsOf(notice: Notice): unknown[] {
  const added: unknown[] = []
  const log = { info: () => {}, warn: () => {}, error: () => {} } as unknown as Log
  const metrics = { addMetric: (...metric: unknown[]) => added.push(metric) } as unknown as Metrics
  reportTo(log, metrics, (err_code) => err_code === 'NOTENOUGH')(notice)
  return added
}

test('a packet that is sent counts with its yuan', () => {
  const sent = aRecord('order-1', { outcome: 'sent' })
  expect(metricsOf({ event: 'outcome', record: { ...sent, total_amount: fen(1234) }, from: 'pending' })).toEqual([
    ['sent', 'Count', 1],
    ['sent_yuan', 'None', 12.34],
  ])
})

test.each([
  [
    'NOTENOUGH',
    [
      ['refused', 'Count', 1],
      ['NOTENOUGH', 'Count', 1],
    ],
  ],
  ['OPENID_ERROR', [['refused', 'Count', 1]]],
  [undefined, [['refused', 'Count', 1]]],
])('a refusal with %s counts under its code only if that blames the merchant', (err_code, expected) => {
  const refused = aRecord('order-1', { outcome: 'refused', err_code })
  expect(metricsOf({ event: 'outcome', record: refused, from: 'pending' })).toEqual(expected)
})

test('a call to WeChat is measured until its reply is there, whatever it is', async () => {
  const added: unknown[] = []
  const clock = { ms: 1_000.4 }
  const answer = (ms: number) => async () => {
    clock.ms += ms
    return { means: 'no_result', raw: undefined }
  }
  const wechat = { send: answer(90.3), query: answer(10_000) } as unknown as WeChatPay
  const metrics = { addMetric: (...metric: unknown[]) => added.push(metric) } as unknown as Metrics
  const measured = timed(wechat, metrics, () => clock.ms)
  const call = [] as unknown as Parameters<WeChatPay['send']>
  expect(await measured.send(...call)).toEqual({ means: 'no_result', raw: undefined })
  await measured.query(...call)
  expect(added).toEqual([
    ['wechat_send_ms', 'Milliseconds', 90],
    ['wechat_query_ms', 'Milliseconds', 10_000],
  ])
})
