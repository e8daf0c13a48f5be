// The first attempt of a call to DynamoDB or Secrets Manager, made by hand: the SDK's own way costs four times the CPU.
// Everything but a first success is the SDK's: what an error is, whether to try again, when, and each further attempt.
import { once } from 'node:events'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { isClockSkewError, isThrottlingError, isTransientError } from '@smithy/core/retry'
import { operation } from '@smithy/core/schema'
import { type Agents, type Answer, exchange, type Limits } from './exchange.ts'
import { type Credentials, signer } from './sigv4.ts'

/** A service that speaks JSON over POST, as its protocol names it. */
export type JsonService = {
  readonly signing_name: string
  readonly target: string
  readonly json_version: '1.0' | '1.1'
  /** Matches an answer that holds more than JSON has (bytes, dates): the SDK reads it. */
  readonly beyond_json: RegExp
  /** Seconds that are a Date in the SDK's types. */
  readonly date?: string
}

export const DYNAMODB: JsonService = {
  signing_name: 'dynamodb',
  target: 'DynamoDB_20120810',
  json_version: '1.0',
  // DynamoDB's own keys: in a text of ours the quotes are escaped.
  beyond_json: /"BS?"\s*:/,
}
export const SECRETS_MANAGER: JsonService = {
  signing_name: 'secretsmanager',
  target: 'secretsmanager',
  json_version: '1.1',
  beyond_json: /"(?:SecretBinary|(?!Created)\w+Date)"\s*:/,
  date: 'CreatedDate',
}

/** AWS refuses a signature that is further from its own clock. */
const SKEW_MAX_MS = 5 * 60_000

type Schema = readonly [kind: 9, namespace: string, name: string, traits: number, input: unknown, output: unknown]
type Command = { readonly input: object; readonly schema?: Schema }
type Output = { $metadata?: { attempts?: number } }
type Options = { readonly abortSignal?: AbortSignal }
type Place = {
  readonly url: URL
  /** That the signature names. */
  readonly region: string
}
type Token = object
type SdkError = Parameters<typeof isTransientError>[0]
/** What is used here of a client of the SDK, after its configuration is resolved. */
type Client = {
  readonly config: {
    region(): Promise<string>
    credentials(): Promise<Credentials>
    /** Corrected by the SDK when AWS says that the clock is wrong. */
    systemClockOffset: number
    retryStrategy(): Promise<{
      acquireInitialRetryToken(scope: string): Promise<Token>
      refreshRetryTokenForRetry(token: Token, failure: { error: unknown; errorType: string }): Promise<Token>
      recordSuccess(token: Token): void
    }>
    protocol: { deserializeResponse(operation: object, context: object, response: object): Promise<object> }
  }
  send(command: Command, options?: Options): Promise<Output>
}

/** Gives `client` a shorter first attempt. Its maxAttempts must be one less than the tries that a call is to have. */
export function withFirstAttempt<C>(client: C, service: JsonService, agents: Agents, limits: Limits): C {
  const { config } = client as Client
  const throughSdk = (client as Client).send.bind(client)
  const sign = signer(service.signing_name)
  let place: Promise<Place> | undefined

  /** Where the SDK would send it: by region, partition and environment, which stay as they are while a container lives. */
  async function resolved(command: Command): Promise<Place> {
    const endpoint = await getEndpointFromInstructions({}, command.constructor as object, config as object)
    const url = new URL(endpoint.url.href)
    if (!url.pathname.endsWith('/')) url.pathname += '/'
    const [scheme] = (endpoint.properties?.authSchemes ?? []) as { signingRegion?: string }[]
    return { url, region: scheme?.signingRegion ?? (await config.region()) }
  }

  async function attempt(command: Command, schema: Schema, { abortSignal }: Options): Promise<Answer> {
    place ??= resolved(command).catch((error) => {
      place = undefined
      throw error
    })
    const [{ url, region }, credentials] = await Promise.all([place, config.credentials()])
    const body = JSON.stringify(hasBytes(command.input) ? base64Inside(command.input) : command.input)
    const content_type = `application/x-amz-json-${service.json_version}`
    const unsigned = {
      host: url.host,
      path: url.pathname,
      content_type,
      target: `${service.target}.${schema[2]}`,
      body,
    }
    const headers = sign(unsigned, credentials, region, Date.now() + config.systemClockOffset)
    return exchange(agents, limits, { url, headers, body, signal: abortSignal })
  }

  async function read({ status, headers, body }: Answer, [, ns, name, traits, input, output]: Schema): Promise<object> {
    const $metadata = { httpStatusCode: status, requestId: headers['x-amzn-requestid'], attempts: 1 }
    if (status === 200) {
      const text = body.toString('utf8')
      if (!service.beyond_json.test(text)) return { ...dated(JSON.parse(text), service.date), $metadata }
    }
    const shape = operation(ns, name, traits, input as never, output as never)
    const read = await config.protocol.deserializeResponse(shape, config, { statusCode: status, headers, body })
    return { ...read, $metadata }
  }

  async function sendShortly(command: Command, options: Options = {}): Promise<object> {
    const { schema } = command
    if (!schema) return throughSdk(command, options)
    const strategy = await config.retryStrategy()
    const token = await strategy.acquireInitialRetryToken('')
    let answer: Answer | undefined
    try {
      answer = await attempt(command, schema, options)
      const output = await read(answer, schema)
      strategy.recordSuccess(token)
      return output
    } catch (thrown) {
      const error = asSdkError(thrown, answer)
      if (options.abortSignal?.aborted) throw error
      const clock_ms = Date.now() + config.systemClockOffset
      const isOfClock = isForTheClock(error, answer?.headers.date, clock_ms)
      const paid = isOfClock ? undefined : await pauseBeforeRetry(strategy, token, error, options.abortSignal)
      const output = await throughSdk(command, options)
      // What the second try cost comes back, or a bad hour would leave none to spare.
      if (paid) strategy.recordSuccess(paid)
      // Ours was one, too.
      if (output.$metadata?.attempts !== undefined) output.$metadata.attempts += 1
      return output
    }
  }

  return Object.assign(client as object, { send: sendShortly }) as C
}

function dated(output: Record<string, unknown>, name: string | undefined): Record<string, unknown> {
  if (name === undefined || typeof output[name] !== 'number') return output
  return { ...output, [name]: new Date(output[name] * 1_000) }
}

/**
 * What the SDK throws has `$metadata`: so the log knows that the message may quote what was answered. An answer that is no JSON may
 * pass if its status says so.
 */
function asSdkError(thrown: unknown, answer: Answer | undefined): Error {
  const error = thrown instanceof Error ? thrown : new Error('an error that is none', { cause: thrown })
  if ('$metadata' in error) return error
  const $metadata = { httpStatusCode: answer?.status, requestId: answer?.headers['x-amzn-requestid'], attempts: 1 }
  return Object.assign(error, { $metadata })
}

/** Waits as the SDK would. @throws `error` if the SDK would not try again, or has no tries to spare, or the call is given up */
async function pauseBeforeRetry(
  strategy: Awaited<ReturnType<Client['config']['retryStrategy']>>,
  token: Token,
  error: Error,
  signal: AbortSignal | undefined,
): Promise<Token> {
  const passing = isTransientError(error as SdkError) ? 'TRANSIENT' : 'CLIENT_ERROR'
  const errorType = isThrottlingError(error as SdkError) ? 'THROTTLING' : passing
  const givenUp = signal ? [once(signal, 'abort').then(() => Promise.reject(error))] : []
  try {
    return await Promise.race([...givenUp, strategy.refreshRetryTokenForRetry(token, { error, errorType })])
  } catch {
    throw error
  }
}

/** AWS refused the signature, and its own clock says why: the SDK corrects ours when it is refused itself. */
function isForTheClock(error: Error, date: string | undefined, clock_ms: number): boolean {
  if (!isClockSkewError(error as SdkError)) return false
  return Math.abs(Date.parse(date ?? '') - clock_ms) >= SKEW_MAX_MS
}

function hasBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Uint8Array) return true
  for (const key in value) if (hasBytes(value[key as keyof typeof value])) return true
  return false
}

/** The same input with its bytes as AWS's JSON has them. */
function base64Inside(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  if (Array.isArray(value)) return value.map(base64Inside)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, base64Inside(inner)]))
}
