// What of an error of the AWS SDK may be logged, and whether it may pass.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { describeAwsError, isAwsError, mayPass } from '../../../lib/aws/failure.ts'
import { LOCAL_CREDENTIALS } from '../../../local/dynamodb.ts'
import { type Answer, startService } from '../../support/cli.ts'

async function errorOf(answer: Answer): Promise<Error> {
  const service = await startService(() => answer)
  const client = new SecretsManagerClient({
    endpoint: service.url,
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  })
  try {
    await client.send(new GetSecretValueCommand({ SecretId: 'redpack/test/callers' }))
    throw new Error('no error')
  } catch (error) {
    return error as Error
  } finally {
    client.destroy()
    await service.stop()
  }
}

test('an error of AWS is described by its name, HTTP status and request id, not by its message', async () => {
  const Message = 'User: arn:aws:sts::123456789012:assumed-role/x is not authorized to access redpack/test/callers'
  const error = await errorOf({
    status: 400,
    headers: { 'x-amzn-requestid': 'b2f1' },
    body: { __type: 'AccessDeniedException', Message },
  })

  expect(error.message).toContain('not authorized')
  expect(isAwsError(error)).toBe(true)
  expect(describeAwsError(error)).toEqual({ name: 'AccessDeniedException', http_status: 400, request_id: 'b2f1' })
})

test('a name that is none of AWS is not repeated', async () => {
  const error = await errorOf({ status: 400, body: { __type: 'a name with what must not be logged' } })

  expect(describeAwsError(error)).toMatchObject({ name: 'Error', http_status: 400 })
})

test('a failure on the way to AWS is described by its code', async () => {
  const error = await errorOf(undefined)

  expect(isAwsError(error)).toBe(true)
  expect(describeAwsError(error)).toEqual({ name: 'TimeoutError', code: 'ECONNRESET' })
  expect(mayPass(error)).toBe(true)
})

test.each([
  ['a TLS certificate that is out of date', { code: 'CERT_HAS_EXPIRED' }, true],
  ['no more file handles', { code: 'EMFILE' }, true],
  ['two addresses that do not answer', { cause: Object.assign(new Error(), { code: 'EHOSTUNREACH' }) }, true],
  ['a fault of this program', {}, false],
  ['a file that is not there', { code: 'ENOENT' }, false],
  ['a refusal with a code of the network', { code: 'ECONNRESET', $metadata: { httpStatusCode: 400 } }, false],
])('%s', (_, members, passes) => {
  expect(mayPass(Object.assign(new Error('x'), members))).toBe(passes)
  expect(isAwsError(new Error('ours'))).toBe(false)
})

test('what is thrown and no error does not pass', () => {
  expect([mayPass(undefined), mayPass('ECONNRESET'), mayPass({ code: 'ECONNRESET' })]).toEqual([false, false, false])
})
