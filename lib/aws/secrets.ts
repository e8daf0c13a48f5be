// Secrets Manager, read through a small cache: one fetch in flight, five minutes fresh, an hour stale while it is down.
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { AppError } from '../errors.ts'

const FRESH_MS = 5 * 60_000
const STALE_MS = 60 * 60_000
/** While Secrets Manager is down, a stale value is served this long before it is asked again. */
const COOL_DOWN_MS = 10_000
/** Secrets one container remembers. */
const CACHED_MAX = 256

export type Secrets = {
  /** The secret's text, or undefined where there is no such secret. @throws AppError secrets_unavailable */
  read(name: string): Promise<string | undefined>
  /** Reads past the cache. @throws AppError secrets_unavailable */
  readAnew(name: string): Promise<string | undefined>
}

type Cached = { text: string; fetched_ms: number; retry_ms: number }

/** `now` in Unix ms. */
export function secretsManager(client: Pick<SecretsManagerClient, 'send'>, now: () => number = Date.now): Secrets {
  const cache = new Map<string, Cached>()
  const inFlight = new Map<string, Promise<string | undefined>>()

  function readAnew(name: string): Promise<string | undefined> {
    const running = inFlight.get(name)
    if (running) return running
    const fetching = fetchSecret(client, name)
      .then((text) => remember(name, text))
      .finally(() => inFlight.delete(name))
    inFlight.set(name, fetching)
    return fetching
  }

  function remember(name: string, text: string | undefined): string | undefined {
    cache.delete(name)
    if (text === undefined) return undefined
    const [oldest] = cache.keys()
    if (cache.size >= CACHED_MAX && oldest !== undefined) cache.delete(oldest)
    cache.set(name, { text, fetched_ms: now(), retry_ms: 0 })
    return text
  }

  async function read(name: string): Promise<string | undefined> {
    const cached = cache.get(name)
    if (cached && (now() - cached.fetched_ms < FRESH_MS || now() < cached.retry_ms)) return cached.text
    try {
      return await readAnew(name)
    } catch (error) {
      if (!cached || now() - cached.fetched_ms >= FRESH_MS + STALE_MS) throw error
      cached.retry_ms = now() + COOL_DOWN_MS
      return cached.text
    }
  }

  return { read, readAnew }
}

async function fetchSecret(client: Pick<SecretsManagerClient, 'send'>, name: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }))
    return SecretString
  } catch (cause) {
    if (cause instanceof ResourceNotFoundException) return undefined
    throw new AppError(
      'secrets_unavailable',
      '暂时无法从 Secrets Manager 读取密钥,没有发出任何请求;请稍后用同一个 Idempotency-Key 重试',
      { cause },
    )
  }
}
