// WeChat's codes in words: what each means and what to do. A code of lib/wechatpay/codes.ts without a row does not compile.
import type { Blame, CodeMeaning, QUERY_CODES, SEND_CODES } from '../../lib/wechatpay/codes.ts'
import type { Words } from './problems.ts'

export const BLAMES: Readonly<Record<Blame, Words>> = {
  row: { en: 'this packet', zh: '这一个红包' },
  merchant: { en: 'the merchant', zh: '商户' },
  credentials: { en: 'the certificate or key', zh: '证书或密钥' },
  pace: { en: 'rate or load', zh: '频率或负载' },
}

/** The outcome of a code, if no earlier call with the number may have paid. */
export const MONEY: Readonly<Record<CodeMeaning, Words>> = {
  declined: { en: '`refused`: not paid', zh: '`refused`：未付款' },
  declined_unsafely: {
    en: '`refused`: not paid. WeChat is asked once more after a day, because it may keep the order',
    zh: '`refused`：未付款。微信可能仍保留该订单，因此一天后会再查询一次',
  },
  credentials_stale: {
    en: 'the stored certificate and key are read again and the call is repeated; if it is refused again, `refused`: not paid',
    zh: '重新读取证书与密钥并重发；仍被拒绝则 `refused`：未付款',
  },
  order_conflict: {
    en: '`unknown`: only a reply that repeats our parameters proves that the order is ours',
    zh: '`unknown`：只有微信的应答与我们的参数一致，才能证明订单是我们的',
  },
  too_fast: {
    en: 'the call is repeated in the time left; if it is refused again, `refused`: not paid',
    zh: '在剩余时间内重发；仍被拒绝则 `refused`：未付款',
  },
  unclear: { en: '`unknown`: settle asks WeChat', zh: '`unknown`：由 settle 向微信查询' },
  no_result: {
    en: 'the same order number is sent again in the time left; if there is still no result, `unknown`, and settle asks WeChat',
    zh: '在剩余时间内用原单号重发；仍无结果则 `unknown`，由 settle 向微信查询',
  },
}

type Row = { readonly means: Words; readonly to_do: Words }

const NEW_KEY: Words = { en: 'then send again with a new key', zh: '再用新的 key 重发' }
const to_do = (en: string, zh: string): Words => ({ en: `${en}, ${NEW_KEY.en}`, zh: `${zh}，${NEW_KEY.zh}` })

export const SENDS: Readonly<Record<keyof typeof SEND_CODES, Row>> = {
  ACCEPTMODE_ERROR: {
    means: {
      en: 'service provider mode: the sub-merchant is not bound to the merchant',
      zh: '服务商模式下主商户号与子商户号的绑定关系校验失败',
    },
    to_do: to_do('bind them in the merchant platform (商户平台)', '在商户平台绑定'),
  },
  API_METHOD_CLOSED: {
    means: { en: 'sending by API is switched off', zh: '商户 API 发放方式处于关闭状态' },
    to_do: to_do('switch it on in the merchant platform', '在商户平台开启'),
  },
  CA_ERROR: {
    means: {
      en: 'the client certificate is missing, expired or another merchant’s',
      zh: '商户证书缺失、过期或不属于该商户',
    },
    to_do: to_do(
      'download it from the merchant platform and store it (`redpack merchant put`)',
      '从商户平台下载证书并更新（`redpack merchant put`）',
    ),
  },
  DAY_OVER_LIMITED: {
    means: { en: 'the merchant has sent its maximum number of packets for today', zh: '超过商户每日发放次数限制' },
    to_do: to_do('wait until tomorrow', '等到明天'),
  },
  FATAL_ERROR: {
    means: { en: 'WeChat already has a different order with this number', zh: '重复请求时，参数与原单不一致' },
    to_do: {
      en: 'do not use a new key. The operators must find out why: another stage uses the same merchant, or the table was restored',
      zh: '不要换 key。请运维人员查看：是否有另一套部署使用同一商户，或数据表做过恢复',
    },
  },
  FREQ_LIMIT: {
    means: { en: 'this merchant makes more calls than WeChat allows', zh: '超过频率限制' },
    to_do: to_do('send more slowly', '放慢发送'),
  },
  ILLEGAL_APPID: {
    means: { en: 'the appid is not that of an official account', zh: 'appid 不是公众号的 appid' },
    to_do: to_do('correct `official_account_id`', '更正 `official_account_id`'),
  },
  MONEY_LIMIT: {
    means: { en: 'the amount for each person is outside WeChat’s limits', zh: '每人金额超出微信的限制' },
    to_do: to_do('another amount, or a `scene_id` that allows it', '改金额，或使用允许该金额的 `scene_id`'),
  },
  MSGAPPID_ERROR: {
    means: {
      en: 'service provider mode: the appid is not bound to the merchant',
      zh: '服务商模式下 appid 与商户号的绑定关系校验失败',
    },
    to_do: to_do('bind them in the merchant platform', '在商户平台绑定'),
  },
  NOTENOUGH: {
    means: { en: 'the balance of the merchant is too small', zh: '商户账户余额不足' },
    to_do: to_do('top up (充值)', '充值'),
  },
  NO_AUTH: {
    means: {
      en: 'WeChat’s risk control stopped this packet (or the sender’s IP address is not on the merchant’s list)',
      zh: '请求可能存在风险，已被微信拦截（或服务器 IP 不在商户平台的名单里）',
    },
    to_do: {
      en: 'tell this person that WeChat has blocked the packet; if everybody gets this code, check the IP list in the merchant platform',
      zh: '告知此人红包被微信拦截；如果所有人都是如此，请检查商户平台的 IP 名单',
    },
  },
  OPENID_ERROR: {
    means: { en: 'the openid does not belong to this appid', zh: 'openid 与 appid 不匹配' },
    to_do: to_do('use this person’s openid for `official_account_id`', '使用此人在 `official_account_id` 下的 openid'),
  },
  PARAM_ERROR: {
    means: { en: 'WeChat does not accept a parameter; its text names it', zh: '微信不接受某个参数，见 `err_code_des`' },
    to_do: to_do('correct it', '更正'),
  },
  PAYER_ACCOUNT_ABNORMAL: {
    means: { en: 'payments of the merchant are restricted', zh: '商户账户付款受限' },
    to_do: to_do('see 违约记录 in the merchant platform', '见商户平台的“违约记录”'),
  },
  PROCESSING: {
    means: { en: 'WeChat has received the request and has no result yet', zh: '请求已受理，暂无结果' },
    to_do: { en: 'send the same key again later, or query the status', zh: '稍后用同一个 key 重试，或查询状态' },
  },
  RCVDAMOUNT_LIMIT: {
    means: { en: 'this person has received the maximum amount for today', zh: '该用户今日领取金额超过限制' },
    to_do: to_do('wait until tomorrow, or raise the limit in the merchant platform', '等到明天，或在商户平台提高限额'),
  },
  SECOND_OVER_LIMITED: {
    means: { en: 'this merchant sends more packets per minute than WeChat allows', zh: '超过每分钟发放次数限制' },
    to_do: to_do('send more slowly', '放慢发送'),
  },
  SENDAMOUNT_LIMIT: {
    means: {
      en: 'the merchant has sent its maximum amount for today (WeChat’s limit, or the daily limit of this service)',
      zh: '商户今日发放金额超过限制（微信的限额，或本服务的每日限额）',
    },
    to_do: to_do('wait until tomorrow, or raise the limit', '等到明天，或提高限额'),
  },
  SENDNUM_LIMIT: {
    means: {
      en: 'this person has received the maximum number of packets for today',
      zh: '该用户今日领取红包个数超过限制',
    },
    to_do: to_do('wait until tomorrow, or raise the limit in the merchant platform', '等到明天，或在商户平台提高限额'),
  },
  SEND_FAILED: {
    means: { en: 'WeChat closed the order without paying', zh: '红包发放失败' },
    to_do: { en: 'send again with a new key', zh: '用新的 key 重发' },
  },
  SIGN_ERROR: {
    means: { en: 'the API key is not the merchant’s', zh: '签名错误：API 密钥与商户不符' },
    to_do: to_do(
      'store the API key of the merchant platform (`redpack merchant put`)',
      '按商户平台更新 API 密钥（`redpack merchant put`）',
    ),
  },
  SYSTEMERROR: {
    means: {
      en: 'WeChat has received the request and cannot tell the result now',
      zh: '请求已受理，微信暂时无法给出结果',
    },
    to_do: { en: 'send the same key again later, or query the status', zh: '稍后用同一个 key 重试，或查询状态' },
  },
  XML_ERROR: {
    means: { en: 'WeChat cannot read the request', zh: '输入 XML 参数格式错误' },
    to_do: { en: 'tell the operators of the service', zh: '请联系服务的运维人员' },
  },
}

/** Numeric and new codes. */
export const UNLISTED_SEND: Row & { readonly code: Words } = {
  code: {
    en: 'any other, also a number; `FAIL` if WeChat refuses with a text but without a code',
    zh: '其他，包括数字码；微信只给文字、没有代码时为 `FAIL`',
  },
  means: {
    en: 'WeChat’s documentation does not list it, so it does not prove that nothing was paid',
    zh: '微信文档未列出，不能证明没有付款',
  },
  to_do: {
    en: 'send the same key again later, or query the status; never use a new key',
    zh: '稍后用同一个 key 重试，或查询状态；不要换 key',
  },
}

export const QUERIES: Readonly<Record<keyof typeof QUERY_CODES, Row>> = {
  CA_ERROR: {
    means: {
      en: 'the client certificate is missing, expired or another merchant’s',
      zh: '商户证书缺失、过期或不属于该商户',
    },
    to_do: {
      en: 'store the certificate of the merchant platform (`redpack merchant put`)',
      zh: '按商户平台更新证书（`redpack merchant put`）',
    },
  },
  FREQ_LIMIT: {
    means: { en: 'too many queries', zh: '查询过于频繁' },
    to_do: { en: 'query again later', zh: '稍后再查' },
  },
  NOT_FOUND: {
    means: { en: 'WeChat does not find the order', zh: '微信查不到该单号' },
    to_do: {
      en: 'normal in the first 20 minutes; ask again later. It does not prove that nothing was paid',
      zh: '发送后 20 分钟内属正常，请稍后再查。这不证明没有付款',
    },
  },
  NO_AUTH: {
    means: { en: 'the merchant has no right to query', zh: '商户没有查询权限' },
    to_do: {
      en: 'check the rights and the IP list in the merchant platform',
      zh: '检查商户平台的产品权限与 IP 名单',
    },
  },
  PARAM_ERROR: {
    means: { en: 'WeChat does not accept a parameter; its text names it', zh: '微信不接受某个参数，见 `err_code_des`' },
    to_do: {
      en: 'check merchant number and appid (`redpack merchant check`)',
      zh: '检查商户号与 appid（`redpack merchant check`）',
    },
  },
  SIGN_ERROR: {
    means: { en: 'the API key is not the merchant’s', zh: '签名错误：API 密钥与商户不符' },
    to_do: {
      en: 'store the API key of the merchant platform (`redpack merchant put`)',
      zh: '按商户平台更新 API 密钥（`redpack merchant put`）',
    },
  },
  SYSTEMERROR: {
    means: { en: 'WeChat is busy', zh: '微信系统繁忙' },
    to_do: { en: 'query again later', zh: '稍后再查' },
  },
}
