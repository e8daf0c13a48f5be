// The secrets, read with the service's own eyes: without them it answers 503 to everybody, and 400 to every send.
import { GetSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager'
import { readCallers } from '../../lib/aws/callers.ts'
import { readMerchant } from '../../lib/aws/merchants.ts'
import { AppError } from '../../lib/errors.ts'
import { GATEWAY_TYPES, type GatewayType } from '../../lib/redpack/params.ts'
import type { Finding } from '../finding.ts'
import { type Clients, explained } from './aws.ts'
import type { Plan } from './stage.ts'

const DAY_MS = 86_400_000
/** A certificate that ends sooner is worth a word: WeChat needs days to issue another. */
const SOON_DAYS = 30

export async function* examineSecrets(
  { prefix }: Plan,
  { secrets }: Pick<Clients, 'secrets'>,
  now_ms: number,
): AsyncGenerator<Finding> {
  const env = `REDPACK_SECRET_PREFIX=${prefix}`
  try {
    const text = await read(secrets, `${prefix}/callers`)
    const fix = `${env} npx --no -- redpack caller add <keyid> <miniapp_id>`
    if (text === undefined) {
      yield { check: 'secrets', state: 'bad', text: `There is no secret ${prefix}/callers: nobody can call`, fix }
      return
    }
    const known = readCallers(parsed(text))
    if (known === undefined) {
      const why = `The secret ${prefix}/callers is no JSON object: the service answers 503`
      yield {
        check: 'secrets',
        state: 'bad',
        text: why,
        fix: `restore an earlier version of it, or start anew: ${fix}`,
      }
      return
    }
    if (known.keys.size === 0)
      yield { check: 'secrets', state: 'bad', text: `${prefix}/callers names nobody who may call`, fix }
    else yield { check: 'secrets', state: 'good', text: `${prefix}/callers: ${known.keys.size} who may call` }
    for (const { keyid } of known.faults)
      yield {
        check: 'secrets',
        state: 'bad',
        text: `The entry of ${keyid} in ${prefix}/callers cannot be used`,
        fix: `${env} npx --no -- redpack caller list says why; then caller remove, and caller add`,
      }
    for (const miniapp_id of known.miniapps) yield* examineMerchants(secrets, prefix, miniapp_id, now_ms)
  } catch (error) {
    yield { check: 'secrets', state: 'bad', ...explained(error, 'secretsmanager:GetSecretValue') }
  }
}

async function* examineMerchants(
  secrets: Clients['secrets'],
  prefix: string,
  miniapp_id: string,
  now_ms: number,
): AsyncGenerator<Finding> {
  const name = `${prefix}/merchants/${miniapp_id}`
  const put = (type: string) =>
    `REDPACK_SECRET_PREFIX=${prefix} npx --no -- redpack merchant put ${miniapp_id} ${type} --p12 apiclient_cert.p12 --mch-id <商户号>`
  const text = await read(secrets, name)
  const document = text === undefined ? {} : parsed(text)
  const types = typeof document === 'object' && document !== null ? Object.keys(document) : []
  if (types.length === 0) {
    const why =
      text === undefined ? `There is no secret ${name}` : `The secret ${name} is no JSON object, or an empty one`
    yield { check: 'certificate', state: 'bad', text: `${why}: ${miniapp_id} cannot send`, fix: put('weixin_tenpay') }
    return
  }
  for (const type of types) {
    if (!isGatewayType(type)) {
      const fix = `the names are ${GATEWAY_TYPES.join(', ')}`
      yield { check: 'certificate', state: 'doubt', text: `${name}: ${type} is no gateway type`, fix }
    } else yield certificate(text, miniapp_id, type, put(type), now_ms)
  }
}

function certificate(
  text: string | undefined,
  miniapp_id: string,
  type: GatewayType,
  fix: string,
  now_ms: number,
): Finding {
  const check = 'certificate'
  const name = `${miniapp_id}/${type}`
  try {
    const { merchant, valid_from_ms, valid_to_ms } = readMerchant(text, miniapp_id, type, now_ms)
    const [from, to] = [valid_from_ms, valid_to_ms].map((ms) => new Date(ms).toISOString().slice(0, 10))
    const days = Math.floor((valid_to_ms - now_ms) / DAY_MS)
    const told = `${name}: certificate of merchant ${merchant.mch_id}, ${from} to ${to}`
    if (now_ms < valid_from_ms) return { check, state: 'bad', text: `${told}, is not valid yet`, fix }
    if (now_ms >= valid_to_ms) return { check, state: 'bad', text: `${told}, has expired`, fix }
    if (days < SOON_DAYS) return { check, state: 'doubt', text: `${told}, ends in ${days} days`, fix }
    return { check, state: 'good', text: `${told} (${days} days left)` }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { check, state: 'bad', text: `${name}: ${error.message}`, fix }
  }
}

async function read(secrets: Clients['secrets'], SecretId: string): Promise<string | undefined> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }))
    return SecretString
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

/** The cause of what does not parse could quote key material. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isGatewayType(name: string): name is GatewayType {
  return GATEWAY_TYPES.some((type) => type === name)
}
