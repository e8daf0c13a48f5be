// The first attempt of a call to DynamoDB or Secrets Manager, made by hand: the SDK's own way costs four times the CPU.
// Everything but a first success is the SDK's: what an error is, whether to try again, when, and each further attempt.
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
  beyond_json: /"(?:\w+Date|SecretBinary)"\s*:/,
}

type Schema = readonly [kind: 9, namespace: string, name: string, traits: number, input: unknown, output: unknown]
type Command = { readonly input: object; readonly schema?: Schema }
type Options = { readonly abortSignal?: AbortSignal }
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
  send(command: Command, options?: Options): Promise<object>
}

/** Gives `client` a shorter first attempt. Its maxAttempts must be one less than the tries that a call is to have. */
export function withFirstAttempt<C>(client: C, service: JsonService, agents: Agents, limits: Limits): C {
  const { config } = client as Client
  const throughSdk = (client as Client).send.bind(client)
  const sign = signer(service.signing_name)
  let url: Promise<URL> | undefined

  /** Where the SDK would send it: by region, partition and environment, which stay as they are while a container lives. */
  async function resolved(command: Command): Promise<URL> {
    const endpoint = await getEndpointFromInstructions({}, command.constructor as object, config as object)
    return new URL(endpoint.url.href)
  }

  async function attempt(command: Command, schema: Schema, { abortSignal }: Options): Promise<Answer> {
    url ??= resolved(command).catch((error) => {
      url = undefined
      throw error
    })
    const [to, credentials, region] = await Promise.all([url, config.credentials(), config.region()])
    const body = JSON.stringify(hasBytes(command.input) ? base64Inside(command.input) : command.input)
    const content_type = `application/x-amz-json-${service.json_version}`
    const unsigned = { host: to.host, path: to.pathname, content_type, target: `${service.target}.${schema[2]}`, body }
    const headers = sign(unsigned, credentials, region, Date.now() + config.systemClockOffset)
    return exchange(agents, limits, { url: to, headers, body, signal: abortSignal })
  }

  async function read({ status, headers, body }: Answer, [, ns, name, traits, input, output]: Schema): Promise<object> {
    if (status === 200) {
      const text = body.toString('utf8')
      const $metadata = { httpStatusCode: status, requestId: headers['x-amzn-requestid'], attempts: 1 }
      if (!service.beyond_json.test(text)) return { ...JSON.parse(text), $metadata }
    }
    const shape = operation(ns, name, traits, input as never, output as never)
    return config.protocol.deserializeResponse(shape, config, { statusCode: status, headers, body })
  }

  async function sendShortly(command: Command, options: Options = {}): Promise<object> {
    const { schema } = command
    if (!schema) return throughSdk(command, options)
    const strategy = await config.retryStrategy()
    const token = await strategy.acquireInitialRetryToken('')
    try {
      const output = await read(await attempt(command, schema, options), schema)
      strategy.recordSuccess(token)
      return output
    } catch (error) {
      if (options.abortSignal?.aborted) throw error
      if (!isRefusedSignature(error)) await pauseBeforeRetry(strategy, token, error)
      return throughSdk(command, options)
    }
  }

  return Object.assign(client as object, { send: sendShortly }) as C
}

/** Waits as the SDK would. @throws `error` if the SDK would not try again, or has no tries to spare */
async function pauseBeforeRetry(
  strategy: Awaited<ReturnType<Client['config']['retryStrategy']>>,
  token: Token,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Error)) throw error
  const passing = isTransientError(error as SdkError) ? 'TRANSIENT' : 'CLIENT_ERROR'
  const errorType = isThrottlingError(error as SdkError) ? 'THROTTLING' : passing
  try {
    await strategy.refreshRetryTokenForRetry(token, { error, errorType })
  } catch {
    throw error
  }
}

/** If it was for the clock, the SDK corrects it when it sees that itself. */
function isRefusedSignature(error: unknown): boolean {
  return error instanceof Error && isClockSkewError(error as SdkError)
}

function hasBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return value instanceof Uint8Array || Object.values(value).some(hasBytes)
}

/** The same input with its bytes as AWS's JSON has them. */
function base64Inside(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  if (Array.isArray(value)) return value.map(base64Inside)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, base64Inside(inner)]))
}
