// Secrets Manager, read through a small cache: one fetch in flight, five minutes fresh, an hour stale while it is down.
// What AWS refuses is forgotten at once: deleting a secret or denying the role is how a leaked one is stopped.
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { AppError, hasCode } from '../errors.ts'
import { mayPass } from './failure.ts'

const FRESH_MS = 5 * 60_000
const STALE_MS = 60 * 60_000
/** While Secrets Manager is down, a stale value is served this long before it is asked again. */
const COOL_DOWN_MS = 10_000
/** Secrets one container remembers. */
const CACHED_MAX = 256

export type Secrets = {
  /**
   * The secret's text, or undefined if there is no such secret.
   * @throws AppError secrets_unavailable, or misconfigured if AWS refuses to hand it out
   */
  read(name: string): Promise<string | undefined>
  /** Reads past the cache. @throws AppError as read */
  readAnew(name: string): Promise<string | undefined>
}

type Cached = { text: string; fetched_ms: number; retry_ms: number }

/** `now` in Unix ms. */
export function secretsManager(client: Pick<SecretsManagerClient, 'send'>, now: () => number = Date.now): Secrets {
  const cache = new Map<string, Cached>()
  const inFlight = new Map<string, Promise<string | undefined>>()

  function readAnew(name: string): Promise<string | undefined> {
    const running = inFlight.get(name)
    if (running !== undefined) return running
    const fetching = fetchNow(name)
      .catch((error: unknown) => {
        // A refusal must not be undone by the next outage.
        if (hasCode(error, 'misconfigured')) cache.delete(name)
        throw error
      })
      .finally(() => inFlight.delete(name))
    inFlight.set(name, fetching)
    return fetching
  }

  /** Ages begin with the question: one that was put before a freeze is answered after it, with what stood there then. */
  async function fetchNow(name: string): Promise<string | undefined> {
    const fetched_ms = now()
    const text = await fetchSecret(client, name)
    return isYounger({ fetched_ms }, FRESH_MS) ? remember(name, text, fetched_ms) : fetchNow(name)
  }

  function remember(name: string, text: string | undefined, fetched_ms: number): string | undefined {
    cache.delete(name)
    if (text === undefined) return undefined
    const [oldest] = cache.keys()
    if (cache.size >= CACHED_MAX && oldest !== undefined) cache.delete(oldest)
    cache.set(name, { text, fetched_ms, retry_ms: 0 })
    return text
  }

  async function read(name: string): Promise<string | undefined> {
    const cached = cache.get(name)
    if (cached && (isYounger(cached, FRESH_MS) || isCooling(cached))) return cached.text
    try {
      return await readAnew(name)
    } catch (error) {
      const usable = cached && hasCode(error, 'secrets_unavailable') && isYounger(cached, FRESH_MS + STALE_MS)
      if (!usable) throw error
      cached.retry_ms = now() + COOL_DOWN_MS
      return cached.text
    }
  }

  /** After a step of the clock back, what was read is of no known age. */
  function isYounger({ fetched_ms }: Pick<Cached, 'fetched_ms'>, age_ms: number): boolean {
    return fetched_ms <= now() && now() - fetched_ms < age_ms
  }

  function isCooling({ retry_ms }: Cached): boolean {
    return now() < retry_ms && retry_ms - now() <= COOL_DOWN_MS
  }

  return { read, readAnew }
}

async function fetchSecret(client: Pick<SecretsManagerClient, 'send'>, name: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }))
    return SecretString
  } catch (cause) {
    if (cause instanceof ResourceNotFoundException) return undefined
    if (!mayPass(cause)) {
      throw new AppError('misconfigured', '服务无权或无法从 Secrets Manager 读取密钥，请联系服务的运维人员', { cause })
    }
    throw new AppError(
      'secrets_unavailable',
      '暂时无法从 Secrets Manager 读取密钥，没有发出任何请求；请稍后用同一个 Idempotency-Key 重试',
      { cause },
    )
  }
}
