// What WeChat allows in a second and in a day: sends of a merchant, packets and money of a receiver, money of a merchant.
import { beijingTime } from './clock.ts'

/** WeChat's default: 30 sends a second for each merchant. */
export const SENDS_PER_S = 30

/** Limits of a day, Beijing's; fen. Absent or 0: none. */
export type DayLimits = Readonly<{
  user_packets_per_day?: number | undefined
  user_fen_per_day?: number | undefined
  merchant_fen_per_day?: number | undefined
}>

/** WeChat's defaults, which a merchant can change in its console. */
export const WECHAT_DAY_LIMITS: DayLimits = {
  user_packets_per_day: 10,
  user_fen_per_day: 100_000,
  merchant_fen_per_day: 100_000_000,
}

/** Counts the sends of each merchant in the last second. */
export class SendRate {
  readonly #recent_ms = new Map<string, number[]>()
  readonly #sends_per_s: number

  constructor(sends_per_s: number) {
    this.#sends_per_s = sends_per_s
  }

  /** Whether one more send may pass at `now_ms`; it is counted only then. */
  pass(mch_id: string, now_ms: number): boolean {
    const recent_ms = (this.#recent_ms.get(mch_id) ?? []).filter((at_ms) => at_ms > now_ms - 1000)
    const passes = recent_ms.length < this.#sends_per_s
    if (passes) recent_ms.push(now_ms)
    this.#recent_ms.set(mch_id, recent_ms)
    return passes
  }

  clear(): void {
    this.#recent_ms.clear()
  }
}

type Paid = Readonly<{ mch_id: string; re_openid: string; total_amount: number }>
type Count = { packets: number; fen: number }

/** Counts what was paid on one Beijing day; another day begins at nothing. */
export class DayCount {
  readonly #limits: DayLimits
  readonly #counts = new Map<string, Count>()
  #day = ''

  constructor(limits: DayLimits) {
    this.#limits = limits
  }

  /** @returns the err_code of the limit that one more payment at `now_ms` would pass, or undefined */
  over({ mch_id, re_openid, total_amount }: Paid, now_ms: number): string | undefined {
    this.#turn(now_ms)
    const { user_packets_per_day, user_fen_per_day, merchant_fen_per_day } = this.#limits
    const user = this.#count(`${mch_id} ${re_openid}`)
    if (user_packets_per_day && user.packets + 1 > user_packets_per_day) return 'SENDNUM_LIMIT'
    if (user_fen_per_day && user.fen + total_amount > user_fen_per_day) return 'RCVDAMOUNT_LIMIT'
    if (merchant_fen_per_day && this.#count(mch_id).fen + total_amount > merchant_fen_per_day) return 'SENDAMOUNT_LIMIT'
    return undefined
  }

  /** Counts a payment of `at_ms`; one of an earlier day than the latest is not of interest any more. */
  add({ mch_id, re_openid, total_amount }: Paid, at_ms: number): void {
    if (!this.#turn(at_ms)) return
    for (const count of [this.#count(mch_id), this.#count(`${mch_id} ${re_openid}`)]) {
      count.packets += 1
      count.fen += total_amount
    }
  }

  #turn(at_ms: number): boolean {
    const day = beijingTime(at_ms).slice(0, 10)
    if (day > this.#day) {
      this.#day = day
      this.#counts.clear()
    }
    return day === this.#day
  }

  #count(key: string): Count {
    const count = this.#counts.get(key) ?? { packets: 0, fen: 0 }
    this.#counts.set(key, count)
    return count
  }
}
