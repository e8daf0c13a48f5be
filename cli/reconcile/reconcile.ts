// redpack reconcile: the merchant's bill of some days beside the records, to the fen.
import { GATEWAY_TYPES, type GatewayType } from '../../lib/redpack/params.ts'
import type { Context } from '../context.ts'
import { DAY_S, daysOf } from '../days.ts'
import { CliError, EXIT } from '../exit.ts'
import type { Mirror } from '../mirror/mirror.ts'
import type { Store } from '../mirror/store.ts'
import type { Bill, Movement, Packet } from './bill.ts'
import { type Comparison, compareFund, comparePackets } from './compare.ts'
import { billOfFile, billsOfDays } from './sources.ts'
import { isEqual, tell } from './tell.ts'

export type Options = {
  day?: string[]
  file?: string[]
  from?: number
  to?: number
  gatewayType?: string
  miniapp?: string
  appid?: string
  prefix?: string
  csv?: true
}

/** WeChat keeps bills for three months. */
const DAYS_MAX = 100

export async function reconcile(options: Options, { store }: Mirror, context: Context): Promise<void> {
  const { m } = context
  const { file = [], csv } = options
  const wanted = daysWanted(options, context)
  if (file.length === 0 && wanted.length === 0) throw new CliError('usage', m.reconcile.dayOrFile)
  const bills =
    file.length > 0
      ? await Promise.all(file.map((one) => billOfFile(one, context)))
      : await billsOfDays(wanted, whose(options, store, context), context)
  const movements = bills.flatMap((bill) => (bill.kind === 'fund' ? bill.movements : []))
  const packets = bills.flatMap((bill) => (bill.kind === 'export' ? bill.packets : []))
  if (movements.length > 0 && packets.length > 0) throw new CliError('usage', m.reconcile.oneKind)
  const days = wanted.length > 0 ? wanted : [...new Set(movements.map(({ at }) => at.slice(0, 10)))].sort()
  if (packets.length > 0 && days.length === 0) context.note(m.reconcile.noDays)
  const found = withDoubts(compare(movements, packets, days, options, store), bills)
  context.exit_code = isEqual(found) ? EXIT.ok : EXIT.refused
  tell(found, days, csv === true, context)
}

function compare(
  movements: readonly Movement[],
  packets: readonly Packet[],
  days: readonly string[],
  options: Options,
  store: Store,
): Comparison {
  const filter = { gateway_type: options.gatewayType ?? onlyGateway(store) }
  const asked = { days: new Set(days), filter }
  return packets.length > 0 ? comparePackets(packets, asked, store) : compareFund(movements, asked, store)
}

/** A fund bill without its last lines may lack more than those. */
function withDoubts(found: Comparison, bills: readonly Bill[]): Comparison {
  const cut = bills.filter((bill) => bill.kind === 'fund' && !bill.is_whole)
  const none = { kind: 'no_summary', mch_billno: '', record: null, record_fen: null, bill_fen: null, at: '' } as const
  return { ...found, undecided: [...found.undecided, ...cut.map(() => none)] }
}

function daysWanted({ day = [], from, to }: Options, { m }: Context): string[] {
  if (to !== undefined && from === undefined) throw new CliError('usage', m.reconcile.fromToo)
  const until = to ?? (from === undefined ? undefined : from + DAY_S)
  const span = from === undefined || until === undefined ? [] : daysOf({ from_s: from, to_s: until })
  const days = [...new Set([...day, ...span])].sort()
  if (days.length > DAYS_MAX) throw new CliError('usage', m.reconcile.tooManyDays(DAYS_MAX))
  return days
}

/** What no flag says, the records do. @throws CliError if they do not */
function whose(options: Options, store: Store, { m }: Context) {
  const [newest] = store.select({}, 1)
  const gateway_type = options.gatewayType ?? onlyGateway(store)
  if (!newest && (options.miniapp === undefined || options.appid === undefined)) {
    throw new CliError('usage', m.reconcile.nameThem(['--miniapp', '--appid']))
  }
  if (gateway_type === undefined) throw new CliError('usage', m.reconcile.nameThem(['--gateway-type']))
  const is = (one: string): one is GatewayType => (GATEWAY_TYPES as readonly string[]).includes(one)
  if (!is(gateway_type)) throw new CliError('usage', m.badGatewayType(gateway_type, GATEWAY_TYPES.join(', ')))
  const [own] = store.select({ gateway_type }, 1)
  return {
    miniapp_id: options.miniapp ?? newest?.miniapp_id ?? '',
    appid: options.appid ?? (own ?? newest)?.official_account_id ?? '',
    gateway_type,
    prefix: options.prefix,
  }
}

/** The gateway type of all records, if there is only one. */
function onlyGateway(store: Store): string | undefined {
  const [first, ...more] = store.sums<{ gateway_type: string }>('SELECT DISTINCT gateway_type FROM chosen', {})
  return more.length === 0 ? first?.gateway_type : undefined
}
