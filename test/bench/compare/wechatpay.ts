// What of lib/wechatpay is measured beside the peers.
export { wechatPay } from '../../../lib/wechatpay/client.ts'
export { httpsTransport } from '../../../lib/wechatpay/transport.ts'
