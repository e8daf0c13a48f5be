// AWS Signature Version 4 for one kind of request: a POST with a JSON body and no query.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}
export type Unsigned = {
  readonly host: string
  readonly path: string
  readonly content_type: string
  /** What x-amz-target says: service and operation. */
  readonly target: string
  readonly body: string
}

const SIGNED = 'content-type;host;x-amz-date;x-amz-target'
const SIGNED_WITH_TOKEN = 'content-type;host;x-amz-date;x-amz-security-token;x-amz-target'

/** The key of a day is derived once: four HMACs, and an HMAC is cheaper with a KeyObject than with bytes. */
export function signer(service: string) {
  let last: { secret: string; scope: string; key: KeyObject } | undefined

  function keyOf(secret: string, day: string, region: string): { scope: string; key: KeyObject } {
    const scope = `${day}/${region}/${service}/aws4_request`
    if (last?.scope === scope && last.secret === secret) return last
    const key = [day, region, service, 'aws4_request'].reduce(
      (key, part) => createSecretKey(createHmac('sha256', key).update(part, 'utf8').digest()),
      createSecretKey(`AWS4${secret}`, 'utf8'),
    )
    last = { secret, scope, key }
    return last
  }

  /** @returns the headers to send, names and values in turn; `at_ms` is AWS's time as far as it is known */
  return ({ host, path, content_type, target, body }: Unsigned, by: Credentials, region: string, at_ms: number) => {
    const date = new Date(at_ms).toISOString().replace(/[-:]|\.\d{3}/g, '')
    const token = by.sessionToken
    const names = token === undefined ? SIGNED : SIGNED_WITH_TOKEN
    const security = token === undefined ? '' : `x-amz-security-token:${token}\n`
    const lines = `content-type:${content_type}\nhost:${host}\nx-amz-date:${date}\n${security}x-amz-target:${target}\n`
    const request = `POST\n${path}\n\n${lines}\n${names}\n${hash('sha256', body)}`
    const { scope, key } = keyOf(by.secretAccessKey, date.slice(0, 8), region)
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', request)}`
    const signature = createHmac('sha256', key).update(text, 'utf8').digest('hex')
    const authorization = `AWS4-HMAC-SHA256 Credential=${by.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
    const headers = ['host', host, 'content-type', content_type, 'x-amz-date', date, 'x-amz-target', target]
    if (token !== undefined) headers.push('x-amz-security-token', token)
    headers.push('authorization', authorization)
    return headers
  }
}
