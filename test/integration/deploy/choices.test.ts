// The choices of a stage in the packaged template: a few packaged by the framework, every combination composed by the same code, each
// checked as a deployment would check it. No CloudFormation can be had from npm or Debian to deploy it to.
import { beforeAll, describe, expect, it } from 'vitest'
import { faultsOf, type Template } from '../../support/cloudformation.ts'
import { ruleFaults } from '../../support/template-rules.ts'
import { type Choices, composedTemplate, FEWEST, packagedTemplate, STAGE } from '../../support/templates.ts'

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:on-call'
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const SUBNETS = { subnets: 'subnet-0a1, subnet-0b2', security_groups: 'sg-0c3' }

const ALARMS: Choices[] = [{}, { alarm_topic: TOPIC }, { alarm_email: 'on-call@example.com' }]
const EGRESS: Choices[] = [{}, { nat_gateways: 1 }, { nat_gateways: 2 }, SUBNETS]
const KEYS: Choices[] = [{}, { kms_key: 'new' }, { kms_key: KEY }]
const EVENTS: Choices[] = [{}, { events: true }, { events: 'packet.sent, campaign.done', events_openid: true }]
const DASHBOARD: Choices[] = [{}, { dashboard: true }]
const every = (...choices: Choices[][]) =>
  choices.reduce<Choices[]>((all, more) => all.flatMap((one) => more.map((other) => ({ ...one, ...other }))), [{}])

/** FEWEST with each choice of alarms: these are written into each alarm by the framework. */
const fewest: Template[] = []
beforeAll(async () => {
  for (const alarms of ALARMS) fewest.push(await packagedTemplate(STAGE, { ...FEWEST, ...alarms }))
})

/** Of two packagings only this differs. */
function withoutTime(template: Template): Template {
  return JSON.parse(JSON.stringify(template).replace(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'))
}
const ofType = ({ Resources }: Template, type: string) =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type)
const propertiesOf = (template: Template, id: string) => template.Resources[id]?.Properties ?? {}

it.each<[string, Choices, number]>([
  ['all that can be made', { ...ALARMS[2], ...EGRESS[2], ...KEYS[1], ...EVENTS[1], ...DASHBOARD[1] }, 2],
  ['all that is there already', { ...ALARMS[1], ...EGRESS[3], ...KEYS[2], ...EVENTS[2] }, 1],
])('a template with %s is composed as it is packaged', async (_, choices, alarms) => {
  const packaged = await packagedTemplate(STAGE, { ...FEWEST, ...choices })
  // CloudFormation takes 500 resources and a megabyte.
  expect(Object.keys(packaged.Resources).length).toBeLessThan(400)
  expect(JSON.stringify(packaged).length).toBeLessThan(500_000)
  expect(withoutTime(composedTemplate(fewest[alarms] as Template, choices))).toEqual(withoutTime(packaged))
})

it('every combination can be deployed: types, references, policies, indexes, schedules', () => {
  const combinations = every(EGRESS, KEYS, EVENTS, DASHBOARD)
  const faults = combinations.flatMap((choices) =>
    fewest.flatMap((base, alarms) => {
      const template = composedTemplate(base, { ...ALARMS[alarms], ...choices })
      return [...faultsOf(template), ...ruleFaults(template)].map((fault) => `${JSON.stringify(choices)}: ${fault}`)
    }),
  )
  expect(faults).toEqual([])
  expect(combinations).toHaveLength(72)
})

describe('by default', () => {
  it('nothing is made that costs by the hour', async () => {
    const made = ['AWS::EC2::NatGateway', 'AWS::EC2::EIP', 'AWS::KMS::Key', 'AWS::Pipes::Pipe', 'AWS::SNS::Topic']
    const template = await packagedTemplate(STAGE)
    expect(made.flatMap((type) => ofType(template, type))).toEqual([])
    expect(ofType(template, 'AWS::CloudWatch::Dashboard')).toHaveLength(1)
    expect([...faultsOf(template), ...ruleFaults(template)]).toEqual([])
  })
})

describe('numbers', () => {
  let template: Template
  beforeAll(async () => {
    const numbers = { throttle_rate_per_s: 30, log_retention_days: 400, settle_concurrency: 'none', settle_entries: 2 }
    template = await packagedTemplate('prod', { ...numbers, alarm_topic: TOPIC })
  })

  it('reach the API, the logs and settle', () => {
    expect(propertiesOf(template, 'HttpApiStage').DefaultRouteSettings).toEqual({
      DetailedMetricsEnabled: true,
      ThrottlingRateLimit: 30,
      ThrottlingBurstLimit: 200,
    })
    expect(propertiesOf(template, 'SettleLambdaFunction')).not.toHaveProperty('ReservedConcurrentExecutions')
    expect(ofType(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties?.RetentionInDays)).toEqual(
      Array(17).fill(400),
    )
    const inputs = ofType(template, 'AWS::Events::Rule').flatMap(
      ([, { Properties }]) => Properties?.Targets as Target[],
    )
    expect(inputs.map(({ Id, Input }) => [Id, Input && JSON.parse(Input)])).toEqual([
      ['settleSchedule', { shards: [...'01234567'], of: 2 }],
      ['settleSchedule', { shards: [...'89abcdef'], of: 2 }],
      ['campaignWorkerSchedule', undefined],
    ])
    expect([...faultsOf(template), ...ruleFaults(template)]).toEqual([])
  })

  it('and a topic is told of every alarm, of this stage alone', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm')
    expect(alarms).toHaveLength(18)
    for (const [, { Properties }] of alarms) {
      expect(Properties).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] })
      expect(JSON.stringify(Properties)).not.toContain('"dev"')
    }
  })
})
type Target = { Id: string; Input?: string }

it('a choice that is none stops the packaging', async () => {
  await expect(packagedTemplate(STAGE, { kms_key: 'mine' })).rejects.toThrow(
    'kms_key is "mine", and has to be none, new,',
  )
})
