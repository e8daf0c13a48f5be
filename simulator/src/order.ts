// An order as WeChat knows it, and what is kept of all of them.

/** What a send asks for; `total_amount` in fen. */
export type Send = Readonly<{
  mch_billno: string
  mch_id: string
  wxappid: string
  re_openid: string
  total_amount: number
  total_num: number
  hb_type: 'NORMAL' | 'GROUP'
  send_name: string
  wishing: string
  act_name: string
  remark: string
  /** A service provider's. */
  sub_mch_id?: string
  /** A packet of a mini program, which its page opens by a `package`. */
  mini_program?: true
}>

/** One receiver's share as gethbinfo lists it; `amount` in fen. */
export type Receipt = Readonly<{ openid: string; amount: number; rcv_time: string }>

/** An order that WeChat knows. One that is SENDING has not been debited; every other has. */
export type Order = Send & {
  send_listid: string
  /** When the send came, until there is a debit. */
  debited_at_ms: number
  status: 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND'
  reason?: string
  hblist?: readonly Receipt[]
  /** What each receiver gets, fixed as the first one collects. */
  shares?: readonly number[]
  /** Fen that went back: all, or what nobody had collected of a group packet. */
  refund_amount?: number
  refunded_at_ms?: number
  /** When it turns FAILED of its own accord. */
  fails_at_ms?: number
}

/** Why a send is not paid. */
export type Unpaid = Readonly<{ err_code: string; text?: string }>

/** A send that is accepted and whose debit is still to come. */
export type Late = Readonly<{ send: Send; due_ms: number }>

/** All that must be kept to go on after a restart; amounts in fen. */
export type SavedOrders = Readonly<{
  orders: readonly Order[]
  late: readonly Late[]
  balance: number
  /** Balances of merchants that have one of their own. */
  balances: Readonly<Record<string, number>>
  serial: number
}>

/** What has just changed. */
export type Change = Omit<SavedOrders, 'orders'> & { readonly order?: Order }

/** Whether it was paid at some time: one that failed before its debit has nothing to give back. */
export function isDebited(order: Order): boolean {
  return order.status !== 'SENDING' && (order.status !== 'FAILED' || order.refunded_at_ms !== undefined)
}

/** WeChat's numbers are unique within a merchant, not among all. */
export function orderKey({ mch_id, mch_billno }: Pick<Send, 'mch_id' | 'mch_billno'>): string {
  return `${mch_id} ${mch_billno}`
}

/** WeChat's refusal if a number comes again with something else under it. */
export function difference(first: Send, send: Send): Unpaid | undefined {
  if (first.re_openid !== send.re_openid) return { err_code: 'FATAL_ERROR', text: 'openid和原始单参数不一致' }
  if (first.total_amount !== send.total_amount) return { err_code: 'FATAL_ERROR', text: '金额和原始单参数不一致' }
  if (first.wxappid !== send.wxappid || first.total_num !== send.total_num) return { err_code: 'FATAL_ERROR' }
  return undefined
}
