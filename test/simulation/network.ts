// The network between a process and WeChat Pay: requests and replies that are lost, late, cut off or about something else.
import type { Merchant } from '../../lib/redpack/ports.ts'
import type { Reply, Transport } from '../../lib/wechatpay/transport.ts'
import { NETWORK_FAULTS, type NetworkFault } from './faults.ts'
import type { Process } from './process.ts'
import type { Fields } from './wechat.ts'
import type { World } from './world.ts'

/** One element as the client writes it. */
const FIELD = /<(\w+)><!\[CDATA\[(.*?)\]\]>/g

export function networkOf(world: World, process: Process): Transport {
  return {
    post: (merchant, path, body, timeout_ms) =>
      new Promise((resolve, reject) => {
        const isSend = !path.endsWith('gethbinfo')
        const fields: Fields = Object.fromEntries(Array.from(body.matchAll(FIELD), ([, name, value]) => [name, value]))
        const where = process.nextPort(isSend ? 'wechat.send' : 'wechat.query')
        const fault = world.faults.oneOf(NETWORK_FAULTS, where, process.random)
        exchange({ world, process, merchant, isSend, fields, where, fault, timeout_ms, resolve, reject })
      }),
  }
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
  if (!isSend) world.invariants.asked(process, fields)
  const told = isSend ? world.invariants.called(process, merchant, fields) : undefined
  if (fault === 'call_freeze_before') process.freeze(where, fault)
  if (fault === 'call_freeze_before' || fault === 'lost_request' || there_ms > timeout_ms) {
    timedOut(the, 'the request did not arrive')
    return
  }
  const isLost = fault === 'lost_reply' || there_ms + back_ms > timeout_ms
  world.events.after(there_ms, () => {
    const call = { process: process.name, where, random, fields, credentials: merchant }
    const text =
      fault === 'wrong_echo' ? world.wechat.other(call) : isSend ? world.wechat.send(call) : world.wechat.query(call)
    world.note(() => `${where}${fault ? ` (${fault})` : ''}: ${gist(text)}`)
    if (fault === 'call_freeze') process.freeze(where, fault)
    if (fault === 'call_jump') world.jump(where, random)
    if (isLost) return
    process.resume(back_ms, () => {
      const reply = damaged(text, fault)
      if (fault !== 'wrong_echo' && reply.text === text) told?.(gist(text))
      the.resolve(reply)
    })
  })
  if (fault === 'call_crash') process.die(where, fault)
  if (isLost) timedOut(the, 'no reply')
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

function gist(text: string): string {
  return /<(?:err_code|status)><!\[CDATA\[(\w+)/.exec(text)?.[1] ?? 'SUCCESS'
}
