// The choices of a stage: which there are, which file goes over which, and what is refused.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'

type Choose = (stage: string, params?: Record<string, unknown>, folder?: string) => Record<string, unknown>
const { choose }: { choose: Choose } = createRequire(import.meta.url)('../../../deploy/choices.cjs')

const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:on-call'
const folder = mkdtempSync(join(tmpdir(), 'redpack-choices-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  copyFileSync(new URL('../../../deploy/default.yml', import.meta.url), join(folder, 'default.yml'))
  rmSync(join(folder, 'prod.yml'), { force: true })
})

const prod = (text: string, params = {}) => {
  writeFileSync(join(folder, 'prod.yml'), text)
  return choose('prod', params, folder)
}

const DEFAULTS = {
  alarm_topic: '',
  alarm_email: '',
  alarm_actions: [],
  throttle_rate_per_s: 100,
  throttle_burst: 200,
  settle_concurrency: 3,
  log_retention_days: 90,
  resources: { Resources: {} },
}

it('a stage without a file has the defaults', () => {
  expect(choose('dev', {}, folder)).toEqual(DEFAULTS)
  expect(prod('# nothing yet\n')).toEqual(DEFAULTS)
})

it('a file goes over the defaults, a parameter over the file', () => {
  const chosen = prod(`alarm_topic: ${TOPIC}\nthrottle_burst: 5\nlog_retention_days: 7`, { throttle_burst: 9 })
  const told = { alarm_topic: TOPIC, alarm_actions: [TOPIC] }
  expect(chosen).toEqual({ ...DEFAULTS, ...told, throttle_burst: 9, log_retention_days: 7 })
})

it('settle has no executions set aside if none is chosen', () => {
  expect(prod('settle_concurrency: none')).toEqual({ ...DEFAULTS, settle_concurrency: null })
})

describe('a choice is refused', () => {
  it.each([
    ['alarm_topics: x', 'deploy/prod.yml: there is no choice alarm_topics; there are alarm_topic, alarm_email,'],
    ['__proto__: x', 'deploy/prod.yml: there is no choice __proto__'],
    ['- alarm_topic', 'deploy/prod.yml has to be lines of choices: name: value'],
    ['alarm_topic', 'deploy/prod.yml has to be lines of choices: name: value'],
    ['alarm_topic: on-call', 'alarm_topic is "on-call", and has to be the ARN of an SNS topic, or empty'],
    ['alarm_topic:', 'alarm_topic is null, and has to be the ARN of an SNS topic, or empty'],
    ['alarm_email: on-call', 'alarm_email is "on-call", and has to be an e-mail address, or empty'],
    [`alarm_topic: ${TOPIC}\nalarm_email: a@example.com`, 'alarm_topic and alarm_email: choose one'],
    ['throttle_rate_per_s: 0', 'throttle_rate_per_s is 0, and has to be a whole number from 1 to 10000'],
    ['throttle_rate_per_s: "5"', 'throttle_rate_per_s is "5", and has to be a whole number from 1 to 10000'],
    ['throttle_burst: 1.5', 'throttle_burst is 1.5, and has to be a whole number from 1 to 5000'],
    ['settle_concurrency: 0', 'settle_concurrency is 0, and has to be a whole number from 1 to 1000, or none'],
    ['log_retention_days: 91', 'log_retention_days is 91, and has to be one of 1, 3, 5, 7, 14, 30, 60, 90,'],
  ])('%s', (text, message) => {
    expect(() => prod(text)).toThrow(message)
  })
})
