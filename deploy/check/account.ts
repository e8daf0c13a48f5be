// The account: who deploys, into which partition, and whether it has executions enough to reserve some.
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { Finding } from '../finding.ts'
import { type Clients, explained, isAboutCredentials } from './aws.ts'
import { type Plan, stackOf } from './stage.ts'

/** AWS keeps so many of an account's executions unreserved. */
const UNRESERVED_MIN = 100

/** @returns false if AWS does not take the credentials: nothing else can be asked then */
export async function* examineCredentials(
  { region }: Plan,
  { sts }: Pick<Clients, 'sts'>,
): AsyncGenerator<Finding, boolean> {
  try {
    const { Arn = '', Account = '' } = await sts.send(new GetCallerIdentityCommand({}))
    const partition = Arn.split(':')[1] ?? ''
    const wanted = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
    if (partition !== wanted) {
      const text = `${Arn} belongs to the partition ${partition}, and ${region} to ${wanted}: an account is of one of them`
      yield { check: 'credentials', state: 'bad', text, fix: `use credentials of an account of ${wanted}` }
      return false
    }
    yield { check: 'credentials', state: 'good', text: `${Arn} deploys into account ${Account}, ${region}` }
    if (/:root$/.test(Arn))
      yield {
        check: 'credentials',
        state: 'doubt',
        text: 'These are the credentials of the account’s root user',
        fix: 'deploy as an IAM user or role with the policy docs/iam/deploy.json',
      }
    return true
  } catch (error) {
    yield { check: 'credentials', state: 'bad', ...explained(error, 'sts:GetCallerIdentity') }
    return !isAboutCredentials(error)
  }
}

/** A new account often has a limit of 10: reserving some of them fails in the middle of the deployment. */
export async function* examineExecutions(
  { stage }: Plan,
  settle_concurrency: number | null,
  { lambda }: Pick<Clients, 'lambda'>,
): AsyncGenerator<Finding> {
  if (settle_concurrency === null) {
    yield { check: 'executions', state: 'none', text: 'No executions are reserved for settle' }
    return
  }
  try {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}))
    const free = AccountLimit?.UnreservedConcurrentExecutions ?? 0
    const left = free + (await reservedNow(stage, lambda)) - settle_concurrency
    if (left >= UNRESERVED_MIN) {
      yield {
        check: 'executions',
        state: 'good',
        text: `${settle_concurrency} executions can be reserved for settle (the account has ${AccountLimit?.ConcurrentExecutions})`,
      }
      return
    }
    yield {
      check: 'executions',
      state: 'bad',
      text: `${settle_concurrency} executions are to be reserved for settle, and the account has ${free} unreserved ones, of which AWS keeps ${UNRESERVED_MIN}`,
      fix: `write settle_concurrency: none into deploy/${stage}.yml, and ask AWS for more (Service Quotas > AWS Lambda > Concurrent executions)`,
    }
  } catch (error) {
    const { text, fix } = explained(error, 'lambda:GetAccountSettings')
    yield { check: 'executions', state: 'doubt', text, fix }
  }
}

/** What a standing deployment has reserved already. */
async function reservedNow(stage: string, lambda: Clients['lambda']): Promise<number> {
  try {
    const FunctionName = `${stackOf(stage)}-settle`
    const { ReservedConcurrentExecutions = 0 } = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))
    return ReservedConcurrentExecutions
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 0
    throw error
  }
}
