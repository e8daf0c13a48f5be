// Which part of a merchant's set-up an answer of WeChat's to a query speaks of: by its code, and by its text if there is no code that says it.
import { queryMeaningOf } from '../../lib/wechatpay/codes.ts'

type Setup = 'right' | 'certificate' | 'api_key' | 'ip_list' | 'rights' | 'binding' | 'parameters' | 'busy' | 'other'

/** Texts of WeChat's, most telling first. For people only: nothing about the money depends on a text. */
const TEXTS: readonly (readonly [RegExp, Setup])[] = [
  [/(单号|订单|数据).*不存在/, 'right'],
  [/签名|验签|\bsign/i, 'api_key'],
  [/证书|certificate|\bcert\b/i, 'certificate'],
  [/(?<![a-z_])ip(?![a-z_])|白名单/i, 'ip_list'],
  [/权限|未开通|未授权|关闭|no.?auth/i, 'rights'],
  [/appid|mch_?id|商户号/i, 'binding'],
  [/系统|繁忙|稍后|频率|频繁|超时|busy|frequen/i, 'busy'],
]

/** What a text alone says. */
function setupOfText(text: string): Setup {
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
}

/** `err_code` is empty if there is none. A code of WeChat's list decides; a text only says which of several things it is. */
export function setupOf(err_code: string, text: string): Setup {
  const { setup } = queryMeaningOf(err_code)
  const said = setupOfText(text)
  if (setup === 'other') return said
  if (setup === 'rights' && said === 'ip_list') return said
  if (setup === 'parameters' && said === 'binding') return said
  return setup
}
