// The network between a process and WeChat Pay: requests and replies that are lost, late, cut off or about something else.
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { Reply, Transport } from '../../lib/wechatpay/transport.ts'
import { NETWORK_FAULTS, type NetworkFault } from './faults.ts'
import type { Process } from './process.ts'
import type { Call } from './wechat.ts'
import { type Fields, found, gist, refusal, strange, success, xmlOf } from './wechat-replies.ts'
import type { World } from './world.ts'

/** One element as the client writes it. */
const FIELD = /<(\w+)><!\[CDATA\[(.*?)\]\]>/g
/** What a reply must repeat for it to count as one about the order. */
const SEND_ECHOES = ['mch_billno', 'mch_id', 're_openid', 'total_amount'] as const
const QUERY_ECHOES = ['mch_billno', 'mch_id', 'total_amount'] as const
/** What a refusal need not repeat, and must not repeat wrongly. */
const REFUSAL_ECHOES = [...SEND_ECHOES, 'wxappid'] as const

export function networkOf(world: World, process: Process): Transport {
  return {
    post: (merchant, path, body, timeout_ms) =>
      new Promise((resolve, reject) => {
        const isSend = !path.endsWith('gethbinfo')
        const fields: Fields = Object.fromEntries(Array.from(body.matchAll(FIELD), ([, name, value]) => [name, value]))
        if (isSend) checkFields(world, path, fields)
        const where = process.nextPort(isSend ? 'wechat.send' : 'wechat.query')
        const fault = world.faults.oneOf(NETWORK_FAULTS, where, process.random)
        exchange({ world, process, merchant, isSend, fields, where, fault, timeout_ms, resolve, reject })
      }),
  }
}

/** Each kind has its own path and fields; any other field, signed, would be SIGN_ERROR. */
function checkFields(world: World, path: string, { total_num, amt_type, client_ip }: Fields): void {
  const isGroup = path.endsWith('sendgroupredpack')
  const isRight = isGroup
    ? Number(total_num) >= 3 && amt_type === 'ALL_RAND' && client_ip === undefined
    : total_num === '1' && amt_type === undefined && client_ip !== undefined
  if (!isRight) world.fail(new Error(`${path} with total_num ${total_num}, amt_type ${amt_type}`))
}

type Exchange = {
  world: World
  process: Process
  merchant: Merchant
  isSend: boolean
  fields: Fields
  where: string
  fault: NetworkFault | undefined
  timeout_ms: number
  resolve(reply: Reply): void
  reject(error: Error): void
}

function exchange(the: Exchange): void {
  const { world, process, merchant, isSend, fields, where, fault, timeout_ms } = the
  const { random } = process
  const slow_ms = fault === 'call_slow' ? timeout_ms : 0
  const there_ms = random.int(20, 200) + random.int(0, slow_ms)
  const back_ms = random.int(20, 200) + random.int(0, slow_ms)
  if (process.isDead) return
  if (fault === 'call_crash_before') {
    process.die(where, fault)
    return
  }
  const { calls } = world
  const ended = isSend ? calls.called(process, merchant, fields, timeout_ms) : calls.asked(process, fields)
  if (world.wechat.isExpired(merchant.cert)) {
    expired(the, there_ms, ended)
    return
  }
  if (fault === 'call_freeze_before') process.freeze(where, fault)
  if (fault === 'call_freeze_before' || fault === 'lost_request' || there_ms > timeout_ms) {
    timedOut(the, 'the request did not arrive')
    return
  }
  const isLost = fault === 'lost_reply' || world.slowed.has(process.name) || there_ms + back_ms > timeout_ms
  world.pending += 1
  world.events.after(there_ms, () => {
    world.pending -= 1
    const { reply, isOurs } = answerTo(the)
    world.note(() => `${where}${fault ? ` (${fault})` : ''}: ${gist(reply)}`)
    if (fault === 'call_freeze') process.freeze(where, fault)
    if (fault === 'call_jump') world.jump(where, random)
    if (isLost) return
    process.resume(back_ms, () => {
      const text = xmlOf(reply)
      const arrived = damaged(text, fault)
      ended(isOurs && arrived.text === text ? gist(reply) : undefined)
      the.resolve(arrived)
    })
  })
  if (fault === 'call_crash') process.die(where, fault)
  if (isLost) timedOut(the, 'no reply')
}

/** WeChat's answer, or what a proxy makes of it that mixes replies up. */
function answerTo({ world, process, merchant, isSend, fields, where, fault }: Exchange): {
  reply: Fields
  isOurs: boolean
} {
  const { random } = process
  const call = { process: process.name, where, random, fields, credentials: merchant }
  if (fault === 'wrong_echo' && random.chance(0.5)) return { reply: mixedUp(world, call), isOurs: false }
  const reply = isSend ? world.wechat.send(call) : world.wechat.query(call)
  if (fault === 'wrong_echo' && reply.result_code === 'SUCCESS') {
    return { reply: strange(reply, isSend ? SEND_ECHOES : QUERY_ECHOES, random), isOurs: false }
  }
  const other = refusal(isSend ? 'NOTENOUGH' : 'NOT_FOUND', fields)
  if (fault === 'other_refusal')
    return { reply: strange(other, isSend ? REFUSAL_ECHOES : ['mch_billno'], random, 0), isOurs: false }
  if (fault === 'bare_refusal') return { reply: { err_code: other.err_code ?? '' }, isOurs: false }
  return { reply, isOurs: true }
}

/** The request has not arrived, and another's reply comes back for it: the same but for one field. */
function mixedUp({ history }: World, { fields, random }: Pick<Call, 'fields' | 'random'>): Fields {
  if (fields.re_openid !== undefined) return strange(success(fields, '1000000001'), SEND_ECHOES, random)
  const status = random.pick(['SENT', 'FAILED', 'SENDING', 'RECEIVED'])
  const total_amount = `${history.byNumber(fields.mch_billno ?? '')?.total_amount}`
  return strange(found({ ...fields, total_amount }, '1000000001', status), QUERY_ECHOES, random)
}

/** No handshake: WeChat's side says at once that the certificate has expired. */
function expired(
  { world, process, where, reject }: Exchange,
  there_ms: number,
  ended: (code: undefined) => void,
): void {
  world.count('handshake_refused')
  process.resume(there_ms, () => {
    world.note(() => `${where}: the certificate has expired`)
    ended(undefined)
    reject(Object.assign(new Error('handshake'), { code: 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED' }))
  })
}

function timedOut({ world, process, where, timeout_ms, reject }: Exchange, why: string): void {
  process.resume(timeout_ms, () => {
    world.note(() => `${where} times out: ${why}`)
    reject(Object.assign(new Error(why), { code: 'ETIMEDOUT' }))
  })
}

function damaged(text: string, fault: NetworkFault | undefined): Reply {
  const damage: Partial<Record<NetworkFault, Reply>> = {
    garbage: { status: 200, text: '\u0000\u0001 not XML' },
    html: { status: 502, text: '<html><body>502 Bad Gateway</body></html>' },
    truncated: { status: 200, text: text.slice(0, text.length >> 1) },
  }
  return damage[fault as NetworkFault] ?? { status: 200, text }
}
