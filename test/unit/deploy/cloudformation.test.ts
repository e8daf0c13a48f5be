// The checks of the template find what would stop a deployment, or what it would make wrong: a template without faults says something.
import { describe, expect, it } from 'vitest'
import { faultsOf, type Resource, type Template } from '../../support/cloudformation.ts'
import { ruleFaults } from '../../support/template-rules.ts'

const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }
const key = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' }]

/** A small template without a fault. */
function template(changes: Record<string, Partial<Resource>> = {}): Template {
  const Resources: Record<string, Resource> = {
    RecordsTable: {
      Type: 'AWS::DynamoDB::Table',
      ...kept,
      Properties: {
        KeySchema: key('id'),
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'open_shard', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          { IndexName: 'open', KeySchema: key('open_shard'), Projection: { ProjectionType: 'ALL' } },
        ],
      },
    },
    SettleLogGroup: { Type: 'AWS::Logs::LogGroup', ...kept, Properties: { LogGroupName: '/aws/lambda/settle' } },
    SettleRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {},
        Policies: [policy('dynamodb:Query', { 'Fn::Sub': '${' + 'RecordsTable.Arn}/index/open' })],
      },
    },
    SettleLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      DependsOn: ['SettleRole'],
      Properties: {
        FunctionName: 'settle',
        Role: { 'Fn::GetAtt': ['SettleRole', 'Arn'] },
        Code: { S3Bucket: 'b', S3Key: 'k' },
      },
    },
    SettleRule: {
      Type: 'AWS::Events::Rule',
      Properties: { Targets: [{ Id: 'settle', Arn: { 'Fn::GetAtt': ['SettleLambdaFunction', 'Arn'] } }] },
    },
    SettlePermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'SettleLambdaFunction' },
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': ['SettleRule', 'Arn'] },
      },
    },
  }
  for (const [id, change] of Object.entries(changes)) {
    const { Properties, ...rest } = change
    const before = Resources[id] ?? { Type: '' }
    Resources[id] = { ...before, ...rest, Properties: { ...before.Properties, ...Properties } }
  }
  return { Resources }
}
const policy = (Action: string, Resource: unknown) => ({
  PolicyName: 'p',
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] },
})
const sub = (text: string) => ({ 'Fn::Sub': text.replaceAll('{', '${') })

it('a template without a fault has none', () => {
  expect([...faultsOf(template()), ...ruleFaults(template())]).toEqual([])
})

describe('CloudFormation would not take', () => {
  it.each<[string, Record<string, Partial<Resource>>, string]>([
    ['a type that there is not', { New: { Type: 'AWS::SNS::Topics' } }, 'New has the unknown type AWS::SNS::Topics'],
    [
      'a property that there is not',
      { New: { Type: 'AWS::SNS::Topic', Properties: { Name: 'x' } } },
      'New (AWS::SNS::Topic) has no property Name',
    ],
    [
      'one in a part of a property',
      {
        New: { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Endpoint: 'x', Protocol: 'email', Mail: 1 }] } },
      },
      'New (AWS::SNS::Topic).Subscription.0 has no property Mail',
    ],
    [
      'a property that is missing',
      { New: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/x' } } },
      'New (AWS::KMS::Alias) has no TargetKeyId',
    ],
    [
      'a number as a text',
      { SettleLogGroup: { Properties: { RetentionInDays: '90' } } },
      'SettleLogGroup (AWS::Logs::LogGroup).RetentionInDays is "90", and has to be integer',
    ],
    [
      'a word that AWS does not know',
      { New: { Type: 'AWS::Pipes::Pipe', Properties: { RoleArn: 'r', Source: 's', Target: 't', DesiredState: 'ON' } } },
      "New (AWS::Pipes::Pipe).DesiredState is ON, which is none of AWS's values",
    ],
    [
      'a Ref to nothing',
      { SettlePermission: { Properties: { FunctionName: { Ref: 'Sette' } } } },
      'SettlePermission refers to Sette, which is not there',
    ],
    [
      'an attribute that there is not',
      { SettleRole: { Properties: { Description: { 'Fn::GetAtt': ['RecordsTable', 'Name'] } } } },
      'SettleRole refers to RecordsTable.Name, which AWS::DynamoDB::Table does not have',
    ],
    [
      'a Sub of nothing',
      { SettleRole: { Properties: { Description: sub('in {AWS::Region}: {Tabel.Arn}') } } },
      'SettleRole refers to Tabel, which is not there',
    ],
    [
      'a dependence on nothing',
      { SettleRule: { DependsOn: 'Nothing' } },
      'SettleRule depends on Nothing, which is not there',
    ],
    [
      'a circle',
      { RecordsTable: { DependsOn: ['SettleRole'] } },
      'in a circle: RecordsTable → SettleRole → RecordsTable',
    ],
    [
      'a variable of osls',
      { SettleRole: { Properties: { Description: sub('of {sls:stage}')['Fn::Sub'] } } },
      'SettleRole refers to the variable',
    ],
  ])('%s', (_, changes, fault) => {
    expect(faultsOf(template(changes)).join('\n')).toContain(fault)
  })

  it('an output of nothing', () => {
    expect(faultsOf({ ...template(), Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } })).toEqual([
      'Outputs refers to Key, which is not there',
    ])
  })
})

describe('this project does not take', () => {
  const role = (Action: string, Resource: unknown) => ({
    SettleRole: { Properties: { Policies: [policy(Action, Resource)] } },
  })
  it.each<[string, Record<string, Partial<Resource>>, string]>([
    [
      'a table that goes with the stack',
      { RecordsTable: { DeletionPolicy: 'Delete' } },
      'RecordsTable goes with the stack',
    ],
    [
      'a key of the table that is not defined',
      { RecordsTable: { Properties: { KeySchema: key('ids') } } },
      'the table defines id,open_shard, and its keys are ids,open_shard',
    ],
    [
      'a right on an index that there is not',
      role('dynamodb:Query', sub('{RecordsTable.Arn}/index/closed')),
      'SettleRole: dynamodb:Query on',
    ],
    ['a right on every table', role('dynamodb:GetItem', '*'), 'SettleRole: dynamodb:GetItem on "*"'],
    [
      'a right on the log of another',
      role(
        'logs:PutLogEvents',
        sub('arn:{AWS::Partition}:logs:{AWS::Region}:{AWS::AccountId}:log-group:/aws/lambda/send:*'),
      ),
      'SettleRole: logs:PutLogEvents on',
    ],
    [
      'a right on a function that there is not',
      role('lambda:InvokeFunction', sub('arn:{AWS::Partition}:lambda:{AWS::Region}:{AWS::AccountId}:function:worker')),
      'SettleRole: lambda:InvokeFunction on',
    ],
    [
      'a right on every secret',
      role('secretsmanager:GetSecretValue', '*'),
      'SettleRole: secretsmanager:GetSecretValue on "*"',
    ],
    ['a right of a service that nothing calls', role('s3:GetObject', '*'), 'SettleRole: s3:GetObject, of a service'],
    [
      'a stream that is not read with both images',
      role('dynamodb:GetRecords', { 'Fn::GetAtt': ['RecordsTable', 'StreamArn'] }),
      'SettleRole: dynamodb:GetRecords, and the table has no stream',
    ],
    [
      'a schedule that may not call',
      { SettlePermission: { Properties: { Principal: 's3.amazonaws.com' } } },
      'SettleRule may not call SettleLambdaFunction',
    ],
    [
      'a log under another key',
      { SettleLogGroup: { Properties: { KmsKeyId: 'arn' } } },
      "SettleLogGroup is not under the table's key",
    ],
    [
      'one function alone in the VPC',
      {
        SettleLambdaFunction: { Properties: { VpcConfig: {} } },
        EgressPolicy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [], PolicyDocument: { Statement: [] } } },
      },
      'in the VPC are SettleLambdaFunction, and call WeChat SendLambdaFunction',
    ],
    [
      'a function that is made before its role may connect it',
      {
        SettleLambdaFunction: { Properties: { VpcConfig: {} } },
        EgressPolicy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [], PolicyDocument: { Statement: [] } } },
      },
      'SettleLambdaFunction is made before its role may connect it',
    ],
    [
      'a pipe without both images',
      { Pipe: { Type: 'AWS::Pipes::Pipe', Properties: { Source: { 'Fn::GetAtt': ['RecordsTable', 'StreamArn'] } } } },
      'Pipe has no stream with both images',
    ],
  ])('%s', (_, changes, fault) => {
    expect(ruleFaults(template(changes)).join('\n')).toContain(fault)
  })
})
