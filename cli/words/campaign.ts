// Words: a campaign that is watched, shown and commanded.
import { both, type Pair, rowsOf } from './both.ts'

type Progress = Record<'begun' | 'total' | 'percent' | 'state' | 'sent' | 'refused' | 'unknown', string>

const watching = {
  progress: both(
    (p: Progress) =>
      `${p.begun}/${p.total} (${p.percent} %)  ${p.state}  sent ${p.sent}  refused ${p.refused}  unknown ${p.unknown}`,
    (p) => `${p.begun}/${p.total}（${p.percent} %）  ${p.state}  已发 ${p.sent}  被拒 ${p.refused}  未知 ${p.unknown}`,
  ),
  noLook: both(
    (why: string) => `Cannot look at the campaign (${why}); it goes on in the service. Trying again …`,
    (why) => `暂时无法查看活动（${why}）；活动仍在服务中继续。正在重试……`,
  ),
  left: both(
    (name: string, watch: string, pause: string) =>
      `You have left; the campaign "${name}" goes on in the service. To come back:\n    ${watch}\n  To pause it:\n    ${pause}`,
    (name, watch, pause) => `已离开；活动“${name}”在服务中继续。回来查看：\n    ${watch}\n  要暂停：\n    ${pause}`,
  ),
}

const summary = {
  states: {
    draft: both('draft', '草稿'),
    queued: both('queued', '排队中'),
    running: both('running', '发送中'),
    paused: both('paused', '已暂停'),
    stopped: both('stopped', '已停止'),
    settling: both('all rows begun', '已全部开始发送'),
    done: both('done', '已完成'),
    cancelled: both('cancelled', '已取消'),
  } as Record<string, Pair<string>>,
  headline: both(
    (name: string, state: string, rows: string, amount: string) =>
      `"${name}": ${state}; ${rowsOf(rows)}, ${amount} yuan`,
    (name, state, rows, amount) => `“${name}”：${state}；共 ${rows} 行，${amount} 元`,
  ),
  counted: {
    sent: both('sent', '已发出'),
    received: both('received', '已领取'),
    refunded: both('refunded', '已退款'),
    refused: both('refused, not paid', '被拒绝，没有付款'),
    unknown: both('unknown, perhaps paid', '结果未知，可能已付'),
    manual: both('unknown for 30 days: people have to look', '30 天仍未知，需人工核实'),
    waiting: both('not sent', '未发送'),
  },
  rowsAndYuan: both(
    (rows: string, amount: string) => `${rowsOf(rows)}, ${amount} yuan`,
    (rows, amount) => `${rows} 行，${amount} 元`,
  ),
  reason: both(
    (code: string, rows: string, amount: string, advice: string) =>
      `${code}: ${rowsOf(rows)}, ${amount} yuan. ${capital(advice)}`,
    (code, rows, amount, advice) => `${code}：${rows} 行，${amount} 元。${advice}`,
  ),
  otherReason: both('see err_code_des in the result', '原因见结果中的 err_code_des'),
  stopped: both(
    (code: string, advice: string, resume: string) =>
      `Stopped by ${code}: ${advice}. No row is lost; the one that met it is taken up again:\n    ${resume}`,
    (code, advice, resume) => `因 ${code} 停止：${advice}。没有丢失任何一行，遇到它的那一行会重新发送：\n    ${resume}`,
  ),
  held: both(
    (why: string, since: string) => `Waiting since ${since}: ${why}`,
    (why, since) => `自 ${since} 起等待：${why}`,
  ),
  holds: {
    stopped: both('the operators have stopped all sending (redpack stop)', '运维已停止发送（redpack stop）'),
    restored: both(
      'the table was restored: the operators have to release it (redpack release)',
      '数据表做过恢复：需运维放行（redpack release）',
    ),
    wechat_silent: both('WeChat does not answer', '微信没有应答'),
    store_unavailable: both('the service cannot reach its database', '服务暂时无法读写数据库'),
    secrets_unavailable: both('the service cannot read its secrets', '服务暂时无法读取密钥'),
    too_many_open: both('too many sends have no answer from WeChat yet', '等待微信应答的红包过多'),
    internal: both('the service failed; it tries again', '服务内部错误，会再试'),
  } as Record<string, Pair<string>>,
  asOf: both(
    (at: string) => `as of ${at}`,
    (at) => `截至 ${at}`,
  ),
  next: {
    retry: both(
      (command: string) => `Try the refused rows again:\n    ${command}`,
      (command) => `重试被拒绝的行：\n    ${command}`,
    ),
    resume: both(
      (command: string) => `Go on:\n    ${command}`,
      (command) => `继续：\n    ${command}`,
    ),
    watch: both(
      (command: string) => `Watch:\n    ${command}`,
      (command) => `查看进度：\n    ${command}`,
    ),
    settling: both(
      (command: string) =>
        `The service follows each packet until it is received or refunded (a day); look again later:\n    ${command}`,
      (command) => `服务会跟踪每个红包，直到领取或退款（约一天）；稍后查看：\n    ${command}`,
    ),
    result: both(
      (command: string) => `Every row with its result:\n    ${command}`,
      (command) => `每一行的结果：\n    ${command}`,
    ),
  },
}

const commands = {
  head: both(
    ['created (+08:00)', 'campaign', 'state', 'sent', 'yuan', 'id'],
    ['创建（北京时间）', '活动', '状态', '已发', '金额（元）', 'ID'],
  ),
  none: both(
    (total: number, offset: number) =>
      total === 0 ? 'There are no campaigns yet.' : `Offset ${offset} is past the end: there are ${total} campaigns`,
    (total, offset) => (total === 0 ? '还没有活动。' : `位置 ${offset} 超出末尾：共有 ${total} 个活动`),
  ),
  notFound: both(
    (which: string, all: string) => `There is no campaign with the name or id "${which}". All campaigns: ${all}`,
    (which, all) => `没有名字或 ID 为“${which}”的活动。全部活动：${all}`,
  ),
  namesKept: both(
    (rows: string, column: string) =>
      `${rows} names of the column ${column} are kept on this machine, readable by you alone, for redpack find (redpack mirror clear removes them)`,
    (rows, column) =>
      `“${column}”列的 ${rows} 个姓名存于本机，只有您能读取，供 redpack find 使用（redpack mirror clear 可删除）`,
  ),
  namesLost: both(
    (why: string) => `The names of the list could not be kept for redpack find: ${why}`,
    (why) => `未能保存名单中的姓名供 redpack find 使用：${why}`,
  ),
  askResume: both(
    (name: string) => `Go on sending the campaign ${name}?`,
    (name) => `继续发送活动 ${name}？`,
  ),
  notResumed: both('Nothing was resumed.', '没有继续。'),
  askRetry: both(
    (name: string, code: string | undefined) =>
      `Send the refused rows of the campaign ${name} again${code === undefined ? '' : ` (${code})`}?`,
    (name, code) => `重新发送活动 ${name} 中被拒绝的行${code === undefined ? '' : `（${code}）`}？`,
  ),
  askCancel: both(
    (name: string, rows: string) => `Cancel "${name}" for good? It then never sends the other ${rowsOf(rows)}.`,
    (name, rows) => `取消活动“${name}”？取消后不能恢复，其余 ${rows} 行不会再发。`,
  ),
  notCancelled: both('Not cancelled.', '没有取消。'),
  cancelled: both(
    'Cancelled: no more rows begin. Rows under way end within 30 seconds.',
    '已取消：不再开始新的行；已经在途的 30 秒内结束。',
  ),
  paused: both(
    'Paused: no more rows begin. Rows under way end within 30 seconds.',
    '已暂停：不再开始新的行；已经在途的 30 秒内结束。',
  ),
  resumed: both('The campaign goes on.', '活动继续。'),
  retried: both(
    (rows: string) =>
      `${rowsOf(rows, 'refused')} ${rows === '1' ? 'gets' : 'get'} a new attempt. The campaign goes on.`,
    (rows) => `${rows} 个被拒绝的行将重新发送。活动继续。`,
  ),
  notInState: both(
    (state: string) => `The campaign does not allow this: it is ${state}`,
    (state) => `活动当前的状态不允许此操作：${state}`,
  ),
  written: both(
    (rows: string, out: string) => `${rowsOf(rows)} written to ${out}`,
    (rows, out) => `${rows} 行已写入 ${out}`,
  ),
  receipt: { yes: both('received', '已领取'), no: both('not received', '未领取') },
  refunds: {
    RFUND_ING: both('on its way', '退款中'),
    REFUND: both('refunded', '已退款'),
  } as Record<string, Pair<string>>,
}

export const campaign = { ...watching, ...summary, ...commands }

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
