// The choices of a stage: which there are, which file goes over which, and what is refused.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { SHARDS, shareOf } from '../../../lib/redpack/shards.ts'

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

/** What osls reads the parts of the template by: a file, or one object of a file. */
function parts(...names: string[]): string[] {
  return names.map((name) => {
    const [file, object] = name.split(':')
    return `\${file(./resources/${file})${object === undefined ? '' : `:${object}`}}`
  })
}

const DEFAULTS = {
  alarm_topic: '',
  alarm_email: '',
  alarm_actions: [],
  dashboard: true,
  tracing: true,
  throttle_rate_per_s: 100,
  throttle_burst: 200,
  settle_entries: 1,
  settle_events: [{ schedule: { rate: 'rate(1 minute)' } }],
  settle_concurrency: 3,
  log_retention_days: 90,
  nat_gateways: 0,
  subnets: [],
  security_groups: [],
  kms_key: 'none',
  key: 'none',
  events: false,
  events_openid: false,
  openid_of_events: ' ',
  resources: parts('main.yml', 'dashboard.yml'),
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

describe('a choice adds its parts of the template', () => {
  const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  it.each([
    ['dashboard: false', []],
    ['alarm_email: a@example.com', ['topic.yml', 'dashboard.yml']],
    ['nat_gateways: 1', ['dashboard.yml', 'network.yml:one', 'egress.yml:rights', 'egress.yml:made']],
    [
      'nat_gateways: 2',
      ['dashboard.yml', 'network.yml:one', 'egress.yml:rights', 'egress.yml:made', 'network.yml:second'],
    ],
    ['subnets: subnet-0a\nsecurity_groups: sg-0b', ['dashboard.yml', 'egress.yml:rights', 'egress.yml:existing']],
    ['kms_key: new', ['dashboard.yml', 'key.yml:use', 'key.yml:new']],
    [`kms_key: ${KEY}`, ['dashboard.yml', 'key.yml:use', 'key.yml:existing']],
    [
      'events: true',
      [
        'dashboard.yml',
        'events.yml:bus',
        'events.yml:packet_sent',
        'events.yml:packet_refused',
        'events.yml:packet_received',
        'events.yml:packet_refunded',
        'events.yml:campaign_done',
      ],
    ],
    [
      `events: campaign.done,packet.sent\nkms_key: ${KEY}`,
      [
        'dashboard.yml',
        'key.yml:use',
        'key.yml:existing',
        'events.yml:bus',
        'events.yml:campaign_done',
        'events.yml:packet_sent',
        'events.yml:key',
      ],
    ],
  ])('%s', (text, expected) => {
    expect(prod(text).resources).toEqual(parts('main.yml', ...expected))
  })

  it('also as a parameter, which is a text', () => {
    expect(prod('', { nat_gateways: 1, subnets: '' })).toMatchObject({ nat_gateways: 1 })
  })
})

it.each([2, 4, 8, 16])('%i entries of settle share the shards: each in one of them', (settle_entries) => {
  const { settle_events } = prod(`settle_entries: ${settle_entries}\nsettle_concurrency: none`) as {
    settle_events: { schedule: { rate: string; input: unknown } }[]
  }
  const shares = settle_events.map(({ schedule }) => shareOf(schedule.input))
  expect(shares.map(({ of }) => of)).toEqual(Array(settle_entries).fill(settle_entries))
  expect(shares.flatMap(({ shards }) => shards)).toEqual([...SHARDS])
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
    ['settle_concurrency: 2', 'settle_concurrency is 2, and has to be at least 3 for 1 settle_entries, or none'],
    ['settle_entries: 2', 'settle_concurrency is 3, and has to be at least 4 for 2 settle_entries, or none'],
    ['settle_entries: 3', 'settle_entries is 3, and has to be one of 1, 2, 4, 8, 16'],
    ['tracing: sometimes', 'tracing is "sometimes", and has to be true or false'],
    ['dashboard: yes please', 'dashboard is "yes please", and has to be true or false'],
    ['nat_gateways: 3', 'nat_gateways is 3, and has to be a whole number from 0 to 2'],
    ['subnets: subnet-0a', 'subnets and security_groups: choose both, or neither'],
    ['security_groups: sg-0a', 'subnets and security_groups: choose both, or neither'],
    ['subnets: subnet-0a subnet-0b', 'subnets is "subnet-0a subnet-0b", and has to be up to 16 ids of subnets'],
    ['security_groups: [sg-0a]', 'security_groups is ["sg-0a"], and has to be up to 5 ids of security groups'],
    ['nat_gateways: 1\nsubnets: subnet-0a\nsecurity_groups: sg-0b', 'nat_gateways and subnets: choose one'],
    ['kms_key: true', 'kms_key is true, and has to be none, new, or the ARN of a key'],
    ['kms_key: arn:aws:kms:eu-central-1:123456789012:alias/mine', 'has to be none, new, or the ARN of a key'],
    ['events: packet.lost', 'events is "packet.lost", and has to be true, false, or some of packet.sent,'],
    ['events: ""', 'events is "", and has to be true, false, or some of packet.sent,'],
    ['events_openid: 1', 'events_openid is 1, and has to be true or false'],
    ['log_retention_days: 91', 'log_retention_days is 91, and has to be one of 1, 3, 5, 7, 14, 30, 60, 90,'],
  ])('%s', (text, message) => {
    expect(() => prod(text)).toThrow(message)
  })
})
