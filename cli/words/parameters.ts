// Words: The parameters of a send: what they must be, and what WeChat refuses.
import { both } from './both.ts'

/** In Chinese the service's schema describes them; its words are passed in (messages.ts). */
export const parameterNames = {
  type: 'kind of packet: normal for one receiver, fission for a group',
  re_openid: "receiver's openid under the official account (fission: the first receiver)",
  send_name: "sender's name, shown on the packet",
  official_account_id: 'appid of the official account',
  total_amount: 'amount in yuan, at most two decimals',
  act_name: 'name of the activity',
  remark: 'remark',
  wishing: 'wish shown on the packet',
  scene_id: 'scene, PRODUCT_1 to PRODUCT_8; WeChat requires it above 200 yuan and below 1 yuan per packet',
  risk_info: 'risk information: k=v&k=v, URL-encoded once as a whole',
  gateway_type: 'which merchant pays',
  total_num: 'receivers: 1 for normal (the default), 3 to 20 for fission',
}

export const parameters = {
  rules: {
    text: both(
      (length_max: number) => `must be 1 to ${length_max} characters, without control characters`,
      (length_max) => `须为 1 至 ${length_max} 个字符，不含控制字符`,
    ),
    choice: both(
      (choices: string) => `must be one of ${choices}`,
      (choices) => `须为 ${choices} 之一`,
    ),
    total_amount: both(
      'must be an amount in yuan above 0 and up to 1000000, with at most two decimals',
      '须为大于 0、不超过 1000000 且最多两位小数的金额，单位元',
    ),
    total_num: both('must be 1 for normal, 3 to 20 for fission', '普通红包须为 1，裂变红包须为 3 至 20'),
  },
  limits: {
    bytes: both(
      (bytes: number, most: number) =>
        `${bytes} bytes in UTF-8; WeChat accepts at most ${most} (about ${Math.floor(most / 3)} Chinese characters), or --let-wechat-decide`,
      (bytes, most) =>
        `UTF-8 编码为 ${bytes} 字节；微信最多接受 ${most} 字节（约 ${Math.floor(most / 3)} 个汉字），或用 --let-wechat-decide`,
    ),
    scene: both(
      'missing: WeChat requires it above 200 yuan and below 1 yuan per packet, for example PRODUCT_2 (or --let-wechat-decide)',
      '缺少：单个红包高于 200 元或低于 1 元时微信要求必传，例如 PRODUCT_2（或用 --let-wechat-decide）',
    ),
    unseen: both(
      (characters: string) => `has invisible characters (${characters}); copy the openid again`,
      (characters) => `含有看不见的字符（${characters}）；请重新复制 openid`,
    ),
    characters: both(
      (characters: string) => `has characters that an openid cannot have: ${characters}`,
      (characters) => `含有 openid 里不会有的字符：${characters}`,
    ),
    openidLength: both(
      (length: number) => `${length} characters; an openid has at most 32`,
      (length) => `有 ${length} 个字符；openid 最多 32 个字符`,
    ),
    noOpenid: both(
      (text: string) => `"${text}" is not an openid: the program that wrote it had none`,
      (text) => `“${text}”是程序没有取到 openid 时写出的内容`,
    ),
    doubtful: both(
      (fault: string) => `WeChat may refuse this: ${fault}`,
      (fault) => `微信可能拒绝：${fault}`,
    ),
  },
  missing: both('missing', '缺少这个必填参数'),
  fault: both(
    (name: string, what: string) => `${name}: ${what}`,
    (name, what) => `${name}：${what}`,
  ),
  faults: both(
    (faults: readonly string[]) => `Wrong parameters, nothing was sent:\n  ${faults.join('\n  ')}`,
    (faults) => `参数有误，没有发出：\n  ${faults.join('\n  ')}`,
  ),
}
