// What is looked at after a deployment; the command line, the service and CloudWatch say what the tests want.
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../deploy/finding.ts'
import { examineAlarms } from '../../../deploy/smoke/alarms.ts'
import type { Command, Said } from '../../../deploy/smoke/command.ts'
import { examineByDoctor, examineQueries, examineSend } from '../../../deploy/smoke/service.ts'
import { VERSION } from '../../../lib/http/version.ts'

async function all(findings: AsyncGenerator<Finding>): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of findings) found.push(finding)
  return found
}
const states = (findings: readonly Finding[]) => findings.map(({ check, state }) => `${check} ${state}`)
const said = (json: unknown, exit_code = 0): Said => ({ json, exit_code, text: '' })
const failed = (code: string) => said({ error: { code, message: `about ${code}` } }, 1)

describe('the doctor', () => {
  it('is repeated, with what it advises', async () => {
    const findings = [
      { check: 'endpoint', state: 'good', text: 'answers' },
      { check: 'clock', state: 'bad', text: 'the clock is off', hint: 'set it' },
    ]
    expect(await all(examineByDoctor(async () => said({ ok: false, findings }, 1)))).toEqual([
      { check: 'service', state: 'good', text: 'answers' },
      { check: 'service', state: 'bad', text: 'the clock is off', fix: 'set it' },
    ])
  })

  it.each([
    ['cannot begin', failed('no_profile'), 'about no_profile'],
    ['does not start', { exit_code: 1, json: undefined, text: 'Error: bad' }, 'Error: bad'],
  ])('that %s is bad', async (_, answer, text) => {
    const [finding, ...more] = await all(examineByDoctor(async () => answer))
    expect(more).toEqual([])
    expect(finding).toMatchObject({ check: 'service', state: 'bad', text: expect.stringContaining(text) })
    expect(finding?.fix).toBeTruthy()
  })
})

describe('the queries', () => {
  const answers =
    (get: Said, status: Said, campaign: Said): Command =>
    async (args) =>
      ({ get, status, campaign })[args[0] as 'get'] ?? failed('unexpected')
  const list = said({ objects: [] })

  it('for what does not exist are not found: good', async () => {
    const found = await all(examineQueries(answers(failed('not_found'), failed('not_found'), list)))
    expect(states(found)).toEqual(['query good', 'query good', 'query good'])
  })

  it.each(['unreachable', 'misconfigured', 'internal', 'not_a_cloud_function'])(
    'that end in %s are bad',
    async (code) => {
      const found = await all(examineQueries(answers(failed(code), failed(code), failed(code))))
      expect(states(found)).toEqual(['query bad', 'query bad', 'query bad'])
      expect(found[0]?.fix).toContain('npx serverless logs --function get')
    },
  )

  it('that find something are bad: nothing can have these numbers', async () => {
    const found = await all(examineQueries(answers(said({ id: 'x' }), said({ status: 'SENT' }), list)))
    expect(states(found)).toEqual(['query bad', 'query bad', 'query good'])
  })
})

describe('send', () => {
  const signed: Command = async () => said({ url: 'https://pay.example.com/redpack/redpacks' })
  const answering = (status: number, headers = {}) => {
    const asked: [string, RequestInit][] = []
    const fetcher = async (url: string, init: RequestInit) => {
      asked.push([url, init])
      return new Response('{}', { status, headers })
    }
    return { asked, fetcher: fetcher as typeof fetch }
  }
  const version = { 'redpack-version': VERSION }

  it('answers 415 to a caller without a signature: good, with the version', async () => {
    const { asked, fetcher } = answering(415, version)
    expect(await all(examineSend(signed, fetcher, VERSION))).toEqual([
      { check: 'query', state: 'good', text: `send answers 415 to a caller without a signature (version ${VERSION})` },
    ])
    const [[url, { method, headers } = {}] = []] = asked
    expect({ url, method, headers }).toEqual({
      url: 'https://pay.example.com/redpack/redpacks',
      method: 'POST',
      headers: undefined,
    })
  })

  it.each([
    ['of another server', 415, {}, 'that was not the service'],
    ['of API Gateway without a filing', 403, {}, 'that was not the service'],
    ['that is a bug', 500, version, `send answers 500, version ${VERSION}`],
    ['that was accepted', 200, version, 'send answers 200'],
  ])('an answer %s is bad', async (_, status, headers, text) => {
    const [finding] = await all(examineSend(signed, answering(status, headers).fetcher, VERSION))
    expect(finding).toMatchObject({ state: 'bad', text: expect.stringContaining(text), fix: expect.any(String) })
  })

  it('of another version than the checkout is in doubt: right after a rollback, wrong after a deployment', async () => {
    const found = await all(examineSend(signed, answering(415, version).fetcher, '99.0.0'))
    expect(states(found)).toEqual(['query good', 'query doubt'])
    expect(found[1]?.text).toBe(`Version ${VERSION} answers, and this checkout is version 99.0.0`)
  })

  it('that cannot be reached, or is not known, is bad', async () => {
    const fails = (() => Promise.reject(new TypeError('fetch failed'))) as typeof fetch
    expect(states(await all(examineSend(signed, fails, VERSION)))).toEqual(['query bad'])
    expect(states(await all(examineSend(async () => failed('not_configured'), fails, VERSION)))).toEqual(['query bad'])
  })
})

describe('the alarms', () => {
  const alarm = (name: string, StateValue: string, AlarmActions: string[] = ['arn:aws:sns:r:1:t']) => ({
    AlarmName: `redpack-prod-${name}-1ABC`,
    AlarmDescription: `About ${name}.`,
    StateReason: 'a threshold',
    StateValue,
    AlarmActions,
  })
  /** Pages of alarms, as CloudWatch gives them. */
  const cloudwatch = (...pages: object[][]) => {
    const asked: unknown[] = []
    const send = async ({ input }: { input: { NextToken?: string } }) => {
      asked.push(input)
      const page = Number(input.NextToken ?? 0)
      return { MetricAlarms: pages[page], ...(page + 1 < pages.length && { NextToken: String(page + 1) }) }
    }
    return { asked, client: { send } as never }
  }

  it('of all pages are looked at, those of the stage', async () => {
    const { asked, client } = cloudwatch([alarm('ManualAlarm', 'OK')], [alarm('SendErrorAlarm', 'OK')])
    expect(await all(examineAlarms('prod', client))).toEqual([
      { check: 'alarms', state: 'good', text: '2 alarms, none of them raised' },
    ])
    expect(asked).toEqual([
      { AlarmNamePrefix: 'redpack-prod-', MaxRecords: 100 },
      { AlarmNamePrefix: 'redpack-prod-', MaxRecords: 100, NextToken: '1' },
    ])
  })

  it('that are raised are bad, each with its description', async () => {
    const { client } = cloudwatch([alarm('ManualAlarm', 'ALARM'), alarm('SettleAlarm', 'ALARM'), alarm('X', 'OK')])
    const found = await all(examineAlarms('prod', client))
    expect(states(found)).toEqual(['alarms bad', 'alarms bad'])
    expect(found[0]?.text).toBe('redpack-prod-ManualAlarm-1ABC is raised. About ManualAlarm. (a threshold)')
    expect(found[0]?.fix).toContain('docs/operations.md')
    expect(found[1]?.fix).toContain('first ten minutes')
  })

  it('without data are none, and no fault', async () => {
    const { client } = cloudwatch([alarm('ManualAlarm', 'INSUFFICIENT_DATA')])
    expect(states(await all(examineAlarms('prod', client)))).toEqual(['alarms none', 'alarms good'])
  })

  it('that nobody hears are in doubt', async () => {
    const { client } = cloudwatch([alarm('ManualAlarm', 'OK', [])])
    expect(states(await all(examineAlarms('prod', client)))).toEqual(['alarms good', 'alarms doubt'])
  })

  it('that are not there, or cannot be read, are bad', async () => {
    expect(states(await all(examineAlarms('prod', cloudwatch([]).client)))).toEqual(['alarms bad'])
    const denied = { send: () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })) } as never
    const [finding] = await all(examineAlarms('prod', denied))
    expect(finding?.fix).toContain('cloudwatch:DescribeAlarms')
  })
})
