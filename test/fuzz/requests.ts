// Requests: an operation's, each part of it right, nearly right or wild; or one for no operation at all.
import fc from 'fast-check'
import { type Body, bodyOf } from './bodies.ts'
import { type Operation, operations, type Parameter } from './description.ts'
import { SIGNATURES, type SignatureKind } from './signatures.ts'
import { allowed, oddText } from './values.ts'

/** A request before it is signed; texts are latin1, as the wire has them. */
export type Draft = Readonly<{
  method: string
  path: string
  query: string
  body: Body | undefined
  idempotency_key: string | undefined
  content_type: string | undefined
  more_headers: readonly (readonly [string, string])[]
  signature: SignatureKind
  /** Seconds by which the signature is older or newer than now, and what a wild one says. */
  skew_s: number
  text: string
  /** Whether the service must accept it, if the signature is right. */
  sound: boolean
}>

type Part<T> = Readonly<{ value: T; sound: boolean }>

const right = <T>(value: fc.Arbitrary<T>) => value.map((one): Part<T> => ({ value: one, sound: true }))
const wrong = <T>(value: fc.Arbitrary<T>) => value.map((one): Part<T> => ({ value: one, sound: false }))

/** Text as one writes it into a URL, and as one should not. */
const inUrl = fc.oneof(
  oddText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('%', '%zz', '%e4%ff', '%00', '+', '%2B', '%2F', '..', '%2e%2e', ';', '%20', '&', '=', '%c0%af', '~'),
  fc.string({ unit: fc.constantFrom(..."abcXYZ0189-_.~%+:@!$'()*,;/?="), maxLength: 80 }),
)

/** A question mark would end the path. */
const inPath = inUrl.map((text) => text.replaceAll('?', ''))

const IDS = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 24, maxLength: 24 }),
  fc.nat(50).map((index) => `known-${index}`),
)

/** A value of a parameter; `known-<n>` stands for the id of a packet that was sent before. */
function parameterValue({ name, schema }: Parameter): fc.Arbitrary<Part<string>> {
  const text = (value: fc.Arbitrary<unknown>) => value.map((one) => encodeURIComponent(String(one)))
  const ordinary = name === 'id' ? IDS : name === 'mch_billno' ? IDS.map((id) => `RP${id}`) : text(allowed(schema))
  return fc.oneof({ arbitrary: right(ordinary), weight: 3 }, { arbitrary: wrong(inUrl), weight: 1 })
}

function queryOf(operation: Operation): fc.Arbitrary<Part<string>> {
  const named = operation.parameters.filter((one) => one.in === 'query')
  const pair = (parameter: Parameter) =>
    parameterValue(parameter).map(({ value, sound }) => ({ value: `${parameter.name}=${value}`, sound }))
  const joined = (pairs: readonly Part<string>[], sound: boolean): Part<string> => ({
    value: pairs.map(({ value }) => value).join('&'),
    sound: sound && pairs.every((one) => one.sound),
  })
  // Which of them go together, no schema says.
  const together = operation.path.endsWith('/status')
    ? fc.subarray(named, { minLength: 1, maxLength: 1 })
    : fc.subarray(named)
  const ordinary = together.chain((some) => fc.tuple(...some.map(pair))).map((pairs) => joined(pairs, true))
  const any = fc
    .array(
      fc.oneof(
        ...named.map(pair),
        inUrl.map((value) => ({ value, sound: false })),
      ),
      { maxLength: 5 },
    )
    .map((pairs) => joined(pairs, false))
  return named.length === 0 && operation.body
    ? fc.oneof({ arbitrary: fc.constant({ value: '', sound: true }), weight: 9 }, { arbitrary: any, weight: 1 })
    : fc.oneof({ arbitrary: ordinary, weight: 4 }, { arbitrary: any, weight: 1 })
}

function pathOf({ path, parameters }: Operation): fc.Arbitrary<Part<string>> {
  const steps = path.split('/').map((step): fc.Arbitrary<Part<string>> => {
    const parameter = parameters.find((one) => step === `{${one.name}}`)
    return parameter ? parameterValue(parameter) : fc.constant({ value: step, sound: true })
  })
  return fc.tuple(...steps).map((parts) => ({
    value: parts.map(({ value }) => value.replaceAll('?', '')).join('/'),
    sound: parts.every(({ sound }) => sound),
  }))
}

const KEYS: fc.Arbitrary<Part<string | undefined>> = fc.oneof(
  { arbitrary: right(fc.uuid()), weight: 8 },
  // Few, so that they meet again with the same packet or another.
  { arbitrary: right(fc.nat(5).map((index) => `again-${index}`)), weight: 2 },
  { arbitrary: right(fc.stringMatching(/^[\x21-\x2b\x2d-\x7e]{1,255}$/)), weight: 2 },
  {
    arbitrary: wrong(
      fc.constantFrom(undefined, '', ' ', 'a b', 'a,b', 'x'.repeat(256), 'caf\u00e9', '\t', 'campaign/1'),
    ),
    weight: 2,
  },
)

const CONTENT_TYPES: fc.Arbitrary<Part<string | undefined>> = fc.oneof(
  {
    arbitrary: right(fc.constantFrom('application/json', 'application/json; charset=utf-8', 'Application/JSON')),
    weight: 12,
  },
  {
    arbitrary: wrong(
      fc.constantFrom(
        undefined,
        '',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        ';',
        'application/json,text/html',
        'application/octet-stream',
        'caf\u00e9/x',
        'x'.repeat(2000),
      ),
    ),
    weight: 1,
  },
)

const latin1 = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .filter((c) => c < 0x7f || c > 0x9f)
    .map((c) => String.fromCharCode(c)),
  maxLength: 60,
})
/** None that a proxy or a gateway acts upon itself. */
const MORE_HEADERS = fc.array(
  fc.tuple(
    fc.constantFrom(
      'accept',
      'accept-encoding',
      'content-encoding',
      'cookie',
      'origin',
      'x-forwarded-for',
      'user-agent',
      'authorization',
      'range',
      'if-none-match',
      'x-amzn-trace-id',
      'content-digest',
      'digest',
      'date',
      '__proto__',
      'constructor',
      'sls-offline-authorizer-override',
      'x-http-method-override',
    ),
    fc.oneof(latin1, fc.constantFrom('gzip', '*', '0', '[object Object]', 'a=b; c=d', '{"a":1}')),
  ),
  { maxLength: 3 },
)

/** Of the digest a second one is no longer the right one. */
function harmless(headers: readonly (readonly [string, string])[]): boolean {
  return !headers.some(([name]) => name === 'content-digest')
}

function draftOf(operation: Operation): fc.Arbitrary<Draft> {
  const { method, body, parameters } = operation
  const keyed = parameters.some(({ name }) => name === 'Idempotency-Key')
  return fc
    .record({
      path: pathOf(operation),
      query: queryOf(operation),
      body: body
        ? bodyOf(body)
        : fc.option(
            fc.string().map((text): Body => ({ kind: 'wild', bytes: Buffer.from(text) })),
            { nil: undefined, freq: 20 },
          ),
      key: keyed ? KEYS : fc.constant({ value: undefined, sound: true }),
      content_type: body ? CONTENT_TYPES : fc.constant({ value: undefined, sound: true }),
      more_headers: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, { arbitrary: MORE_HEADERS, weight: 1 }),
      signature: fc.oneof(
        { arbitrary: fc.constant<SignatureKind>('right'), weight: 5 },
        { arbitrary: fc.constantFrom(...SIGNATURES), weight: 1 },
      ),
      skew_s: fc.oneof(fc.constant(0), fc.integer({ min: -250, max: 250 })),
      text: fc.oneof(
        oddText.map((text) => text.replaceAll(/[^\x21-\x7e\u00a0-\u00ff]/g, '')),
        latin1,
      ),
    })
    .map(({ path, query, body, key, content_type, more_headers, ...rest }) => ({
      ...rest,
      method,
      path: path.value,
      query: query.value,
      body,
      idempotency_key: key.value,
      content_type: content_type.value,
      more_headers,
      sound:
        path.sound &&
        query.sound &&
        key.sound &&
        content_type.sound &&
        harmless(more_headers) &&
        (operation.body ? body?.kind === 'plausible' : body === undefined),
    }))
}

/** A request for one of the operations. */
export const described: fc.Arbitrary<Draft> = fc.oneof(
  ...operations.map((operation) => ({ arbitrary: draftOf(operation), weight: operation.body ? 4 : 1 })),
)

const NO_ROUTES = fc
  .tuple(
    described,
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'),
    fc.oneof(
      inPath.map((text) => `/${text}`),
      inPath.map((text) => `/redpacks/${text}`),
      fc.constantFrom('/', '//', '/redpacks/', '/redpacks//', '/REDPACKS', '/redpacks/a/b', '/redpacks/status/'),
    ),
  )
  .map(([draft, method, path]): Draft => ({ ...draft, method, path, sound: false }))

/** A request over HTTP, also one that no operation is for. */
export const anyRequest: fc.Arbitrary<Draft> = fc.oneof(
  { arbitrary: described, weight: 5 },
  { arbitrary: NO_ROUTES, weight: 1 },
)
