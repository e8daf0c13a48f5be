// Each role against the calls that its function makes, read off its sources: a right that is missing fails here and not on AWS, and so
// does one that nothing needs.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { callsOf } from '../../support/calls.ts'
import { CALL_WECHAT } from '../../support/template-rules.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: string | string[] }
type Role = { Properties: { Policies: { PolicyDocument: { Statement: Statement[] } }[] } }

const ROOT = new URL('../../../', import.meta.url)
/** Its short forms (!Ref, !Sub) are read as the texts behind them. */
const yaml = (file: string) => parse(readFileSync(new URL(file, ROOT), 'utf8'), { logLevel: 'error' })
const roles: Record<string, Role> = yaml('resources/roles.yml')
const functions: Record<string, { handler: string; role: string }> = yaml('serverless.yml').functions
const all = Object.entries(functions).map(([name, { handler, role }]) => {
  return { name, role, calls: callsOf(handler.replace(/\.handler$/, '.ts')) }
})

/** What a role allows, in the words of callsOf. */
function allowedBy(role: string): string[] {
  const statements = roles[role]?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? []
  const allowed = statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().flatMap((resource) => wordsOf(action, resource))),
  )
  return [...new Set(allowed)].sort()
}

function wordsOf(action: string, resource: string): string[] {
  const [service] = action.split(':')
  // Of Lambda itself, not of the code.
  if (service === 'logs' || service === 'xray') return []
  if (service === 'secretsmanager') return [`secret ${/\/(callers|merchants)/.exec(resource)?.[1]}`]
  const [, index] = /\/index\/([\w-]+)$/.exec(resource) ?? []
  return index === undefined ? [action] : [action, `index ${index}`]
}

test.each(all)('$role allows what $name calls, and nothing else', ({ role, calls }) => {
  expect(allowedBy(role)).toEqual(calls.filter((call) => call !== 'wechat'))
})

test('every command of lib/aws is called by somebody', () => {
  const sources = globSync('lib/aws/*.ts', { cwd: ROOT }).map((file) => readFileSync(new URL(file, ROOT), 'utf8'))
  const commands = sources.flatMap((text) => [...text.matchAll(/new (\w+)Command\b/g)].map(([, command]) => command))
  const actions = new Set(
    commands.map((command) => (command === 'Invoke' ? 'lambda:InvokeFunction' : `dynamodb:${command}`)),
  )
  actions.delete('dynamodb:GetSecretValue')
  const called = new Set(all.flatMap(({ calls }) => calls))
  expect([...actions].filter((action) => !called.has(action))).toEqual([])
})

describe('what a choice adds is for those that need it', () => {
  const names = (key: string) =>
    all.flatMap(({ role, calls }) => (calls.some((call) => call.startsWith(key)) ? [role] : []))

  test('the fixed addresses for those that call WeChat', () => {
    const { Roles } = yaml('resources/egress.yml').rights.Resources.EgressPolicy.Properties
    expect(Roles).toEqual(names('wechat'))
    expect(CALL_WECHAT.map((name) => `${name}Role`)).toEqual(names('wechat'))
  })

  test('a key for those that use the table, which all do', () => {
    const { existing, new: made } = yaml('resources/key.yml')
    expect(existing.Resources.KeyPolicy.Properties.Roles).toEqual(names('dynamodb'))
    // A key of the stack's lets them all, through the table and the secrets alone.
    const statements: { Sid: string; Action: string[]; Condition: object }[] =
      made.Resources.Key.Properties.KeyPolicy.Statement
    const through = statements.find(({ Sid }) => Sid === 'ThroughTheTableAndTheSecrets')
    const services = ['dynamodb', 'secretsmanager'].map((service) => `${service}.\${AWS::Region}.amazonaws.com*`)
    expect(through?.Action).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*']))
    expect(through?.Condition).toEqual({
      StringEquals: { 'kms:CallerAccount': 'AWS::AccountId' },
      StringLike: { 'kms:ViaService': services },
    })
  })

  test('and to the events, under a key that is there already', () => {
    const { Roles } = yaml('resources/events.yml').key.extensions.KeyPolicy.Properties
    expect(Roles).toEqual([...names('dynamodb'), 'EventsRole'])
  })
})
