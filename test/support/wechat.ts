// The simulator's control, for tests: what arrived at WeChat, what it debited, and what is to go wrong.
import { expect, inject } from 'vitest'
import { castOf } from './callers.ts'

const { control_origin, casts } = inject('stack')
const { mch_id: own } = castOf(casts, expect.getState().testPath).merchant

/** Fen: enough for every test of a file. */
const BALANCE = 100_000_000

export type Call = {
  op: string
  at_ms: number
  mch_billno: string
  mch_id: string
  fields: Record<string, string>
  fault?: string
  connection: number
}
export type Debit = { mch_billno: string; mch_id: string; re_openid: string; total_amount: number; hb_type: string }

/** What the test before this one left, of the file's merchant: what follows counts from here. */
const left = { calls: 0, debits: 0, balance: false }

/** A test begins: no call, no debit, and the money that the simulator starts with. */
export async function begin(): Promise<void> {
  if (left.balance) await balance(BALANCE)
  left.balance = false
  left.calls = (await callsOf(own)).length
  left.debits = (await debitsOf(own)).length
}

/** The faults that were asked for and met no call. */
export async function unmet(): Promise<{ kind: string; mch_id?: string }[]> {
  const { faults } = await control<{ faults: { kind: string; mch_id?: string }[] }>('GET', '/faults')
  return faults.filter(({ mch_id }) => mch_id === own)
}

/** Every send of the file's merchant since the test began, in order. */
export async function calls(): Promise<Call[]> {
  return (await everyCall()).filter(({ op }) => op !== 'gethbinfo')
}

/** Every query for a number since the test began. */
export async function queries(mch_billno: string): Promise<Call[]> {
  return (await everyCall()).filter((call) => call.op === 'gethbinfo' && call.mch_billno === mch_billno)
}

export async function everyCall(): Promise<Call[]> {
  return (await callsOf(own)).slice(left.calls)
}

/** Every call for a merchant since the stack started, in order. */
export async function callsOf(mch_id: string): Promise<Call[]> {
  return (await control<{ calls: Call[] }>('GET', '/calls')).calls.filter((call) => call.mch_id === mch_id)
}

/** Every debit of the file's merchant since the test began, in order. */
export async function debits(): Promise<Debit[]> {
  return (await debitsOf(own)).slice(left.debits)
}

async function debitsOf(mch_id: string): Promise<Debit[]> {
  return (await control<{ debits: Debit[] }>('GET', '/ledger')).debits.filter((debit) => debit.mch_id === mch_id)
}

/** What is to happen to the next `count` calls of `op` for the file's merchant. */
export const fault = (kind: string, more: { count?: number; op?: string; re_openid?: string } = {}) =>
  control('POST', '/faults', { kind, op: 'sendredpack', mch_id: own, ...more })

/** Sets what the file's merchant has, until the test ends. */
export function balance(fen: number) {
  left.balance = true
  return control('POST', '/balance', { fen, mch_id: own })
}

/** Moves the one clock of the stack: for a file that has a stack to itself (vitest.config.ts). */
export const advance = (advance_s: number) => control<{ now: string }>('POST', '/clock', { advance_s })

export const receive = (mch_billno: string) => control('POST', '/receive', { mch_billno })

async function control<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(
    `${control_origin}${path}`,
    body ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : { method },
  )
  const answer = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${answer}`)
  return JSON.parse(answer)
}

/** The simulator's answer to a send that it pays, as it goes over the wire. */
export function successXml(
  sent: Record<'mch_billno' | 'mch_id' | 're_openid' | 'total_amount' | 'send_listid', unknown>,
) {
  return `<xml>
<return_code><![CDATA[SUCCESS]]></return_code>
<return_msg><![CDATA[发放成功]]></return_msg>
<result_code><![CDATA[SUCCESS]]></result_code>
<err_code><![CDATA[SUCCESS]]></err_code>
<err_code_des><![CDATA[发放成功]]></err_code_des>
<mch_billno><![CDATA[${sent.mch_billno}]]></mch_billno>
<mch_id><![CDATA[${sent.mch_id}]]></mch_id>
<wxappid><![CDATA[wxcbda96de0b165486]]></wxappid>
<re_openid><![CDATA[${sent.re_openid}]]></re_openid>
<total_amount>${sent.total_amount}</total_amount>
<send_listid><![CDATA[${sent.send_listid}]]></send_listid>
</xml>`
}
