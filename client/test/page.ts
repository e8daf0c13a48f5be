// What the platform's own page says of BaaS.RedPack, word for word: the code of its examples and the answers that it prints.

export const SEND = `const redPack = new BaaS.RedPack()

// 发送红包
redPack.sendRedPack({
  "type": "normal",
  "official_account_id": "wxcbda96de0b165486",
  "send_name": "send_name",
  "re_openid": "onqOjjmM1tad-3ROpncN-yUfa6uI",
  "total_amount": 200,
  "total_num": 1,
  "wishing": "恭喜发财",
  "act_name": "新年红包",
  "remark": "新年红包",
  "scene_id": "PRODUCT_2",
  "risk_info": "posttime%3d123123412%26clientversion%3d234134%26mobile%3d122344545%26deviceid%3dIOS",
  "gateway_type": "weixin_tenpay_wap",
}).then(res => {
  console.log(res.data.return_code === 'SUCCESS')
}).catch(err=>{
  // 见下方常见错误说明
})`

export const LIST = `const redPack = new BaaS.RedPack()

redPack.getSentRedPackList({offset: 0, limit: 20}).then(res => {
  console.log(res.data.objects)
})`

/** As printed: \`then(() =>\` stands where \`then(res =>\` is meant. */
export const GET = `const redPack = new BaaS.RedPack()

redPack.getSentRedPack('i5c46d771b1b9de0ab5e3c4eed').then(() => {
  console.log(res.data)
})`

/** As printed: it goes on with the \`redPack\` of the examples before it. */
export const STATUS = `redPack.getRedPackStatus({
  id: "i5c46d771b1b9de0ab5e3c4eed"
})`

export const SENT = { return_code: 'SUCCESS', mch_billno: '0010010404201411170000046545', send_listid: '' }

export const REFUSED = { err_code: 1, err_code_des: '系统繁忙,请稍后再试.' }

export const RECORD = {
  act_name: '7af1dHyHQ7fyYG7m0ucFOehVxDyxhXSO',
  amt_type: null,
  created_at: 1548176856,
  id: '5c474dd8e2aa136e58867af3',
  mch_billno: '1glzWSaTi1865qJSVRey97kbRPxj',
  miniapp_id: '1',
  official_account_id: '4pEqBtacy4J2w3fCqfc2cdRdxYblgRRd',
  raw_result:
    '<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[发放成功.]]></return_msg>\n         <result_code><![CDATA[SUCCESS]]></result_code>\n         <err_code><![CDATA[0]]></err_code>\n         <err_code_des><![CDATA[发放成功.]]></err_code_des>\n         <mch_billno><![CDATA[0010010404201411170000046545]]></mch_billno>\n         <mch_id>10010404</mch_id>\n         <wxappid><![CDATA[wx6fa7e3bab7e15415]]></wxappid>\n         <re_openid><![CDATA[onqOjjmM1tad-3ROpncN-yUfa6uI]]></re_openid>\n         <total_amount>1.1</total_amount>\n         <send_listid><![CDATA[100000000020150520314766074200]]></send_listid>\n      </xml>',
  re_openid: 'PSSmXsnrTaurKspMjbHe1PepRecxTnl9',
  remark: '1Tj58luM9A',
  result: {
    mch_billno: '0010010404201411170000046545',
    send_listid: '100000000020150520314766074200',
    return_code: 'SUCCESS',
  },
  risk_info: null,
  scene_id: null,
  send_name: '6FqAgayy90lcrJ6xXVwXyjoViyXRTqWi',
  status: null,
  total_amount: 1.1,
  total_num: 1,
  type: 'fission',
  updated_at: 1548176856,
  wishing: 'jHrmfUDqJc',
}

export const PAGE = {
  meta: { limit: 20, next: null, offset: 0, previous: null, total_count: 1 },
  objects: [{ ...RECORD, pk: RECORD.id }],
}

export const WECHAT_STATUS = {
  err_code: 'SUCCESS',
  total_num: '1',
  total_amount: '100',
  mch_billno: '9010080799701411170000046603',
  err_code_des: 'OK',
  mch_id: '11475856',
  result_code: 'SUCCESS',
  send_type: 'ACTIVITY',
  return_msg: 'OK',
  detail_id: '10000417012016080830956240040',
  return_code: 'SUCCESS',
  hb_type: 'NORMAL',
  send_time: '2016-08-08 21:49:22',
  status: 'RECEIVED',
}
