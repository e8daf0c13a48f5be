// The merchant's fund bill (资金账单) of one day, from the ledger. WeChat documents its form, and no word for red packets in it.
import { createHash, createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { beijingTime } from './clock.ts'
import type { RequestFields } from './fields.ts'
import type { Order } from './order.ts'
import type { Orders } from './orders.ts'

/** A bill as it goes out; `digest` is SHA-1 of its text. */
export type Bill = Readonly<{ bill: Buffer; digest: string; gzip: boolean }>

export type BillAsked = Readonly<{ mch_id: string; bill_date: string; account_type: string; gzip: boolean }>

type Movement = Readonly<{ order: Order; at_ms: number; fen: number; sequence: number }>

const HEADER =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号'
const SUMMARY = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额'
/** Yesterday's bill is made by 9:00 Beijing. */
const READY = '09:00:00'
const DAY_MS = 86_400_000

/** WeChat's HMAC-SHA256 sign, the only one that this endpoint takes: the same text as for MD5, keyed by the API v2 key. */
export function hmacSign(fields: RequestFields, api_key: string): string {
  const text = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== '')
    .sort()
    .map((name) => `${name}=${fields[name]}&`)
    .join('')
  return createHmac('sha256', api_key).update(`${text}key=${api_key}`, 'utf8').digest('hex').toUpperCase()
}

/** @returns the bill, or WeChat's err_code if there is none. Red packets stand in the Basic account here. */
export function fundFlow(orders: Orders, asked: BillAsked, now_ms: number): Bill | string {
  const day = asked.bill_date.replace(/^(....)(..)(..)$/, '$1-$2-$3')
  const now = beijingTime(now_ms)
  if (day >= now.slice(0, 10) || asked.account_type !== 'Basic') return 'NO_BILL_EXIST'
  const yesterday = beijingTime(now_ms - DAY_MS).slice(0, 10)
  if (day === yesterday && now.slice(11) < READY) return 'BILL_CREATING'
  const rows = rowsOf(orders, asked.mch_id).filter(({ at_ms }) => beijingTime(at_ms).startsWith(day))
  if (rows.length === 0) return 'NO_BILL_EXIST'
  const lines = [HEADER, ...rows.map(line), SUMMARY, summary(rows)]
  // The one real file that was published begins with a byte order mark and ends its lines with CRLF.
  const text = Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8')
  const digest = createHash('sha1').update(text).digest('hex')
  return { bill: asked.gzip ? gzipSync(text) : text, digest, gzip: asked.gzip }
}

type Row = Movement & { readonly balance: number }

/** All movements of a merchant in the order of time, each with the balance after it, counted back from the present one. */
function rowsOf(orders: Orders, mch_id: string): Row[] {
  const movements = orders.debits
    .filter((order) => order.mch_id === mch_id)
    .flatMap(movementsOf)
    .sort((a, b) => a.at_ms - b.at_ms)
    .map((movement, sequence) => ({ ...movement, sequence }))
  let balance = orders.balanceOf(mch_id)
  const rows: Row[] = []
  for (const movement of movements.reverse()) {
    rows.push({ ...movement, balance })
    balance -= movement.fen
  }
  return rows.reverse()
}

function movementsOf(order: Order): Omit<Movement, 'sequence'>[] {
  const { debited_at_ms, total_amount, refunded_at_ms, refund_amount = 0 } = order
  const out = { order, at_ms: debited_at_ms, fen: -total_amount }
  return refunded_at_ms === undefined || refund_amount === 0
    ? [out]
    : [out, { order, at_ms: refunded_at_ms, fen: refund_amount }]
}

function line({ order, at_ms, fen, balance, sequence }: Row): string {
  const day = beijingTime(at_ms).slice(0, 10).replaceAll('-', '')
  return cells([
    beijingTime(at_ms),
    order.send_listid,
    `${order.mch_id}${day}${String(sequence).padStart(10, '0')}`,
    '现金红包',
    fen < 0 ? '现金红包发放' : '现金红包退款',
    fen < 0 ? '支出' : '收入',
    yuan(Math.abs(fen)),
    yuan(balance),
    'system',
    escaped(order.remark),
    escaped(order.mch_billno),
  ])
}

function summary(rows: readonly Row[]): string {
  const of = (sign: number) => rows.map(({ fen }) => fen * sign).filter((fen) => fen > 0)
  const sum = (amounts: readonly number[]) => yuan(amounts.reduce((total, fen) => total + fen, 0))
  const [income, expense] = [of(1), of(-1)]
  const count = (many: number) => many.toFixed(1)
  return cells([count(rows.length), count(income.length), sum(income), count(expense.length), sum(expense)])
}

function cells(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}`).join(',')
}

function escaped(text: string): string {
  return text.replaceAll(',', '\\ ').replaceAll('\r', '\\r').replaceAll('\n', '\\n')
}

function yuan(fen: number): string {
  return (fen / 100).toFixed(2)
}
