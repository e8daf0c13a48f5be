// Who there is in a seed: mini apps, merchants with limits and balances, and what callers mean to send.
import { fen } from '../../lib/redpack/money.ts'
import type { SendParams } from '../../lib/redpack/params.ts'
import type { Merchant } from '../../lib/redpack/ports.ts'
import { idOf, type Order } from '../../lib/redpack/record.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** One thing that somebody means to send. `label` stands in act_name, so that WeChat's ledger says which key it paid for. */
export type SendPlan = { label: string; miniapp_id: string; key: string; id: string; params: SendParams }

const GATEWAY = 'weixin_tenpay'
/** Of so many seeds one has a crowd of records. */
const CROWD_EVERY = 600

/** Fills the world, and says what is to be sent. */
export function seedWorld(world: World): void {
  const random = world.random.fork('plans')
  world.miniapp_ids = random.chance(0.2) ? ['app-1', 'app-2'] : ['app-1']
  const isShared = random.chance(0.5)
  const isCrowd = random.int(1, CROWD_EVERY) === 1
  for (let n = isCrowd ? random.int(50, 200) : random.int(1, 4); n > 0; n -= 1) {
    world.plans.push(planOf(`k${world.plans.length + 1}`, random.pick(world.miniapp_ids as [string]), random))
  }
  for (const miniapp_id of world.miniapp_ids) {
    const amounts = world.plans.filter((one) => one.miniapp_id === miniapp_id).map(({ params }) => params.total_amount)
    // Room for some and not for all, and now and then for none.
    const isLimited = random.chance(0.4)
    const limit = isLimited ? random.int(1, Math.max(1, sum(amounts) - 1)) + random.pick([0, 100]) : undefined
    const merchant = merchantOf(miniapp_id, isShared ? '10001' : `1000${miniapp_id.at(-1)}`, limit)
    world.secrets.put(merchant)
    world.wechat.trust(merchant)
    world.wechat.deposit(merchant.mch_id, random.chance(0.8) ? 1_000_000 : random.int(0, sum(amounts)))
  }
}

function planOf(key: string, miniapp_id: string, random: Random): SendPlan {
  const label = `${miniapp_id}/${key}`
  const isFission = random.chance(0.15)
  const params: SendParams = {
    type: isFission ? 'fission' : 'normal',
    re_openid: `openid-of-${key}`,
    send_name: 'sender',
    official_account_id: 'wx8888888888888888',
    total_amount: fen(random.int(100, 300)),
    total_num: isFission ? random.int(3, 20) : 1,
    act_name: label,
    remark: 'remark',
    wishing: 'wishing',
    scene_id: random.chance(0.2) ? 'PRODUCT_1' : undefined,
    risk_info: undefined,
    gateway_type: GATEWAY,
  }
  return { label, miniapp_id, key, id: idOf(miniapp_id, key), params }
}

/** The same key with one parameter that is another. */
export function withOtherParams(plan: SendPlan, random: Random): SendPlan {
  const { total_amount, re_openid, scene_id } = plan.params
  const other: Partial<SendParams> = random.pick([
    { total_amount: fen(total_amount + 1) },
    { total_amount: fen(total_amount + 1) },
    { re_openid: `${re_openid}-2` },
    { send_name: 'another sender' },
    { wishing: 'another wish' },
    { remark: 'another remark' },
    { scene_id: scene_id === undefined ? 'PRODUCT_1' : undefined },
    { risk_info: 'risk' },
  ])
  return { ...plan, params: { ...plan.params, ...other } }
}

/** What somebody sends under a new key who was told that it is refused. */
export function underNewKey(plan: SendPlan): SendPlan {
  const [key, label] = [`${plan.key}+`, `${plan.label}+`]
  return { ...plan, key, label, id: idOf(plan.miniapp_id, key), params: { ...plan.params, act_name: label } }
}

/** The parameters that a record was made with. */
export function paramsOf(order: Order): SendParams {
  const { type, re_openid, send_name, official_account_id, total_amount, total_num } = order
  const { act_name, remark, wishing, scene_id, risk_info, gateway_type } = order
  const money = { type, re_openid, send_name, official_account_id, total_amount, total_num }
  return { ...money, act_name, remark, wishing, scene_id, risk_info, gateway_type }
}

/** Compared one by one, and not by the hash that the code compares. */
export function hasParams(order: Order, params: SendParams): boolean {
  const own = paramsOf(order)
  return (Object.keys(own) as (keyof SendParams)[]).every((name) => own[name] === params[name])
}

function merchantOf(miniapp_id: string, mch_id: string, limit: number | undefined): Merchant {
  const cert = `certificate of ${mch_id}`
  const client_ip = '127.0.0.1'
  const daily_limit = limit === undefined ? undefined : fen(limit)
  return { miniapp_id, gateway_type: GATEWAY, mch_id, api_key: 'api key', cert, key: 'key', client_ip, daily_limit }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
