// DynamoDB and Secrets Manager for a measured send: they answer at once, and keep nothing but the last number of the list.
import type { KeyPair } from '../../../simulator/src/certificates.ts'
import { serve, setupOf } from '../stub.ts'

export type AwsSetup = { tls: KeyPair; secrets: Record<string, string> }

const { tls, secrets } = await setupOf<AwsSetup>()
let last_seq = 0

function answerTo(operation: string, input: { SecretId?: string; UpdateExpression?: string }): object {
  if (operation === 'GetSecretValue') {
    return { Name: input.SecretId, CreatedDate: 1_795_392_000, SecretString: secrets[input.SecretId ?? ''] }
  }
  if (input.UpdateExpression !== 'ADD last_seq :one') return {}
  last_seq += 1
  return { Attributes: { last_seq: { N: String(last_seq) } } }
}

await serve({ cert: tls.cert, key: tls.key }, ({ headers }, body) => {
  const [, operation = ''] = String(headers['x-amz-target']).split('.')
  return { as: operation, after_ms: 0, body: JSON.stringify(answerTo(operation, JSON.parse(body))) }
})
