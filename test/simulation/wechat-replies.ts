// WeChat's replies: flat elements, which the network may change before they become XML.
import type { Random } from './random.ts'

export type Fields = Readonly<Record<string, string>>

const DONE: Fields = { return_code: 'SUCCESS', result_code: 'SUCCESS' }

export function success(fields: Fields, send_listid: string): Fields {
  const { mch_billno, mch_id, wxappid, re_openid, total_amount } = fields
  return { ...DONE, ...told({ mch_billno, mch_id, wxappid, re_openid, total_amount }), send_listid }
}

export function refusal(err_code: string, fields: Fields): Fields {
  const { mch_billno, mch_id, wxappid, re_openid, total_amount } = fields
  const echo = told({ mch_billno, mch_id, wxappid, re_openid, total_amount })
  return { return_code: 'SUCCESS', result_code: 'FAIL', err_code, err_code_des: err_code, ...echo }
}

/** A query is answered without the receiver, but for those who have taken their part. */
export function found(fields: Fields, detail_id: string, status: string, reason?: string): Fields {
  const { mch_billno, mch_id, total_amount, total_num, re_openid } = fields
  const hblist =
    status === 'RECEIVED' ? `<hbinfo><openid>${re_openid}</openid><amount>${total_amount}</amount></hbinfo>` : undefined
  return { ...DONE, ...told({ mch_billno, mch_id, total_amount, total_num, reason, hblist }), detail_id, status }
}

/** The same reply but for one of `names`, which is another order's or, in a share of cases, not there. */
export function strange(reply: Fields, names: readonly [string, ...string[]], random: Random, missing = 0.3): Fields {
  const name = random.pick(names)
  const { [name]: echoed = '', ...rest } = reply
  if (random.chance(missing)) return rest
  return { ...rest, [name]: name === 'total_amount' ? `${Number(echoed) + 1}` : `${echoed}0` }
}

export function xmlOf(reply: Fields): string {
  const elements = Object.entries(reply).map(([name, value]) => {
    return `<${name}>${name === 'hblist' ? value : `<![CDATA[${value}]]>`}</${name}>`
  })
  return `<xml>${elements.join('')}</xml>`
}

/** What a reply says in a word, for traces and for those who ask whether it was clear. */
export function gist({ err_code, status, result_code }: Fields): string {
  return err_code ?? status ?? result_code ?? 'nothing'
}

function told(fields: Readonly<Record<string, string | undefined>>): Fields {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
