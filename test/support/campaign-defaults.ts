// What the rows of a campaign have in common, on the local merchants.

/** For tests in which only the rows matter. */
export const DEFAULTS = {
  type: 'normal',
  official_account_id: 'wxcbda96de0b165486',
  send_name: '天虹百货',
  total_num: 1,
  act_name: '新年红包',
  wishing: '恭喜发财',
  remark: '新年红包',
} as const
