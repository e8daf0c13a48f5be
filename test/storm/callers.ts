// Callers in a storm: each keeps one key to itself through every retry, and some give up early, as callers do.
import { signedHeaders } from '../support/signing.ts'

/** What a caller was told last; `text` is undefined where it never got an answer. */
export type Told = { key: string; status: number | undefined; text: string | undefined; tries: number }

export type Caller = { keyid: string; secret: string }

const TRIES_MAX = 6
/** One caller in this many gives up at its first failure. */
const FICKLE_EACH = 20
const RETRY_AFTER_MS = 1_000
/** The service answers within 29 s. */
const ANSWER_MAX_MS = 35_000
const GATEWAY_TYPES = [
  'weixin_tenpay',
  'weixin_tenpay_js',
  'weixin_tenpay_native',
  'weixin_tenpay_app',
  'weixin_tenpay_wap',
]

/** The n-th packet of a storm: amounts, receivers, types and merchants differ. */
export function packet(n: number): Record<string, unknown> {
  const fission = n % 10 === 0
  return {
    type: fission ? 'fission' : 'normal',
    official_account_id: 'wxcbda96de0b165486',
    send_name: '天虹百货',
    re_openid: `oStorm${String(n).padStart(20, '0')}`,
    total_amount: fission ? 3 + (n % 7) : (100 + (n % 900)) / 100,
    total_num: fission ? 3 : 1,
    wishing: `恭喜发财 ${n} ]]> 🧧`,
    act_name: '风暴',
    remark: '风暴',
    gateway_type: GATEWAY_TYPES[n % GATEWAY_TYPES.length],
  }
}

/** Sends the n-th packet until it has an answer or gives up. */
export async function sendStubbornly(url: () => string, caller: Caller, n: number): Promise<Told> {
  const key = `storm-${n}`
  const told: Told = { key, status: undefined, text: undefined, tries: 0 }
  while (told.tries < TRIES_MAX) {
    told.tries += 1
    const answer = await post(url(), caller, key, n)
    if (answer && answer.status < 400) return { ...told, ...answer }
    if (answer && answer.status !== 409 && answer.status !== 503)
      throw new Error(`${key}: ${answer.status} ${answer.text}`)
    if (n % FICKLE_EACH === 0) break
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * (0.5 + told.tries / 2)))
  }
  return told
}

export async function post(
  url: string,
  { keyid, secret }: Caller,
  idempotency_key: string,
  n: number,
): Promise<{ status: number; text: string } | undefined> {
  const body = JSON.stringify(packet(n))
  const headers = signedHeaders({ method: 'POST', target: '/redpacks', body, idempotency_key, keyid, secret })
  try {
    const response = await fetch(`${url}/redpacks`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    })
    const text = await response.text()
    // serverless-offline answers a function that ran out of time with 200 and an errorMessage; API Gateway would with 504.
    return response.status < 400 && !('outcome' in JSON.parse(text)) ? undefined : { status: response.status, text }
  } catch {
    return undefined
  }
}
