// Everything that one simulator knows and that a reset puts back.
import { Calls } from './calls.ts'
import { Clock } from './clock.ts'
import { Faults } from './faults.ts'
import { Orders } from './orders.ts'
import { type Merchant, SendRate } from './rate.ts'

/** What a world is made from; `balance` in fen, `now` and `onClock` in milliseconds, `sends_per_s` a merchant's limit. */
export type WorldOptions = Readonly<{
  merchants: readonly Merchant[]
  balance?: number | undefined
  sends_per_s?: number | undefined
  now?: (() => number) | undefined
  onClock?: ((offset_ms: number) => void) | undefined
  log?: ((line: string) => void) | undefined
}>

export type World = {
  readonly clock: Clock
  readonly merchants: ReadonlyMap<string, Merchant>
  readonly rate: SendRate
  readonly faults: Faults
  readonly calls: Calls
  readonly log: (line: string) => void
  readonly start_balance: number
  orders: Orders
}

/** 1,000,000 yuan in fen, WeChat's default limit for a merchant's day. */
const BALANCE_FEN = 100_000_000
/** WeChat's default: 30 sends a second for each merchant. */
const SENDS_PER_S = 30

/** Makes a world with an empty ledger. */
export function createWorld(options: WorldOptions): World {
  const start_balance = options.balance ?? BALANCE_FEN
  return {
    clock: new Clock(options.now ?? Date.now, options.onClock ?? (() => {})),
    merchants: new Map(options.merchants.map((merchant) => [merchant.mch_id, merchant])),
    rate: new SendRate(options.sends_per_s ?? SENDS_PER_S),
    faults: new Faults(),
    calls: new Calls(),
    log: options.log ?? (() => {}),
    start_balance,
    orders: new Orders(start_balance),
  }
}

/** Puts ledger, balance, calls, faults and clock back to the start. */
export function resetWorld(world: World): void {
  world.clock.reset()
  world.rate.clear()
  world.faults.clear()
  world.calls.clear()
  world.orders = new Orders(world.start_balance)
}
