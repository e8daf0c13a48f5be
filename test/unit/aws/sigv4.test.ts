// Our signature of a request is the SDK's own, byte for byte.
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sha256 } from '../../../lib/aws/sdk/checksum.ts'
import { signer } from '../../../lib/aws/sigv4.ts'

const unsigned = {
  host: 'dynamodb.cn-north-1.amazonaws.com.cn',
  path: '/',
  content_type: 'application/x-amz-json-1.0',
  target: 'DynamoDB_20120810.PutItem',
  body: '{"Item":{"wishing":{"S":"恭喜发财🧧"}}}',
}
const by = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const AT_MS = Date.parse('2026-11-25T08:00:00.123Z')
type Unsigned = typeof unsigned
type By = typeof by & { sessionToken?: string }

async function bySdk(service: string, one: Unsigned, credentials: By, region: string, at_ms: number) {
  const { host, path, content_type, target, body } = one
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false })
  const headers = { host, 'content-type': content_type, 'x-amz-target': target }
  const request = { method: 'POST', protocol: 'https:', hostname: host, path, headers, body }
  return (await signature.sign(request, { signingDate: new Date(at_ms) })).headers
}

function ours(service: string, one: Unsigned, credentials: By, region: string, at_ms: number) {
  const list = signer(service)(one, credentials, region, at_ms)
  return Object.fromEntries(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]]] : [])))
}

test('with the keys of a user', async () => {
  expect(ours('dynamodb', unsigned, by, 'cn-north-1', AT_MS)).toEqual(
    await bySdk('dynamodb', unsigned, by, 'cn-north-1', AT_MS),
  )
})

test('with any text, token, region and time, also after another one by the same signer', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  const word = fc.stringMatching(/^[a-z0-9-]{1,20}$/)
  const token = fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,80}$/), { nil: undefined })
  const at = fc.integer({ min: 0, max: 4_000_000_000_000 })
  await fc.assert(
    fc.asyncProperty(text, word, token, at, async (body, region, sessionToken, at_ms) => {
      const credentials = { ...by, ...(sessionToken !== undefined && { sessionToken }) }
      const one = { ...unsigned, body }
      expect(ours('secretsmanager', one, credentials, region, at_ms)).toEqual(
        await bySdk('secretsmanager', one, credentials, region, at_ms),
      )
    }),
    { numRuns: 20 },
  )
})

test('the key of a day is used again for the same secret, region and day alone', async () => {
  const sign = signer('dynamodb')
  const others = [
    [by, 'cn-north-1', AT_MS],
    [by, 'cn-north-1', AT_MS + 86_400_000],
    [{ ...by, secretAccessKey: 'another' }, 'cn-north-1', AT_MS],
    [by, 'ap-southeast-1', AT_MS],
    [by, 'cn-north-1', AT_MS],
  ] as const
  for (const [credentials, region, at_ms] of others) {
    const { authorization } = await bySdk('dynamodb', unsigned, credentials, region, at_ms)
    expect(sign(unsigned, credentials, region, at_ms).at(-1)).toBe(authorization)
  }
})
