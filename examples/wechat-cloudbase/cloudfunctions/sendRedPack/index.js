// 微信云开发：小程序用户领取自己订单的红包。入口 index.main。
// 小程序端：wx.cloud.callFunction({ name: 'sendRedPack', data: { order_no: '20240101-0001' } })
// 任何用户都能调用云函数，所以金额和接收人只取自云数据库的集合 orders，绝不取自 event。订单：
// _id：订单号；_openid：用户在小程序下的 openid；official_openid：同一用户在公众号下的 openid；total_amount：元

const cloud = require('wx-server-sdk')
const { RedPack, RedPackError } = require('redpack-client')

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })

// 在函数外创建，实例复用时不必重来。地址与密钥在环境变量 REDPACK_ENDPOINT、REDPACK_KEYID、REDPACK_SECRET 里。
// 29 秒两次在函数的 60 秒超时以内。
const redPack = new RedPack({ require_key: true, timeout_ms: 29_000, retries: 1 })

/** 返回 { order_no, state }；state 为 sent、refused、unknown 或 not_sent。 */
exports.main = async (event) => {
  const { OPENID } = cloud.getWXContext()
  const order = await readOrder(event?.order_no, OPENID)
  const result = await pay(order)
  await writeResult(order._id, result)
  return { order_no: order._id, state: result.state }
}

async function readOrder(order_no, openid) {
  if (typeof order_no !== 'string' || !/^[\w-]{1,64}$/.test(order_no)) throw new Error('order_no 须为订单号')
  const { data: order } = await cloud.database().collection('orders').doc(order_no).get()
  // 订单是谁的，红包就是谁的；没有登录的调用没有 OPENID。
  if (!openid || order._openid !== openid) throw new Error('这不是你的订单')
  return order
}

async function pay(order) {
  const params = {
    type: 'normal',
    // 小程序下的 openid 不能收公众号的红包。
    re_openid: order.official_openid,
    total_amount: order.total_amount,
    total_num: 1,
    official_account_id: process.env.OFFICIAL_ACCOUNT_ID,
    send_name: '商户名称',
    wishing: '恭喜发财',
    act_name: '新年红包',
    remark: '新年红包',
  }
  try {
    // 订单号就是 key：用户连点、重试、崩溃后再来，同一订单最多付款一次。
    const { data } = await redPack.sendRedPack(params, { idempotency_key: `order-${order._id}` })
    const { outcome, id, send_listid, err_code, err_code_des } = data
    if (outcome === 'sent') return { state: 'sent', id, send_listid }
    // 微信拒绝，没有付款，以后也不会付款。改正后重发要用新的订单号。
    if (outcome === 'refused') return { state: 'refused', id, err_code, err_code_des }
    // 结果未知：可能已经付款。不是失败，不要换订单号重发；过几分钟用同一订单号再调用一次，就会得到结果。
    return { state: 'unknown', id }
  } catch (error) {
    // TypeError：参数写错了，没有发出。
    if (!(error instanceof RedPackError)) throw error
    return { state: error.maybe_sent ? 'unknown' : 'not_sent', reason: error.message }
  }
}

/** sent 与 refused 不会再变：两次调用同时进行时，后写的 unknown 不能盖掉它们。 */
async function writeResult(order_no, redpack) {
  const database = cloud.database()
  const open = database.command.nin(['sent', 'refused'])
  await database.collection('orders').where({ _id: order_no, 'redpack.state': open }).update({ data: { redpack } })
}
