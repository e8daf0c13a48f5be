// Everything that one simulator knows and that a reset puts back.
import { Calls } from './calls.ts'
import { Clock } from './clock.ts'
import type { Shapes } from './errors.ts'
import { Faults } from './faults.ts'
import { type Journal, openJournal } from './journal.ts'
import type { Merchant } from './merchants.ts'
import type { SavedOrders } from './order.ts'
import { Orders } from './orders.ts'
import { Packets } from './packets.ts'
import { type DayLimits, SENDS_PER_S, SendRate } from './rate.ts'

/** What a world is made from; `balance` in fen, `now` and `onClock` in milliseconds, `sends_per_s` a merchant's limit. */
export type WorldOptions = DayLimits &
  Readonly<{
    merchants: readonly Merchant[]
    balance?: number | undefined
    sends_per_s?: number | undefined
    now?: (() => number) | undefined
    onClock?: ((offset_ms: number) => void) | undefined
    log?: ((line: string) => void) | undefined
    /** A folder in which the ledger and the clock survive a restart; without it they do not. */
    data?: string | undefined
    /** Whether the clock goes on from where `data` left it; true unless told. */
    keep_clock?: boolean | undefined
    shapes?: Shapes | undefined
    /** Whether faults may name err_codes that WeChat does not document. */
    any_code?: boolean | undefined
    /** Whether an openid must have 28 characters and begin with o, as all that were published do. */
    strict_openids?: boolean | undefined
  }>

export type World = {
  readonly clock: Clock
  readonly merchants: ReadonlyMap<string, Merchant>
  readonly rate: SendRate
  readonly faults: Faults
  readonly calls: Calls
  readonly packets: Packets
  readonly shapes: Shapes
  readonly any_code: boolean
  readonly strict_openids: boolean
  readonly log: (line: string) => void
  orders: Orders
  /** Puts ledger, balance, calls, faults and clock back to the start. */
  readonly reset: () => void
  /** Closes what is open; the world is not used after it. */
  readonly close: () => void
}

/** 1,000,000 yuan in fen, WeChat's default limit for a merchant's day. */
const BALANCE_FEN = 100_000_000

/** Makes a world, with the ledger that its folder holds or an empty one. */
export function createWorld(options: WorldOptions): World {
  const { shapes = 'captured', onClock = () => {}, data } = options
  const opened = data === undefined ? undefined : openJournal(data)
  const journal: Journal | undefined = opened?.journal
  const orders = (saved?: SavedOrders) =>
    new Orders({
      balance: options.balance ?? BALANCE_FEN,
      limits: options,
      shapes,
      saved,
      changed: journal && ((change) => journal.write(change)),
    })
  const clock = new Clock(options.now ?? Date.now, (offset_ms) => {
    journal?.write({ offset_ms })
    onClock(offset_ms)
  })
  const world: World = {
    clock,
    merchants: new Map(options.merchants.map((merchant) => [merchant.mch_id, merchant])),
    rate: new SendRate(options.sends_per_s ?? SENDS_PER_S),
    faults: new Faults(),
    calls: new Calls(),
    packets: new Packets(),
    shapes,
    any_code: options.any_code ?? false,
    strict_openids: options.strict_openids ?? false,
    log: options.log ?? (() => {}),
    orders: orders(opened?.saved),
    reset: () => {
      journal?.clear()
      world.clock.reset()
      world.rate.clear()
      world.faults.clear()
      world.calls.clear()
      world.packets.clear()
      world.orders = orders()
    },
    close: () => journal?.close(),
  }
  if (opened?.saved) world.packets.know(opened.saved.orders)
  if (opened && opened.offset_ms > 0) {
    if (options.keep_clock ?? true) clock.advance(opened.offset_ms / 1000)
    else clock.reset()
  }
  return world
}
