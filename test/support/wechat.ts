// The simulator's control, for tests: what arrived at WeChat, what it debited, and what is to go wrong.
import { inject } from 'vitest'

const { control_origin } = inject('stack')

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

export const reset = () => control('POST', '/reset')

/** Every send since the last reset, in order. */
export async function calls(): Promise<Call[]> {
  return (await everyCall()).filter(({ op }) => op !== 'gethbinfo')
}

/** Every query for a number since the last reset. */
export async function queries(mch_billno: string): Promise<Call[]> {
  return (await everyCall()).filter((call) => call.op === 'gethbinfo' && call.mch_billno === mch_billno)
}

export async function everyCall(): Promise<Call[]> {
  return (await control<{ calls: Call[] }>('GET', '/calls')).calls
}

/** Every debit since the last reset, in order. */
export async function debits(): Promise<Debit[]> {
  return (await control<{ debits: Debit[] }>('GET', '/ledger')).debits
}

/** What is to happen to the next `count` calls of `op`. */
export const fault = (kind: string, more: { count?: number; op?: string; seconds?: number } = {}) =>
  control('POST', '/faults', { kind, op: 'sendredpack', ...more })

export const balance = (fen: number) => control('POST', '/balance', { fen })
export const receive = (mch_billno: string) => control('POST', '/receive', { mch_billno })
export const advance = (advance_s: number) => control<{ now: string }>('POST', '/clock', { advance_s })

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
