// Words: The service's problem codes.
import type { ErrorCode } from '../../lib/errors.ts'
import { both, type Pair } from './both.ts'

/** Not of the service: the gateway's 429. */
type GatewayCode = 'throttled'

export const problems = {
  body_too_large: both('The request is too large', '请求体过大'),
  certificate_missing: both('No payment certificate is configured for this gateway type', '未配置支付证书'),
  certificate_unusable: both('The payment certificate cannot be used', '支付证书不可用'),
  idempotency_key_malformed: both(
    'The idempotency key is not 1 to 255 visible ASCII characters without comma',
    'Idempotency-Key 须为 1 至 255 个可见 ASCII 字符，不含逗号',
  ),
  idempotency_key_missing: both('The idempotency key is missing', '缺少 Idempotency-Key'),
  in_progress: both('The same key is being sent right now', '同一个 key 正在发送中'),
  internal: both('The service failed', '服务内部错误'),
  invalid_parameters: both('Wrong parameters', '参数错误'),
  key_reused: both(
    'The idempotency key was used for other parameters: this packet was not sent',
    '这个 key 已用于参数不同的另一次发送：本次没有发出',
  ),
  malformed_json: both('The body is not JSON', '请求体不是合法的 JSON'),
  campaign_state: both('The campaign does not allow this in its state', '活动当前的状态不允许此操作'),
  campaign_changed: both(
    'The campaign was commanded since it was last read: read it again',
    '活动在上次读取之后已有新的操作，请重新读取',
  ),
  campaign_incomplete: both('The list of the campaign is not complete', '活动的名单不完整'),
  campaign_similar: both('A campaign of the last 30 days has a similar list', '近 30 天有名单相似的活动'),
  campaign_exists: both('The name belongs to another campaign: choose another', '活动名已被使用，请换一个'),
  chunk_written: both('Other rows were uploaded for this part of the list', '名单的这一块已上传过不同的内容'),
  chunk_too_large: both(
    'A part of the list is too large: put texts that are equal into the defaults',
    '名单的一块过大：请把各行相同的文字放入 defaults',
  ),
  merchant_changed: both(
    'The packet belongs to another merchant than the one configured now',
    '这个红包属于另一个商户号',
  ),
  not_a_cloud_function: both(
    'The service does not accept the signature: check keyid, secret and clock (redpack doctor)',
    '服务不接受这个签名：请检查 keyid、secret 与时钟（redpack doctor）',
  ),
  not_found: both('There is no such record', '记录不存在'),
  secrets_unavailable: both('The service cannot read its secrets', '服务暂时无法读取密钥'),
  store_unavailable: both('The service cannot reach its database', '服务暂时无法读写数据库'),
  wrong_content_type: both('The content type is not JSON', '请求体类型错误'),
  misconfigured: both(
    'The service is not set up correctly: AWS denies it access. Ask its operator',
    '服务配置有误（AWS 拒绝了它的访问），请联系服务的运维人员',
  ),
  record_unreadable: both(
    'Another version of the service wrote this record, or it is damaged',
    '这条记录由其他版本的服务写入或已损坏',
  ),
  stopped: both('The operator has stopped all sending', '运维已停止发送'),
  throttled: both('Too many requests at this moment', '此刻请求过多'),
  too_many_open: both('Too many sends of this merchant have no answer from WeChat yet', '该商户等待微信应答的红包过多'),
} satisfies Record<ErrorCode | GatewayCode, Pair<string>>
