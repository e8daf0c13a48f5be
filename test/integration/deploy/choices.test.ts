// The choices of a stage, by file and by --param, in the packaged template.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it } from 'vitest'
import { copyOfSources, serverless } from '../../support/packaging.ts'

type Resource = { Type: string; Properties: Record<string, unknown> }

const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:on-call'
const folder = copyOfSources()
const file = join(folder, 'deploy/prod.yml')
afterEach(() => rmSync(file, { force: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function packaged(...params: string[]): Promise<Record<string, Resource>> {
  const args = ['package', '--stage', 'prod', '--region', 'eu-central-1']
  const { code, text } = await serverless(folder, [...args, ...params.flatMap((param) => ['--param', param])])
  expect(code, text).toBe(0)
  expect(text).toContain(`
  stage     prod (eu-central-1)
  table     redpack-prod
  secrets   redpack/prod/…
  WeChat    https://api.mch.weixin.qq.com
`)
  return JSON.parse(readFileSync(join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8'))
    .Resources
}

const alarmsOf = (resources: Record<string, Resource>) =>
  Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')

it('what the file of the stage chooses, in a package that says what it points at', async () => {
  writeFileSync(
    file,
    [`alarm_topic: ${TOPIC}`, 'throttle_rate_per_s: 30', 'settle_concurrency: none', 'log_retention_days: 400'].join(
      '\n',
    ),
  )

  const resources = await packaged()

  const alarms = alarmsOf(resources)
  expect(alarms.length).toBe(13)
  for (const { Properties } of alarms) expect(Properties).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] })
  expect(resources.ManualAlarm?.Properties.Dimensions).toContainEqual({ Name: 'stage', Value: 'prod' })
  expect(resources.HttpApiStage?.Properties.DefaultRouteSettings).toEqual({
    DetailedMetricsEnabled: true,
    ThrottlingRateLimit: 30,
    ThrottlingBurstLimit: 200,
  })
  expect(resources.SettleLambdaFunction?.Properties).not.toHaveProperty('ReservedConcurrentExecutions')
  expect(resources.HttpApiLogGroup?.Properties.RetentionInDays).toBe(400)
  expect(resources.SendLogGroup?.Properties.RetentionInDays).toBe(400)
})

it('a --param goes over the file of the stage', async () => {
  writeFileSync(file, 'throttle_rate_per_s: 30')

  const resources = await packaged('throttle_rate_per_s=7', 'alarm_email=on-call@example.com')

  expect(resources.HttpApiStage?.Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 7 })
  expect(resources.AlarmTopic).toEqual({
    Type: 'AWS::SNS::Topic',
    Properties: { Subscription: [{ Protocol: 'email', Endpoint: 'on-call@example.com' }] },
  })
  const told = [{ Ref: 'AlarmTopic' }]
  for (const { Properties } of alarmsOf(resources)) {
    expect(Properties).toMatchObject({ AlarmActions: told, OKActions: told })
  }
})

it('a choice that is none stops the packaging', async () => {
  writeFileSync(file, 'alarm_topics: x')

  const { code, text } = await serverless(folder, ['package', '--stage', 'prod'])

  expect(text).toContain('deploy/prod.yml: there is no choice alarm_topics; there are alarm_topic, alarm_email,')
  expect(code).toBe(1)
})
