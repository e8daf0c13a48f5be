// What is looked at before a deployment, except for what real servers answer (test/integration/deploy/check.test.ts).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { examineCredentials, examineExecutions } from '../../../deploy/check/account.ts'
import { examineMachine } from '../../../deploy/check/machine.ts'
import { examineStack } from '../../../deploy/check/stack.ts'
import { type Choices, examineStage, type Plan, planOf } from '../../../deploy/check/stage.ts'
import { conflictOf, type Table, wantedTable } from '../../../deploy/check/table.ts'
import { conclusion, type Finding, lineOf } from '../../../deploy/finding.ts'

type Answers = Record<string, unknown>

/** A client that knows these commands; an Error is thrown. */
function client(answers: Answers) {
  const send = async (command: object) => {
    const answer = answers[command.constructor.name]
    if (answer instanceof Error) throw answer
    if (answer === undefined) throw new Error(`${command.constructor.name} was not expected`)
    return answer
  }
  return { send } as never
}

function named(name: string, message = name): Error {
  return Object.assign(new Error(message), { name })
}

async function all(findings: AsyncGenerator<Finding> | Generator<Finding>): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const finding of findings) found.push(finding)
  return found
}
const states = (findings: readonly Finding[]) => findings.map(({ check, state }) => `${check} ${state}`)

const PLAN = planOf('prod', 'ap-southeast-1', {})

it('every finding that is bad says what to do', async () => {
  expect(lineOf({ check: 'table', state: 'bad', text: 'gone', fix: 'restore it' })).toBe('✘ gone\n  → restore it')
  expect(lineOf({ check: 'table', state: 'good', text: 'there' })).toBe('✔ there')
})

it.each([
  [0, { line: 'Fine.', exit_code: 0 }],
  [1, { line: 'Stop. One thing has to be mended (✘).', exit_code: 1 }],
  [2, { line: 'Stop. 2 things have to be mended (✘).', exit_code: 1 }],
])('%i bad findings come to their exit code, doubts to none', (count, expected) => {
  const bad = Array.from({ length: count }, (): Finding => ({ check: 'table', state: 'bad', text: '', fix: '' }))
  const doubt: Finding = { check: 'stage', state: 'doubt', text: '' }
  expect(conclusion([doubt, ...bad], { good: 'Fine.', bad: 'Stop.' })).toEqual(expected)
})

describe('the machine', () => {
  const machine = { node: '24.1.0', npm_user_agent: 'npm/11.6.0 node/v24.1.0', engines: '>=20.19', framework: '4.3.1' }

  it.each([
    ['is fit', machine, ['good', 'good', 'good']],
    ['is fit with the oldest Node', { ...machine, node: '20.19.0' }, ['good', 'good', 'good']],
    ['has a Node that is too old', { ...machine, node: '20.18.9' }, ['bad', 'good', 'good']],
    ['has a Node of another age', { ...machine, node: '8.20.0' }, ['bad', 'good', 'good']],
    ['has a Node with more digits', { ...machine, node: '100.0.0' }, ['good', 'good', 'good']],
    ['has an npm that is too old', { ...machine, npm_user_agent: 'npm/9.9.4 node/v20' }, ['good', 'bad', 'good']],
    ['was not started by npm', { ...machine, npm_user_agent: undefined }, ['good', 'none', 'good']],
    ['was started by another', { ...machine, npm_user_agent: 'pnpm/9.1.0 node/v24' }, ['good', 'none', 'good']],
    ['has no packages', { ...machine, framework: undefined }, ['good', 'good', 'bad']],
  ] as const)('%s', async (_, given, expected) => {
    const found = await all(examineMachine(given))
    expect(found.map(({ state }) => state)).toEqual(expected)
    expect(found.filter(({ state, fix }) => state === 'bad' && !fix)).toEqual([])
  })
})

describe('the stage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-stage-'))
  writeFileSync(join(folder, 'prod.yml'), 'alarm_email: on-call@example.com\n')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const told: Choices = { alarm_actions: [{ Ref: 'AlarmTopic' }], settle_concurrency: 3, tracing: true }
  const examined = async (plan: Plan, choose: () => Choices = () => told, shell = {}) =>
    all(examineStage(plan, choose, folder, shell))

  it('with a file, choices that hold and somebody who is told is good', async () => {
    expect(states(await examined(PLAN))).toEqual(['stage good', 'stage good'])
  })

  it('without a file, and with nobody who is told, is in doubt', async () => {
    const found = await examined(planOf('dev', 'ap-southeast-1', {}), () => ({ ...told, alarm_actions: [] }))
    expect(states(found)).toEqual(['stage doubt', 'stage doubt'])
  })

  it('whose choices do not hold is bad, with their own words', async () => {
    const found = await examined(PLAN, () => {
      throw new Error('log_retention_days is 2, and has to be one of 1, 3')
    })
    expect(found.at(-1)).toEqual({
      check: 'stage',
      state: 'bad',
      text: 'log_retention_days is 2, and has to be one of 1, 3',
      fix: 'correct it in deploy/prod.yml or in the parameter (docs/deploy.md)',
    })
  })

  it.each([
    ['the variables of npm start', { REDPACK_TABLE: 'redpack-local' }, 'REDPACK_TABLE=redpack-local'],
    ['a simulator', { WECHATPAY_ORIGIN: 'https://127.0.0.1:3001' }, 'WECHATPAY_ORIGIN=https://127.0.0.1:3001'],
    ['an endpoint of one machine', { AWS_ENDPOINT_URL: 'http://localhost:4566' }, 'AWS_ENDPOINT_URL=http://localhost'],
  ])('that would be packaged with %s is bad', async (_, shell, text) => {
    const bad = (await examined(planOf('prod', 'us-east-1', shell), () => told, shell)).filter((f) => f.state === 'bad')
    expect(bad).toHaveLength(1)
    expect(bad[0]?.text).toContain(text)
  })

  it('of one machine may have them', async () => {
    const shell = { REDPACK_TABLE: 'redpack-local', AWS_ENDPOINT_URL: 'http://localhost:4566' }
    const found = await examined(planOf('dev-local', 'us-east-1', shell), () => told, shell)
    expect(found.filter(({ state }) => state === 'bad')).toEqual([])
  })

  it('in China is told of the filing and of tracing', async () => {
    const regional = async (tracing: boolean) => {
      const found = await examined(planOf('prod', 'cn-northwest-1', {}), () => ({ ...told, tracing }))
      return found.filter(({ check }) => check === 'region').map(({ state, text }) => `${state} ${text}`)
    }
    const filing = expect.stringMatching(/^doubt .*备案/)
    expect(await regional(true)).toEqual([filing, expect.stringMatching(/^doubt .*X-Ray/)])
    expect(await regional(false)).toEqual([filing])
  })

  it('is packaged with what serverless.yml says', () => {
    const { provider } = parse(readFileSync(new URL('../../../serverless.yml', import.meta.url), 'utf8'))
    const resolved = Object.entries(provider.environment as Record<string, string>).flatMap(([name, value]) => {
      const found = /^\$\{env:(\w+), '(.*)'\}$/.exec(value)
      return found ? [[name, found[1] === name ? found[2]?.replace('$' + '{sls:stage}', 'prod') : value]] : []
    })
    expect(PLAN.environment).toEqual(Object.fromEntries(resolved))
  })
})

describe('the credentials', () => {
  const examined = (region: string, answer: unknown) =>
    all(examineCredentials(planOf('prod', region, {}), { sts: client({ GetCallerIdentityCommand: answer }) }))
  const user = (partition: string) => ({ Account: '123456789012', Arn: `arn:${partition}:iam::123456789012:user/ops` })

  it.each([
    ['of a user are good', 'ap-southeast-1', user('aws'), ['good']],
    ['of the root user are in doubt', 'us-east-1', { Arn: 'arn:aws:iam::123456789012:root' }, ['good', 'doubt']],
    ['of China are good in China', 'cn-north-1', user('aws-cn'), ['good']],
    ['of the rest of the world are bad in China', 'cn-north-1', user('aws'), ['bad']],
    ['of China are bad elsewhere', 'eu-west-1', user('aws-cn'), ['bad']],
    ['that are missing are bad', 'us-east-1', named('CredentialsProviderError'), ['bad']],
    ['that have expired are bad', 'us-east-1', named('ExpiredTokenException'), ['bad']],
    ['that nobody knows are bad', 'us-east-1', named('InvalidClientTokenId'), ['bad']],
  ])('%s', async (_, region, answer, expected) => {
    const found = await examined(region, answer)
    expect(found.map(({ state }) => state)).toEqual(expected)
    expect(found.filter(({ state, fix }) => state !== 'good' && !fix)).toEqual([])
  })

  it('that could not be asked about end nothing, those that are refused end all', async () => {
    const ended = async (answer: unknown) => {
      const examining = examineCredentials(PLAN, { sts: client({ GetCallerIdentityCommand: answer }) })
      for (;;) {
        const { done, value } = await examining.next()
        if (done) return value
      }
    }
    expect(await ended(named('TimeoutError'))).toBe(true)
    expect(await ended(named('ExpiredTokenException'))).toBe(false)
    expect(await ended(user('aws'))).toBe(true)
  })
})

describe('the executions', () => {
  const limits = (free: number) => ({
    AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: free },
  })
  const none = named('ResourceNotFoundException')

  it.each([
    ['can be reserved', 3, limits(1_000), none, 'good'],
    ['are exactly enough', 3, limits(103), none, 'good'],
    ['are too few by one', 3, limits(102), none, 'bad'],
    ['of a new account are too few', 3, limits(10), none, 'bad'],
    ['are reserved already', 3, limits(100), { ReservedConcurrentExecutions: 3 }, 'good'],
    ['are not reserved by choice', null, limits(10), none, 'none'],
    ['cannot be asked about', 3, named('AccessDeniedException'), none, 'doubt'],
  ])('%s', async (_, wanted, account, settle, state) => {
    const lambda = client({ GetAccountSettingsCommand: account, GetFunctionConcurrencyCommand: settle })
    expect(states(await all(examineExecutions(PLAN, wanted, { lambda })))).toEqual([`executions ${state}`])
  })
})

describe('the stack and its table', () => {
  const wanted = wantedTable()
  const missing = named('ValidationError', 'Stack with id redpack-prod does not exist')
  const noTable = new ResourceNotFoundException({ message: 'no such table', $metadata: {} })
  const stack = (StackStatus: string) => ({ Stacks: [{ StackStatus }] })
  const resource = (PhysicalResourceId: string) => ({ StackResourceDetail: { PhysicalResourceId } })
  const table = (changes: object = {}) => ({ Table: { ...wanted, ItemCount: 7, ...changes } })

  const examined = (stacks: unknown, held: unknown, described: unknown, plan = PLAN) =>
    all(
      examineStack(
        plan,
        {
          cloudformation: client({ DescribeStacksCommand: stacks, DescribeStackResourceCommand: held }),
          dynamodb: client({ DescribeTableCommand: described }),
        },
        wanted,
      ),
    )

  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])(
    'that stand stay: %s',
    async (status) => {
      const found = await examined(stack(status), resource('redpack-prod'), table({ DeletionProtectionEnabled: true }))
      expect(states(found)).toEqual(['stack good', 'table good'])
    },
  )

  it.each([
    'CREATE_IN_PROGRESS',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'ROLLBACK_COMPLETE',
    'ROLLBACK_FAILED',
    'CREATE_FAILED',
    'UPDATE_ROLLBACK_FAILED',
    'DELETE_FAILED',
  ])('a stack that is %s stops a deployment, and says what to type', async (status) => {
    const [finding] = await examined(stack(status), resource('redpack-prod'), table())
    expect(finding).toMatchObject({ check: 'stack', state: 'bad', fix: expect.stringContaining('aws cloudformation ') })
  })

  it.each([
    ['a new one, empty', noTable, 'would make it, empty'],
    ['one that was restored beside it', table(), 'makes no table of a name that is taken'],
  ])('another table than the stack’s stops a deployment: %s', async (_, described, text) => {
    const other = planOf('prod', 'us-east-1', { REDPACK_TABLE: 'redpack-restored' })
    const found = await examined(stack('UPDATE_COMPLETE'), resource('redpack-prod'), described, other)
    expect(states(found)).toEqual(['stack good', 'table bad'])
    expect(found[1]?.text).toContain(text)
  })

  it('a table whose indexes differ by more than one cannot be updated', async () => {
    const old = { GlobalSecondaryIndexes: [{ IndexName: 'by-sequence', KeySchema: indexKey('by-sequence') }, OF_0_1] }
    const found = await examined(stack('UPDATE_COMPLETE'), resource('redpack-prod'), table(old))
    expect(found[1]).toMatchObject({ check: 'table', state: 'bad', fix: 'see docs/upgrade.md' })
  })

  it('a table that nobody protects is in doubt', async () => {
    const found = await examined(
      stack('UPDATE_COMPLETE'),
      resource('redpack-prod'),
      table({ DeletionProtectionEnabled: false }),
    )
    expect(states(found)).toEqual(['stack good', 'table good', 'table doubt'])
  })

  it('a table that is there before the stack is one that cannot be made', async () => {
    const found = await examined(missing, undefined, table())
    expect(states(found)).toEqual(['stack good', 'table bad'])
  })

  it('that AWS denies say which right is missing', async () => {
    const [denied] = await examined(named('AccessDenied', 'not authorized'), undefined, noTable)
    expect(denied).toMatchObject({ state: 'bad', fix: expect.stringContaining('cloudformation:DescribeStacks') })
    const found = await examined(stack('UPDATE_COMPLETE'), resource('redpack-prod'), named('AccessDeniedException'))
    expect(found[1]).toMatchObject({ state: 'bad', fix: expect.stringContaining('dynamodb:DescribeTable') })
  })

  /** As version 0.1.0 made it. */
  const OF_0_1 = {
    IndexName: 'unsettled',
    KeySchema: [
      { AttributeName: 'unsettled', KeyType: 'HASH' },
      { AttributeName: 'due_at', KeyType: 'RANGE' },
    ],
  }
  const indexKey = (name: string) =>
    wanted.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name)?.KeySchema
  const changed = (change: Partial<Table>): Table => ({ ...wanted, ...change })
  const indexes = wanted.GlobalSecondaryIndexes ?? []

  it.each([
    ['the same', wanted, undefined],
    ['the same in another order', changed({ GlobalSecondaryIndexes: indexes.toReversed() }), undefined],
    ['without one of the indexes', changed({ GlobalSecondaryIndexes: indexes.slice(1) }), undefined],
    ['with an index more', changed({ GlobalSecondaryIndexes: [...indexes, OF_0_1] }), undefined],
    ['with another key', changed({ KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }), /replaced by an empty/],
    [
      'of version 0.1.0',
      changed({ GlobalSecondaryIndexes: [...indexes.slice(0, 1), OF_0_1] }),
      /one change of an index/,
    ],
    [
      'with another key of an index',
      changed({ GlobalSecondaryIndexes: indexes.map((index) => ({ ...index, KeySchema: OF_0_1.KeySchema })) }),
      /has another key, and no update changes an index/,
    ],
  ] as const)('a table %s', (_, standing, expected) => {
    if (expected === undefined) expect(conflictOf(standing, wanted)).toBeUndefined()
    else expect(conflictOf(standing, wanted)).toMatch(expected)
  })
})
