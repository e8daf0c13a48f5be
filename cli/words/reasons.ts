// Words: WeChat's codes in a campaign, each with what it means and what to do about its rows.
import { both, type Pair } from './both.ts'

/** What to do in a campaign, and with a packet that stands alone: it has neither rows nor a campaign to go on with. */
type Advice = { readonly campaign: Pair<string>; readonly alone: Pair<string> }

const same = (en: string, zh: string): Advice => ({ campaign: both(en, zh), alone: both(en, zh) })
/** What follows for rows that were refused. */
const row = (en: string, zh: string, alone = both(en, zh)): Advice => ({
  campaign: both(`${en}, then retry`, `${zh}，然后重试（retry）`),
  alone,
})
/** What follows if the campaign has stopped: the rows wait, and none is lost. */
const merchant = (en: string, zh: string): Advice => ({
  campaign: both(`${en}, then resume`, `${zh}，然后继续（resume）`),
  alone: both(en, zh),
})
const apart = (campaign: Pair<string>, alone: Pair<string>): Advice => ({ campaign, alone })

/** test/unit/cli/campaign-watch.test.ts holds it complete. */
const all: Readonly<Record<string, Advice>> = {
  ACCEPTMODE_ERROR: merchant(
    'the sub-merchant is not bound to the merchant: bind them in the merchant platform',
    '主商户号与子商户号未绑定：请在商户平台绑定',
  ),
  API_METHOD_CLOSED: merchant(
    'sending by API is switched off: switch it on in the merchant platform',
    'API 发放方式已关闭：请在商户平台开启',
  ),
  CA_ERROR: merchant(
    'the client certificate is missing, expired or another merchant’s: store the right one (redpack merchant put)',
    '商户证书缺失、过期或不属于该商户：请更新证书（redpack merchant put）',
  ),
  DAY_OVER_LIMITED: merchant(
    'the merchant’s packets of the day are used up: wait until tomorrow',
    '商户今日发放次数已用完：请等到明天',
  ),
  FATAL_ERROR: same(
    'WeChat has another order under this number: whoever runs the service has to look',
    '微信已有参数不同的同号订单：请服务的运维人员查看',
  ),
  FREQ_LIMIT: apart(
    both(
      'too many calls: the campaign slows down by itself; look whether another program sends, too',
      '超过频率限制：活动会自行放慢；请检查是否有别的程序也在发送',
    ),
    both('too many calls: look whether another program sends, too', '超过频率限制：请检查是否有别的程序也在发送'),
  ),
  ILLEGAL_APPID: apart(
    both(
      'the appid is not that of an official account: cancel, and send the list with the right account under another name, then resume',
      'appid 不是公众号的 appid：请取消活动，更正公众号后换名重发，然后继续（resume）',
    ),
    both(
      'the appid is not that of an official account: it takes the right account',
      'appid 不是公众号的 appid：请更正公众号',
    ),
  ),
  MONEY_LIMIT: apart(
    both(
      'the amount is outside WeChat’s limits: send these rows in another campaign, with another amount or a scene_id',
      '每人金额超出微信的限制：请改金额或填写 scene_id，另建活动发给这些人',
    ),
    both(
      'the amount is outside WeChat’s limits: it takes another amount or a scene_id',
      '每人金额超出微信的限制：请改金额或填写 scene_id',
    ),
  ),
  MSGAPPID_ERROR: merchant(
    'the appid is not bound to the merchant: bind them in the merchant platform',
    'appid 与商户号未绑定：请在商户平台绑定',
  ),
  NOTENOUGH: merchant('the balance of the merchant is too small: top up', '商户账户余额不足：请充值'),
  NO_AUTH: row(
    'WeChat’s risk control stopped these: tell the people; if everybody gets it, look at the IP list in the merchant platform',
    '被微信风控拦截：请告知收款人；若人人如此，请检查商户平台的 IP 名单',
    both(
      'WeChat’s risk control stopped it: tell the person; if everybody gets it, look at the IP list in the merchant platform',
      '被微信风控拦截：请告知收款人；若人人如此，请检查商户平台的 IP 名单',
    ),
  ),
  OPENID_ERROR: apart(
    both(
      'the openid does not belong to this account: send these rows in another campaign, with the right openids',
      'openid 与公众号不匹配：请更正 openid，另建活动发给这些人',
    ),
    both(
      'the openid does not belong to this account: it takes the right openid',
      'openid 与公众号不匹配：请更正 openid',
    ),
  ),
  PARAM_ERROR: apart(
    both(
      'WeChat does not accept a parameter (err_code_des names it): send these rows corrected, in another campaign',
      '微信不接受某个参数（见 err_code_des）：请更正后另建活动发给这些人',
    ),
    both(
      'WeChat does not accept a parameter (err_code_des names it): correct it',
      '微信不接受某个参数（见 err_code_des）：请更正',
    ),
  ),
  PAYER_ACCOUNT_ABNORMAL: merchant(
    'payments of the merchant are restricted: see the merchant platform',
    '商户账户付款受限：请见商户平台的“违约记录”',
  ),
  PROCESSING: same('WeChat has no result yet: the service asks again', '微信暂无结果：服务会自行查明'),
  RCVDAMOUNT_LIMIT: row(
    'these people have received the day’s amount: wait until tomorrow, or raise the limit in the merchant platform',
    '这些人今日领取金额超过限制：请等到明天，或在商户平台提高限额',
    both(
      'this person has received the day’s amount: wait until tomorrow, or raise the limit in the merchant platform',
      '此人今日领取金额超过限制：请等到明天，或在商户平台提高限额',
    ),
  ),
  SECOND_OVER_LIMITED: apart(
    both('too many packets in a minute: the campaign slows down by itself', '超过每分钟发放次数限制：活动会自行放慢'),
    both('too many packets in a minute: send more slowly', '超过每分钟发放次数限制：请放慢发送'),
  ),
  SENDAMOUNT_LIMIT: merchant(
    'the amount of the day is used up, at WeChat or by the daily limit of the service: wait until tomorrow, or raise it',
    '今日发放金额超过限制（微信的限额，或本服务的每日限额）：请等到明天，或提高限额',
  ),
  SENDNUM_LIMIT: row(
    'these people have received the day’s number of packets: wait until tomorrow, or raise the limit in the merchant platform',
    '这些人今日领取个数超过限制：请等到明天，或在商户平台提高限额',
    both(
      'this person has received the day’s number of packets: wait until tomorrow, or raise the limit in the merchant platform',
      '此人今日领取个数超过限制：请等到明天，或在商户平台提高限额',
    ),
  ),
  SEND_FAILED: row('WeChat closed the order without paying: nothing to mend', '红包发放失败，没有付款：无须更正'),
  SIGN_ERROR: merchant(
    'the API key is not the merchant’s: store the right one (redpack merchant put)',
    'API 密钥与商户不符：请更新密钥（redpack merchant put）',
  ),
  SYSTEMERROR: same('WeChat has no result yet: the service asks again', '微信暂时无法给出结果：服务会自行查明'),
  XML_ERROR: same(
    'WeChat cannot read the request: tell whoever runs the service',
    '微信无法读取请求：请联系服务的运维人员',
  ),
}

const of = (which: keyof Advice): Readonly<Record<string, Pair<string>>> =>
  Object.fromEntries(Object.entries(all).map(([code, advice]) => [code, advice[which]]))

/** In a campaign. */
export const reasons = of('campaign')
/** Of one packet. */
export const reasonsAlone = of('alone')
