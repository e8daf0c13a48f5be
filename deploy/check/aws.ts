// AWS as it is asked before and after a deployment: its clients, and what its errors mean to the person who deploys.
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { STSClient } from '@aws-sdk/client-sts'

/** A person waits: two tries, then the reason. */
export const CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const

export type Clients = {
  readonly sts: Pick<STSClient, 'send'>
  readonly cloudformation: Pick<CloudFormationClient, 'send'>
  readonly dynamodb: Pick<DynamoDBClient, 'send'>
  readonly secrets: Pick<SecretsManagerClient, 'send'>
  readonly lambda: Pick<LambdaClient, 'send'>
}

/** Credentials and endpoints (AWS_ENDPOINT_URL_…) are the SDK's own to find. */
export function awsClients(region: string): Clients {
  const options = { ...CLIENT, region }
  return {
    sts: new STSClient(options),
    cloudformation: new CloudFormationClient(options),
    dynamodb: new DynamoDBClient(options),
    secrets: new SecretsManagerClient(options),
    lambda: new LambdaClient(options),
  }
}

/** None at hand, wrong ones, or ones that have expired. */
export function isAboutCredentials(error: unknown): boolean {
  const name = error instanceof Error ? error.name : ''
  return /Credential|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SSO|TokenProvider/i.test(
    name,
  )
}

/** AWS's error in a line, and what to do. `what`: the call that failed, as the policy of a person names it. */
export function explained(error: unknown, what: string): { text: string; fix: string } {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (isAboutCredentials(error)) {
    return {
      text: `AWS does not take the credentials: ${message}`,
      fix: 'aws sso login, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of somebody who deploys',
    }
  }
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/i.test(name)) {
    return { text: `AWS denies ${what}: ${message}`, fix: `add ${what} to your policy (docs/iam/deploy.json)` }
  }
  return {
    text: `AWS cannot be asked (${what}): ${name === 'Error' ? '' : `${name}: `}${message}`,
    fix: 'is the region right, and can this machine reach AWS? Then run it again',
  }
}
