// The stack and its table: whether CloudFormation can work, and whether the records would stay where they are.
import { DescribeStackResourceCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DescribeTableCommand, ResourceNotFoundException, type TableDescription } from '@aws-sdk/client-dynamodb'
import type { Finding } from '../finding.ts'
import { type Clients, explained } from './aws.ts'
import { type Plan, stackOf } from './stage.ts'
import { conflictOf, type Table } from './table.ts'

/** The table's name in the template (serverless.yml). */
const TABLE_ID = 'RecordsTable'

type Asked = Pick<Clients, 'cloudformation' | 'dynamodb'>

/** `wanted`: the table as it would be deployed. */
export async function* examineStack(plan: Plan, clients: Asked, wanted: Table): AsyncGenerator<Finding> {
  const stack = stackOf(plan.stage)
  let status: string | undefined
  try {
    status = await statusOf(stack, clients)
  } catch (error) {
    yield { check: 'stack', state: 'bad', ...explained(error, 'cloudformation:DescribeStacks') }
    yield { check: 'table', state: 'none', text: `The table ${plan.table} was not looked at: whose it is is not known` }
    return
  }
  yield stackFinding(stack, status)
  try {
    yield* status === undefined ? newTable(plan, clients) : standingTable(plan, stack, clients, wanted)
  } catch (error) {
    yield { check: 'table', state: 'bad', ...explained(error, 'dynamodb:DescribeTable') }
  }
}

/** @returns undefined if there is no such stack */
async function statusOf(stack: string, { cloudformation }: Asked): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }))
    return Stacks[0]?.StackStatus
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return
    throw error
  }
}

function stackFinding(stack: string, status: string | undefined): Finding {
  const check = 'stack'
  if (status === undefined)
    return { check, state: 'good', text: `The stack ${stack} does not exist yet: it is created` }
  if (status.endsWith('_IN_PROGRESS')) {
    const fix = `aws cloudformation describe-stack-events --stack-name ${stack} shows what it does; wait for its end`
    return { check, state: 'bad', text: `The stack ${stack} is being changed (${status})`, fix }
  }
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'CREATE_FAILED') {
    const fix = `aws cloudformation delete-stack --stack-name ${stack} (the table and the logs are kept: see docs/deploy.md)`
    return { check, state: 'bad', text: `The stack ${stack} was never created whole (${status})`, fix }
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    const fix = `aws cloudformation continue-update-rollback --stack-name ${stack}`
    return { check, state: 'bad', text: `The stack ${stack} is stuck (${status})`, fix }
  }
  if (status.startsWith('DELETE_')) {
    const fix = `aws cloudformation describe-stack-events --stack-name ${stack} shows what could not be deleted`
    return { check, state: 'bad', text: `The stack ${stack} is half deleted (${status})`, fix }
  }
  return { check, state: 'good', text: `The stack ${stack} stands (${status})` }
}

async function* newTable({ table, stage }: Plan, clients: Asked): AsyncGenerator<Finding> {
  if ((await tableOf(table, clients)) === undefined) {
    yield { check: 'table', state: 'good', text: `The table ${table} does not exist yet: it is created` }
    return
  }
  yield {
    check: 'table',
    state: 'bad',
    text: `The table ${table} exists, and the stack ${stackOf(stage)} does not: CloudFormation makes no table of a name that is taken`,
    fix: `import the table into the stack (docs/deploy.md, The way back), or choose another: export REDPACK_TABLE=<another name>`,
  }
}

async function* standingTable(plan: Plan, stack: string, clients: Asked, wanted: Table): AsyncGenerator<Finding> {
  const check = 'table'
  const { StackResourceDetail } = await clients.cloudformation.send(
    new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId: TABLE_ID }),
  )
  const name = StackResourceDetail?.PhysicalResourceId ?? ''
  if (name !== plan.table) {
    const isThere = (await tableOf(plan.table, clients)) !== undefined
    const what = isThere
      ? 'which exists: CloudFormation makes no table of a name that is taken, and would undo the whole update'
      : 'which does not exist: CloudFormation would make it, empty, and the functions would forget what was sent'
    yield {
      check,
      state: 'bad',
      text: `The stack has the table ${name}, and this deployment names ${plan.table}, ${what}`,
      fix: `unset REDPACK_TABLE, or export REDPACK_TABLE=${name}. After a restore: docs/upgrade.md (After a restore of the table)`,
    }
    return
  }
  const standing = await tableOf(name, clients)
  if (standing === undefined) {
    const fix = 'restore it under this name before you deploy: docs/upgrade.md (After a restore of the table)'
    yield { check, state: 'bad', text: `The stack’s table ${name} is gone`, fix }
    return
  }
  const conflict = conflictOf(standing, wanted)
  if (conflict !== undefined) {
    yield { check, state: 'bad', text: `The table ${name} cannot be updated: ${conflict}`, fix: 'see docs/upgrade.md' }
    return
  }
  yield { check, state: 'good', text: `The table ${name} stays, with its ${standing.ItemCount ?? 0} items or more` }
  if (standing.DeletionProtectionEnabled === false) {
    const fix = `aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`
    yield { check, state: 'doubt', text: `The table ${name} is not protected from deletion`, fix }
  }
}

async function tableOf(name: string, { dynamodb }: Asked): Promise<TableDescription | undefined> {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
