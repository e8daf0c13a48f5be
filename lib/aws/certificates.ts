// How long the merchants' certificates last: a metric, and a line in the log for each that ends soon. Once an hour a container.
import { DAY_S, HOUR_S } from '../durations.ts'
import { AppError, hasCode } from '../errors.ts'
import { GatewayType } from '../redpack/params.ts'
import type { Log, Metrics } from './log.ts'
import { readMerchant, secretName } from './merchants.ts'
import type { Secrets } from './secrets.ts'

/** Below this many days a certificate is told by name. CertificateAlarm of resources/alarms.yml has the same. */
export const SOON_DAYS = 21
const HOUR_MS = HOUR_S * 1000
const DAY_MS = DAY_S * 1000
/** Three tries of two seconds for a secret that does not come, and time to end in. */
const LOOK_MIN_MS = 10_000

export type CertificateWatch = {
  /** Looks at what is due while there is time, and goes on with the rest next time. Throws for nothing that may pass. */
  look(remaining_ms: () => number): Promise<void>
}

export type CertificateWatchOptions = {
  secrets: Secrets
  prefix: string
  miniapps(): Promise<string[]>
  log: Log
  metrics: Metrics
  /** Unix ms. */
  now(): number
}

/** `certificate_days`: whole days until a certificate ends; 0 if it has ended, or cannot be used. */
export function certificateWatch(options: CertificateWatchOptions): CertificateWatch {
  const { secrets, prefix, miniapps, log, metrics, now } = options
  let next_ms = 0
  let left: string[] = []

  async function lookAt(miniapp_id: string): Promise<void> {
    const text = await secrets.read(secretName(prefix, miniapp_id))
    for (const gateway_type of GatewayType.options) {
      const days = daysLeft(text, miniapp_id, gateway_type, now())
      if (days === undefined) continue
      metrics.addMetric('certificate_days', 'None', days)
      if (days < SOON_DAYS) log.warn('certificate_ends', { miniapp_id, gateway_type, days })
    }
  }

  return {
    async look(remaining_ms) {
      if (left.length === 0) {
        // A clock that was set back puts no look off.
        const wait_ms = next_ms - now()
        if ((wait_ms > 0 && wait_ms <= HOUR_MS) || remaining_ms() <= LOOK_MIN_MS) return
        left = (await readable(miniapps)) ?? []
        next_ms = now() + HOUR_MS
      }
      while (left.length > 0 && remaining_ms() > LOOK_MIN_MS) {
        const miniapp_id = left.shift() ?? ''
        await readable(() => lookAt(miniapp_id))
      }
    },
  }
}

/** Secrets that cannot be read are told by those who need them; one hides no other. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

/** @returns undefined if the mini app has no merchant of this type */
function daysLeft(
  text: string | undefined,
  miniapp_id: string,
  gateway_type: GatewayType,
  now_ms: number,
): number | undefined {
  try {
    const { valid_to_ms } = readMerchant(text, miniapp_id, gateway_type, now_ms)
    return Math.max(0, Math.floor((valid_to_ms - now_ms) / DAY_MS))
  } catch (error) {
    if (hasCode(error, 'certificate_missing')) return undefined
    if (hasCode(error, 'certificate_unusable')) return 0
    throw error
  }
}
