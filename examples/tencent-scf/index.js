// 腾讯云函数（SCF）：给一个订单发一个红包。执行方法 index.main_handler，事件函数，只由自己的后端用云 API Invoke 调用。
// 事件：{ "order_no": "20240101-0001", "re_openid": "接收人在公众号下的 openid", "total_amount": 1.88 }，金额单位元，须由后端决定。

const { RedPack, RedPackError } = require('redpack-client')

// 在函数外创建，实例复用时不必重来。地址与密钥在环境变量 REDPACK_ENDPOINT、REDPACK_KEYID、REDPACK_SECRET 里。
// 29 秒两次在函数的 60 秒超时以内。
const redPack = new RedPack({ require_key: true, timeout_ms: 29_000, retries: 1 })

/** 返回 { order_no, state, ... }；state 为 sent、refused、unknown 或 not_sent。 */
exports.main_handler = async (event) => {
  const order = checkOrder(event)
  return { order_no: order.order_no, ...(await pay(order)) }
}

async function pay({ order_no, re_openid, total_amount }) {
  const params = {
    type: 'normal',
    re_openid,
    total_amount,
    total_num: 1,
    official_account_id: process.env.OFFICIAL_ACCOUNT_ID,
    send_name: '商户名称',
    wishing: '恭喜发财',
    act_name: '新年红包',
    remark: '新年红包',
  }
  try {
    // 订单号就是 key：重试、重复触发、崩溃后再来，同一订单最多付款一次。
    const { data } = await redPack.sendRedPack(params, { idempotency_key: `order-${order_no}` })
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

/** 没有订单号就不能付款：缺了它，两个订单会变成同一个 key。 */
function checkOrder(event) {
  const { order_no, re_openid, total_amount } = event ?? {}
  if (typeof order_no !== 'string' || !/^[\w-]{1,64}$/.test(order_no)) throw new Error('order_no 须为订单号')
  if (typeof re_openid !== 'string' || typeof total_amount !== 'number') {
    throw new Error('re_openid 须为字符串，total_amount 须为数字（元）')
  }
  return { order_no, re_openid, total_amount }
}
