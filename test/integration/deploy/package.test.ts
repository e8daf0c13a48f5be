// What `serverless package` makes with no cloud account at hand: the template, and the bundles that ship.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundles } from '../../../local/bundles.ts'
import { copyOfSources, serverless } from '../../support/packaging.ts'

type Resource = {
  Type: string
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
  Properties: Record<string, unknown>
}
type Statement = { Effect: string; Action: string | string[]; Resource: unknown }

const CAMPAIGNS = [
  'campaignCreate',
  'campaignUpload',
  'campaignStart',
  'campaignPause',
  'campaignResume',
  'campaignCancel',
  'campaignRetry',
  'campaignList',
  'campaignGet',
  'campaignRows',
  'campaignWorker',
] as const
const NAMES = ['send', 'list', 'get', 'status', 'settle', ...CAMPAIGNS] as const
type Name = (typeof NAMES)[number]
/** docs/benchmarks.md has what they are. */
const BUNDLE_MAX_BYTES: Partial<Record<string, number>> = { send: 250_000, list: 230_000, get: 230_000 }
const OTHER_MAX_BYTES = 270_000
/** Those that wake the worker have the client of Lambda, too. */
const WITH_LAMBDA = ['campaignStart', 'campaignResume', 'campaignRetry', 'campaignWorker']
const LAMBDA_BYTES = 90_000

const folder = copyOfSources()
let resources: Record<string, Resource>

beforeAll(async () => {
  const { code, text } = await serverless(folder, ['package'])
  expect(code, text).toBe(0)
  expect(text).toContain(`
  stage     dev (ap-southeast-1)
  table     redpack-dev
  secrets   redpack/dev/…
  WeChat    https://api.mch.weixin.qq.com
`)
  resources = JSON.parse(read('cloudformation-template-update-stack.json').toString('utf8')).Resources
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (file: string) => readFileSync(join(folder, '.serverless', file))
/** Without its ending: the functions of campaigns have a hyphen in the names of their files. */
const fileOf = (name: string) => name.replace(/^campaign(.)/, (_, first: string) => `campaign-${first.toLowerCase()}`)
const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`
const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type)
const propertiesOf = (id: string) => {
  expect(resources).toHaveProperty(id)
  return resources[id]?.Properties ?? {}
}

describe('the functions', () => {
  test('are these', () => {
    expect(ofType('AWS::Lambda::Function').map(([id]) => id)).toEqual(
      NAMES.map((name) => `${capital(name)}LambdaFunction`),
    )
  })

  test.for([
    ['send', 29, 512],
    ['list', 15, 512],
    ['get', 15, 512],
    ['status', 15, 512],
    ['settle', 60, 1024],
    ...CAMPAIGNS.map((name) => {
      const timeout_s = { campaignStart: 29, campaignRows: 29, campaignWorker: 840 }[name as string] ?? 15
      return [name, timeout_s, 512] as const
    }),
  ] as const)('%s runs on Node 24 on arm64, for %i s at most, with %i MB', ([name, timeout_s, memory_mb]) => {
    const { Code: _, ...properties } = propertiesOf(`${capital(name)}LambdaFunction`)
    expect(properties).toEqual({
      FunctionName: `redpack-dev-${name}`,
      Handler: `handlers/${fileOf(name)}.handler`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: memory_mb,
      Timeout: timeout_s,
      TracingConfig: { Mode: 'Active' },
      Environment: {
        Variables: {
          REDPACK_TABLE: 'redpack-dev',
          REDPACK_SECRET_PREFIX: 'redpack/dev',
          WECHATPAY_ORIGIN: 'https://api.mch.weixin.qq.com',
          WECHATPAY_CA: '',
          REDPACK_STAGE: 'dev',
          REDPACK_EPOCH: '1',
          REDPACK_RETENTION_DAYS: '400',
          REDPACK_WORKER: 'redpack-dev-campaignWorker',
        },
      },
      Role: { 'Fn::GetAtt': [`${capital(name)}Role`, 'Arn'] },
      // A flood of requests takes no execution from settle.
      ...(name === 'settle' ? { ReservedConcurrentExecutions: 3 } : {}),
    })
  })

  test('are called by these routes and these schedules, and by nothing else', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const target = JSON.stringify(Properties.Target)
      return [Properties.RouteKey, /HttpApiIntegration(\w+)/.exec(target)?.[1]]
    })
    expect(Object.fromEntries(routes)).toEqual({
      'POST /redpacks': 'Send',
      'GET /redpacks': 'List',
      'GET /redpacks/{id}': 'Get',
      'GET /redpacks/status': 'Status',
      'POST /campaigns': 'CampaignCreate',
      'PUT /campaigns/{id}/rows/{chunk}': 'CampaignUpload',
      'POST /campaigns/{id}/start': 'CampaignStart',
      'POST /campaigns/{id}/pause': 'CampaignPause',
      'POST /campaigns/{id}/resume': 'CampaignResume',
      'POST /campaigns/{id}/cancel': 'CampaignCancel',
      'POST /campaigns/{id}/retry': 'CampaignRetry',
      'GET /campaigns': 'CampaignList',
      'GET /campaigns/{id}': 'CampaignGet',
      'GET /campaigns/{id}/rows': 'CampaignRows',
    })
    expect(ofType('AWS::Events::Rule').map(([, { Properties }]) => Properties)).toEqual(
      ['settle', 'campaignWorker'].map((name) => ({
        ScheduleExpression: 'rate(1 minute)',
        State: 'ENABLED',
        Targets: [{ Arn: { 'Fn::GetAtt': [`${capital(name)}LambdaFunction`, 'Arn'] }, Id: `${name}Schedule` }],
      })),
    )
    // A worker of campaigns that fails is followed by the minute's, not by AWS's own tries.
    expect(ofType('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties)).toMatchObject([
      { FunctionName: { Ref: 'CampaignWorkerLambdaFunction' }, MaximumRetryAttempts: 0 },
    ])
    expect(ofType('AWS::Lambda::Url')).toEqual([])
  })

  test('have logs that are kept for 90 days, and when the stack is deleted; the API has one, too', () => {
    const logGroup = (LogGroupName: string) => ({
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { LogGroupName, RetentionInDays: 90 },
    })
    expect(ofType('AWS::Logs::LogGroup').map(([, resource]) => resource)).toEqual([
      ...NAMES.map((name) => logGroup(`/aws/lambda/redpack-dev-${name}`)),
      logGroup('/aws/http-api/redpack-dev'),
    ])
  })
})

test('the API lets 100 requests a second through, and logs where each came from, without its query', () => {
  const { AccessLogSettings, ...stage } = propertiesOf('HttpApiStage')
  const { DestinationArn, Format } = AccessLogSettings as { DestinationArn: unknown; Format: string }
  expect(stage).toEqual({
    ApiId: { Ref: 'HttpApi' },
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { DetailedMetricsEnabled: true, ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
  })
  expect(DestinationArn).toEqual({ 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] })
  expect(JSON.parse(Format)).toEqual({
    time: '$context.requestTime',
    request_id: '$context.requestId',
    source_ip: '$context.identity.sourceIp',
    route: '$context.routeKey',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    bytes: '$context.responseLength',
    latency_ms: '$context.responseLatency',
    error: '$context.error.responseType',
    integration_error: '$context.integrationErrorMessage',
  })
})

describe('the alarms', () => {
  const ours = [
    { Name: 'service', Value: 'redpack' },
    { Name: 'stage', Value: 'dev' },
  ]
  const functionName = (name: string) => [{ Name: 'FunctionName', Value: { Ref: `${capital(name)}LambdaFunction` } }]
  const api = [
    { Name: 'ApiId', Value: { Ref: 'HttpApi' } },
    { Name: 'Stage', Value: '$default' },
  ]

  const sends = [...api, { Name: 'Method', Value: 'POST' }, { Name: 'Resource', Value: '/redpacks' }]

  test.for<[string, string, string, unknown, string]>([
    ['ManualAlarm', 'redpack', 'manual', ours, 'notBreaching'],
    ['ContradictionAlarm', 'redpack', 'alarm', ours, 'notBreaching'],
    ['SettleAlarm', 'AWS/Lambda', 'Errors', functionName('settle'), 'breaching'],
    ['SettleThrottleAlarm', 'AWS/Lambda', 'Throttles', functionName('settle'), 'notBreaching'],
    ['SendErrorAlarm', 'AWS/Lambda', 'Errors', functionName('send'), 'notBreaching'],
    ['SendThrottleAlarm', 'AWS/Lambda', 'Throttles', functionName('send'), 'notBreaching'],
    ['ApiErrorAlarm', 'AWS/ApiGateway', '5xx', api, 'notBreaching'],
    ['CampaignWorkerAlarm', 'AWS/Lambda', 'Errors', functionName('campaignWorker'), 'breaching'],
    ['CampaignWorkerThrottleAlarm', 'AWS/Lambda', 'Throttles', functionName('campaignWorker'), 'notBreaching'],
    ['CampaignStoppedAlarm', 'redpack', 'campaign_stopped', ours, 'notBreaching'],
    ['BalanceAlarm', 'redpack', 'NOTENOUGH', ours, 'notBreaching'],
    ['SendAnswerAlarm', 'AWS/ApiGateway', '5xx', sends, 'notBreaching'],
  ])('%s watches %s %s of this stage alone', ([id, Namespace, MetricName, Dimensions, TreatMissingData]) => {
    expect(propertiesOf(id)).toMatchObject({
      Namespace,
      MetricName,
      Dimensions,
      TreatMissingData,
      Statistic: 'Sum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    })
  })

  test.for([
    ['OutcomeBehindAlarm', 'outcome_behind', 10 * 60],
    ['RepairBehindAlarm', 'repair_behind', 10 * 60],
    ['StatusBehindAlarm', 'status_behind', 12 * 60 * 60],
  ] as const)('%s watches %s of this stage alone, from %i s', ([id, MetricName, Threshold]) => {
    expect(propertiesOf(id)).toMatchObject({
      Namespace: 'redpack',
      MetricName,
      Dimensions: ours,
      Threshold,
      TreatMissingData: 'notBreaching',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    })
  })

  test('CertificateAlarm watches the certificate that ends first, from under 21 days', () => {
    expect(propertiesOf('CertificateAlarm')).toMatchObject({
      MetricName: 'certificate_days',
      Dimensions: ours,
      Statistic: 'Minimum',
      Threshold: 21,
      ComparisonOperator: 'LessThanThreshold',
    })
  })

  test('CallerRefusedAlarm watches requests without a valid signature, from 100 in five minutes', () => {
    expect(propertiesOf('CallerRefusedAlarm')).toMatchObject({
      MetricName: 'caller_refused',
      Dimensions: ours,
      Period: 300,
      Threshold: 100,
      ComparisonOperator: 'GreaterThanThreshold',
    })
  })

  test('UnknownAlarm watches the share of unknown outcomes, from 5 % of the sends of this stage', () => {
    const { Metrics, ...alarm } = propertiesOf('UnknownAlarm')
    expect(alarm).toMatchObject({ EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 5 })
    const counted = ['unknown', 'sent', 'refused'].map((MetricName) => ({
      Id: MetricName,
      ReturnData: false,
      MetricStat: { Stat: 'Sum', Period: 300, Metric: { Namespace: 'redpack', MetricName, Dimensions: ours } },
    }))
    const percent = { Id: 'percent', ReturnData: true, Expression: expect.stringContaining('FILL(unknown, 0) >= 5') }
    expect(Metrics).toMatchObject([...counted, percent])
  })

  test('tell nobody unless somebody is chosen', () => {
    for (const [, { Properties }] of ofType('AWS::CloudWatch::Alarm')) {
      expect(Properties).toMatchObject({ AlarmActions: [], OKActions: [] })
    }
    expect(ofType('AWS::SNS::Topic')).toEqual([])
  })
})

describe('the roles', () => {
  const TABLE = { 'Fn::GetAtt': ['RecordsTable', 'Arn'] }
  const index = (name: string) => ({ 'Fn::Sub': `\${RecordsTable.Arn}/index/${name}` })
  const secret = (name: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:redpack/dev/${name}`,
  })
  const on = (Action: string | string[], Resource: unknown): Statement => ({ Effect: 'Allow', Action, Resource })
  const callers = on('secretsmanager:GetSecretValue', [secret('callers-*')])
  const callersAndMerchants = on('secretsmanager:GetSecretValue', [secret('callers-*'), secret('merchants/*')])

  const merchants = on('secretsmanager:GetSecretValue', [secret('merchants/*')])
  const worker = 'function:redpack-dev-campaignWorker'
  const invoke = on('lambda:InvokeFunction', {
    'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:${worker}`,
  })

  const VERBS: Record<Name, Statement[]> = {
    send: [on(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE), callersAndMerchants],
    list: [on(['dynamodb:GetItem'], TABLE), on('dynamodb:Query', index('by-sequence')), callers],
    get: [on(['dynamodb:GetItem'], TABLE), callers],
    status: [on(['dynamodb:GetItem', 'dynamodb:UpdateItem'], TABLE), callersAndMerchants],
    settle: [
      on(['dynamodb:GetItem', 'dynamodb:UpdateItem'], TABLE),
      on('dynamodb:Query', [index('by-sequence'), index('open')]),
      callersAndMerchants,
    ],
    campaignCreate: [on(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE), callersAndMerchants],
    campaignUpload: [on(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE), callers],
    campaignStart: [
      on(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], TABLE),
      on('dynamodb:Query', index('by-sequence')),
      invoke,
      callersAndMerchants,
    ],
    campaignPause: [on(['dynamodb:GetItem', 'dynamodb:UpdateItem'], TABLE), callers],
    campaignResume: [on(['dynamodb:GetItem', 'dynamodb:UpdateItem'], TABLE), invoke, callers],
    campaignCancel: [on(['dynamodb:GetItem', 'dynamodb:UpdateItem'], TABLE), callers],
    campaignRetry: [on(['dynamodb:GetItem', 'dynamodb:UpdateItem'], TABLE), invoke, callers],
    campaignList: [on('dynamodb:Query', index('by-sequence')), callers],
    campaignGet: [on(['dynamodb:GetItem'], TABLE), callers],
    campaignRows: [on(['dynamodb:BatchGetItem', 'dynamodb:GetItem'], TABLE), callers],
    campaignWorker: [
      on(
        [
          'dynamodb:BatchGetItem',
          'dynamodb:BatchWriteItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
        ],
        TABLE,
      ),
      on('dynamodb:Query', index('open')),
      invoke,
      merchants,
    ],
  }

  function statementsOf(name: Name): Statement[] {
    const { Policies, ManagedPolicyArns } = propertiesOf(`${capital(name)}Role`)
    expect(ManagedPolicyArns).toBeUndefined()
    const policies = Policies as { PolicyDocument: { Statement: Statement[] } }[]
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
  }

  test('are one for each function, and there is no other', () => {
    expect(ofType('AWS::IAM::Role').map(([id]) => id)).toEqual(NAMES.map((name) => `${capital(name)}Role`))
    expect(ofType('AWS::IAM::Policy')).toEqual([])
  })

  test.for(NAMES)("%s's may be taken by Lambda alone", (name) => {
    expect(propertiesOf(`${capital(name)}Role`).AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    })
  })

  test.for(NAMES)("%s's has its own verbs on the table and the secrets, its own log, and tracing", (name) => {
    const log = `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/redpack-dev-${name}:*`
    expect(statementsOf(name)).toEqual([
      on(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::Sub': log }),
      on(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
      ...VERBS[name],
    ])
  })

  test.for(NAMES)("%s's has no wildcard for an action, and for a resource only where X-Ray knows no other", (name) => {
    const statements = statementsOf(name)
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([])
    expect(statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action)).toEqual([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
    ])
  })
})

test('the table is on demand, encrypted, protected from deletion, kept when the stack is deleted, can be restored to any second, and has two indexes', () => {
  expect(ofType('AWS::DynamoDB::Table').map(([id]) => id)).toEqual(['RecordsTable'])
  const key = (HASH: string, RANGE?: string) => [
    { AttributeName: HASH, KeyType: 'HASH' },
    ...(RANGE === undefined ? [] : [{ AttributeName: RANGE, KeyType: 'RANGE' }]),
  ]
  expect(resources.RecordsTable).toEqual({
    Type: 'AWS::DynamoDB::Table',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName: 'redpack-dev',
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'miniapp_id', AttributeType: 'S' },
        { AttributeName: 'seq', AttributeType: 'N' },
        { AttributeName: 'open_shard', AttributeType: 'S' },
        { AttributeName: 'due_at', AttributeType: 'N' },
      ],
      KeySchema: key('id'),
      GlobalSecondaryIndexes: [
        { IndexName: 'by-sequence', KeySchema: key('miniapp_id', 'seq'), Projection: { ProjectionType: 'ALL' } },
        {
          IndexName: 'open',
          KeySchema: key('open_shard', 'due_at'),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['mch_id'] },
        },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    },
  })
})

test.for(NAMES)('what `npm start` runs as %s is what ships, byte for byte', async (name) => {
  const file = `handlers/${fileOf(name)}.cjs`
  expect(
    unzip(read(`${name}.zip`))
      .get(file)
      ?.equals(readFileSync(join(await bundles(), file))),
  ).toBe(true)
})

test.for(NAMES)('the package of %s is one minified bundle of limited size that loads by itself', (name) => {
  const files = unzip(read(`${name}.zip`))
  expect([...files.keys()]).toEqual([`handlers/${fileOf(name)}.cjs`])
  const code = files.get(`handlers/${fileOf(name)}.cjs`) ?? Buffer.alloc(0)
  console.log(`${name}.cjs: ${code.length} bytes, ${read(`${name}.zip`).length} zipped`)
  const lambda_bytes = WITH_LAMBDA.includes(name) ? LAMBDA_BYTES : 0
  expect(code.length).toBeLessThanOrEqual((BUNDLE_MAX_BYTES[name] ?? OTHER_MAX_BYTES) + lambda_bytes)
  const text = code.toString('utf8')
  expect(text.length / text.split('\n').length, 'characters a line').toBeGreaterThan(500)
  expect(text).not.toContain('sourceMappingURL')
  const alone = join(folder, 'alone', name)
  mkdirSync(alone, { recursive: true })
  writeFileSync(join(alone, 'index.cjs'), code)
  expect(createRequire(join(alone, '/'))('./index.cjs')).toMatchObject({ handler: expect.any(Function) })
})

/** The files of a zip by name, by its central directory (APPNOTE.TXT 4.3.12). */
function unzip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const files = new Map<string, Buffer>()
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)]
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    ) as Lengths
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(start, start + size)
    files.set(name, method === 8 ? inflateRawSync(packed) : packed)
    at += 46 + nameLength + extraLength + commentLength
  }
  return files
}
type Lengths = [number, number, number]
