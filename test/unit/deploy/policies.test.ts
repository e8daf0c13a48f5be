// docs/iam/deploy.json: the rights of who deploys, against the calls of the framework and of our own checks, and the types of the template.
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isAllowed, policy } from '../../support/policies.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const OSLS = join(dirname(createRequire(import.meta.url).resolve('serverless/package.json')), 'lib/plugins/aws')
/** What `serverless deploy`, `deploy list`, `deploy function`, `rollback`, `info`, `logs`, `invoke` and `remove` are made of. */
const OF_COMMANDS = [
  'deploy/**/*.js',
  'lib/*.js',
  'remove/**/*.js',
  'info/**/*.js',
  '{rollback,deploy-list,deploy-function,logs,invoke}.js',
]
/** Calls of kinds of services that this one is not: images, REST APIs, subscriptions to logs. */
const OF_OTHERS = /^(ecr|apigateway):|SubscriptionFilter$/
/** S3 names rights otherwise than calls. */
const S3_RIGHTS: Record<string, string> = {
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  DeleteObjects: 'DeleteObject',
}
const PREFIXES: Record<string, string> = {
  'api-gateway': 'apigateway',
  apigatewayv2: 'apigateway',
  'cloudwatch-logs': 'logs',
}

/** The rights that the commands of AWS's SDK in these files need. */
function rightsOf(folder: string, patterns: readonly string[]): string[] {
  const rights = globSync(patterns, { cwd: folder }).flatMap((file) => {
    const source = readFileSync(join(folder, file), 'utf8')
    const clients = [...source.matchAll(/\{([^}]*)\}\s*(?:=\s*require\(|from\s+)'@aws-sdk\/client-([\w-]+)'/g)]
    return clients.flatMap(([, names = '', client = '']) => {
      const service = PREFIXES[client] ?? client.replaceAll('-', '')
      const commands = [...names.matchAll(/\b(\w+)Command\b/g)].map(([, command = '']) => command)
      const called = commands.filter((command) => source.includes(`new ${command}Command(`))
      return called.map((command) => `${service}:${service === 's3' ? (S3_RIGHTS[command] ?? command) : command}`)
    })
  })
  return [...new Set(rights)].sort()
}

const deploy = policy('deploy')
const choices = policy('deploy-choices')

describe('who deploys', () => {
  it('may do what the framework calls', () => {
    const rights = rightsOf(OSLS, OF_COMMANDS).filter((right) => !OF_OTHERS.test(right))
    expect(rights).toEqual(expect.arrayContaining(['cloudformation:ExecuteChangeSet', 's3:ListBucket', 'iam:GetRole']))
    expect(rights.filter((right) => !isAllowed(deploy, right))).toEqual([])
  })

  it('may do what deploy:check and smoke call', () => {
    const rights = rightsOf(join(ROOT, 'deploy'), ['**/*.ts'])
    expect(rights).toEqual([
      'cloudformation:DescribeStackResource',
      'cloudformation:DescribeStacks',
      'cloudwatch:DescribeAlarms',
      'dynamodb:DescribeTable',
      'lambda:GetAccountSettings',
      'lambda:GetFunctionConcurrency',
      'secretsmanager:GetSecretValue',
      'sts:GetCallerIdentity',
    ])
    expect(rights.filter((right) => !isAllowed(deploy, right))).toEqual([])
  })

  it('may touch every kind of resource of the template, the chosen ones with the second policy', () => {
    const files = globSync('resources/*.yml', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'))
    const mine = files.flatMap((text) => [...text.matchAll(/AWS::(\w+)::\w+/g)].map(([, service = '']) => service))
    // Of the framework: functions and their rights, the API, the schedule, the logs, the bucket.
    const services = new Set([...mine, 'Lambda', 'ApiGatewayV2', 'Events', 'Logs', 'S3'])
    const missing = [...services].filter((service) => {
      const prefix = service === 'ApiGatewayV2' ? 'apigateway' : service.toLowerCase()
      return ![...deploy.actions, ...choices.actions].some((action) => action.startsWith(`${prefix}:`))
    })
    expect(missing).toEqual([])
  })

  it('may touch nothing of another stage, and no record', () => {
    const table = (stage: string) => `arn:aws:dynamodb:ap-southeast-1:123456789012:table/redpack-${stage}`
    expect(isAllowed(deploy, 'dynamodb:UpdateTable', table('prod'))).toBe(true)
    expect(isAllowed(deploy, 'dynamodb:UpdateTable', table('dev'))).toBe(false)
    for (const action of ['DeleteTable', 'GetItem', 'Query', 'Scan', 'PutItem', 'DeleteItem']) {
      expect(isAllowed(deploy, `dynamodb:${action}`), action).toBe(false)
    }
    expect(isAllowed(deploy, 'secretsmanager:PutSecretValue')).toBe(false)
    const other = 'arn:aws:lambda:ap-southeast-1:123456789012:function:redpack-dev-send'
    expect(isAllowed(deploy, 'lambda:UpdateFunctionCode', other)).toBe(false)
  })
})
