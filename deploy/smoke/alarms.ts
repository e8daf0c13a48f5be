// The alarms of the deployment: that they are there, that none is raised, and that somebody is told.
import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { explained } from '../check/aws.ts'
import { stackOf } from '../check/stage.ts'
import type { Finding } from '../finding.ts'

/** More pages than this has no stage; each has up to 100 alarms. */
const PAGES_MAX = 10
/** These count silence as a fault, and a new deployment has been silent for its first ten minutes. */
const SILENT_AT_FIRST = /-(SettleAlarm|CampaignWorkerAlarm)-/

export async function* examineAlarms(
  stage: string,
  cloudwatch: Pick<CloudWatchClient, 'send'>,
): AsyncGenerator<Finding> {
  const check = 'alarms'
  let alarms: MetricAlarm[]
  try {
    alarms = await alarmsOf(`${stackOf(stage)}-`, cloudwatch)
  } catch (error) {
    yield { check, state: 'bad', ...explained(error, 'cloudwatch:DescribeAlarms') }
    return
  }
  if (alarms.length === 0) {
    const text = `There is no alarm whose name begins with ${stackOf(stage)}-`
    yield { check, state: 'bad', text, fix: 'are stage and region those of the deployment? Then deploy again' }
    return
  }
  const [raised, unknown] = ['ALARM', 'INSUFFICIENT_DATA'].map((state) => alarms.filter((a) => a.StateValue === state))
  for (const { AlarmName = '', AlarmDescription = '', StateReason = '' } of raised ?? []) {
    const fix = SILENT_AT_FIRST.test(AlarmName)
      ? 'in the first ten minutes of a deployment this is silence: run it again after that. Later: docs/operations.md'
      : 'docs/operations.md has a part for it'
    yield { check, state: 'bad', text: `${AlarmName} is raised. ${AlarmDescription} (${StateReason})`, fix }
  }
  if (unknown && unknown.length > 0)
    yield {
      check,
      state: 'none',
      text: `${unknown.length} alarms have no data yet: nothing has happened that they count`,
    }
  if (raised?.length === 0) yield { check, state: 'good', text: `${alarms.length} alarms, none of them raised` }
  if (alarms.every(({ AlarmActions = [] }) => AlarmActions.length === 0))
    yield {
      check,
      state: 'doubt',
      text: 'Nobody is told of an alarm',
      fix: `set alarm_email or alarm_topic in deploy/${stage}.yml, and deploy again`,
    }
}

async function alarmsOf(prefix: string, cloudwatch: Pick<CloudWatchClient, 'send'>): Promise<MetricAlarm[]> {
  const found: MetricAlarm[] = []
  let token: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { MetricAlarms = [], NextToken } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, MaxRecords: 100, ...(token && { NextToken: token }) }),
    )
    found.push(...MetricAlarms)
    if (NextToken === undefined) break
    token = NextToken
  }
  return found
}
