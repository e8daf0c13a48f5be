// What this project's template has to keep beyond CloudFormation's own rules: policies name what is there, schedules may call what
// they call, and what holds records outlives the stack.
import { referencesOf, type Template } from './cloudformation.ts'

type Statement = { Effect: string; Action: string | string[]; Resource: unknown }
type Key = { AttributeName: string }
type Index = { IndexName: string; KeySchema: Key[] }

/** Functions that call WeChat: those alone go where the fixed addresses are. */
export const CALL_WECHAT = ['Send', 'Status', 'Settle', 'CampaignWorker']
/** What is lost or paid for anew if it goes with the stack. */
const KEPT = ['AWS::DynamoDB::Table', 'AWS::Logs::LogGroup', 'AWS::KMS::Key', 'AWS::EC2::EIP']

/** @returns what is wrong, a line each */
export function ruleFaults(template: Template): string[] {
  return [
    ...keptFaults(template),
    ...tableFaults(template),
    ...policyFaults(template),
    ...scheduleFaults(template),
    ...egressFaults(template),
    ...keyFaults(template),
    ...pipeFaults(template),
  ]
}

const entries = ({ Resources }: Template, type: string) =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type)
const propertiesOf = ({ Resources }: Template, id: string) => Resources[id]?.Properties ?? {}
const refersTo = (value: unknown) => referencesOf(value)[0]?.id ?? ''
/** A name or ARN with the account's own parts taken out. */
const textOf = (value: unknown) => JSON.stringify(value ?? '').replace(/\$\{AWS::\w+\}/g, '*')

function keptFaults({ Resources }: Template): string[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => KEPT.includes(Type))
    .filter(
      ([, { DeletionPolicy, UpdateReplacePolicy }]) => DeletionPolicy !== 'Retain' || UpdateReplacePolicy !== 'Retain',
    )
    .map(([id]) => `${id} goes with the stack`)
}

function tableFaults(template: Template): string[] {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = propertiesOf(template, 'RecordsTable') as {
    AttributeDefinitions: Key[]
    KeySchema: Key[]
    GlobalSecondaryIndexes: Index[]
  }
  const names = (keys: Key[]) => [...new Set(keys.map(({ AttributeName }) => AttributeName))].sort().join()
  const keys = [...KeySchema, ...GlobalSecondaryIndexes.flatMap((index) => index.KeySchema)]
  const defined = names(AttributeDefinitions)
  return defined === names(keys) ? [] : [`the table defines ${defined}, and its keys are ${names(keys)}`]
}

/** Every resource of a statement is of this stack, or AWS has no narrower one. */
function policyFaults(template: Template): string[] {
  const policies = [...entries(template, 'AWS::IAM::Role'), ...entries(template, 'AWS::IAM::Policy')].flatMap(
    ([id, { Properties = {} }]) => {
      const inline = (Properties.Policies ?? [Properties]) as { PolicyDocument: { Statement: Statement[] } }[]
      return inline.flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.map((statement) => [id, statement] as const),
      )
    },
  )
  return policies.flatMap(([id, { Action, Resource }]) =>
    [Resource].flat().flatMap((resource) => {
      const fault = [Action]
        .flat()
        .map((action) => resourceFault(template, action, resource))
        .find(Boolean)
      return fault === undefined ? [] : [`${id}: ${fault}`]
    }),
  )
}

function resourceFault(template: Template, action: string, resource: unknown): string | undefined {
  const [service] = action.split(':')
  const text = textOf(resource)
  const named = (what: RegExp, names: string[]) => {
    const [, name = ''] = what.exec(text) ?? []
    return names.includes(name) ? undefined : `${action} on ${text}, which is not of this stack`
  }
  switch (service) {
    case 'dynamodb': {
      const { GlobalSecondaryIndexes, StreamSpecification } = propertiesOf(template, 'RecordsTable')
      if (text.includes('StreamArn')) return StreamSpecification ? undefined : `${action}, and the table has no stream`
      if (!text.includes('/index/')) return refersTo(resource) === 'RecordsTable' ? undefined : `${action} on ${text}`
      return named(
        /RecordsTable\.Arn\}\/index\/([\w-]+)"/,
        (GlobalSecondaryIndexes as Index[]).map(({ IndexName }) => IndexName),
      )
    }
    case 'lambda': {
      const functions = entries(template, 'AWS::Lambda::Function').map(([, { Properties }]) =>
        String(Properties?.FunctionName),
      )
      return named(/:function:([\w-]+)"/, functions)
    }
    case 'logs': {
      const groups = entries(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) =>
        String(Properties?.LogGroupName),
      )
      return named(/:log-group:([\w/-]+):\*"/, groups)
    }
    case 'events':
      return refersTo(resource) === 'EventBus' ? undefined : `${action} on ${text}`
    case 'secretsmanager':
      return /:secret:redpack\/\w+\/(callers-\*|merchants\/\*)"/.test(text) ? undefined : `${action} on ${text}`
    case 'kms':
      return /"arn:aws[a-z-]*:kms:/.test(text) ? undefined : `${action} on ${text}`
    default:
      return ['xray', 'ec2'].includes(service ?? '') ? undefined : `${action}, of a service that no function calls`
  }
}

/** EventBridge may call what its rules name. */
function scheduleFaults(template: Template): string[] {
  const permissions = entries(template, 'AWS::Lambda::Permission').map(([, { Properties = {} }]) => Properties)
  return entries(template, 'AWS::Events::Rule').flatMap(([id, { Properties = {} }]) =>
    (Properties.Targets as { Arn: unknown }[]).flatMap(({ Arn }) => {
      const allowed = permissions.some(
        ({ FunctionName, Principal, SourceArn }) =>
          refersTo(FunctionName) === refersTo(Arn) &&
          Principal === 'events.amazonaws.com' &&
          refersTo(SourceArn) === id,
      )
      return allowed ? [] : [`${id} may not call ${refersTo(Arn)}`]
    }),
  )
}

/** All functions that call WeChat are in the VPC or none is, and no other; and they can be connected before they are made. */
function egressFaults(template: Template): string[] {
  const functions = entries(template, 'AWS::Lambda::Function')
  const inside = functions.filter(([, { Properties }]) => Properties?.VpcConfig !== undefined).map(([id]) => id)
  if (inside.length === 0) return []
  const expected = CALL_WECHAT.map((name) => `${name}LambdaFunction`)
  const roles = (propertiesOf(template, 'EgressPolicy').Roles as unknown[]).map(refersTo)
  return [
    ...(inside.join() === expected.join()
      ? []
      : [`in the VPC are ${inside.join()}, and call WeChat ${expected.join()}`]),
    ...(roles.join() === CALL_WECHAT.map((name) => `${name}Role`).join() ? [] : [`connected may be ${roles.join()}`]),
    ...inside
      .filter((id) => ![template.Resources[id]?.DependsOn ?? []].flat().includes('EgressPolicy'))
      .map((id) => `${id} is made before its role may connect it`),
  ]
}

/** One key for the table and every log, or none. */
function keyFaults(template: Template): string[] {
  const { SSESpecification = {} } = propertiesOf(template, 'RecordsTable')
  const { KMSMasterKeyId: key } = SSESpecification as { KMSMasterKeyId?: unknown }
  return entries(template, 'AWS::Logs::LogGroup')
    .filter(([, { Properties }]) => textOf(Properties?.KmsKeyId) !== textOf(key))
    .map(([id]) => `${id} is not under the table's key`)
}

/** Filters compare the item before and after. */
function pipeFaults(template: Template): string[] {
  const { StreamSpecification } = propertiesOf(template, 'RecordsTable')
  const both = textOf(StreamSpecification).includes('NEW_AND_OLD_IMAGES')
  return entries(template, 'AWS::Pipes::Pipe')
    .filter(([, { Properties }]) => !both || refersTo(Properties?.Source) !== 'RecordsTable')
    .map(([id]) => `${id} has no stream with both images`)
}
