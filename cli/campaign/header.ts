// The first line of a list: which column holds what, in the words of the API, in Chinese, or as --map says.
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { isParameter, isRequired, PARAMETER_NAMES, type ParameterName, type Texts } from '../parameters.ts'

/** What people write over a column; compared without blanks, brackets, dashes and case. */
const NAMES: Readonly<Record<ParameterName, readonly string[]>> = {
  type: ['类型', '红包类型'],
  re_openid: [
    'openid',
    '用户openid',
    '接收人',
    '接受人',
    '红包接收人',
    '红包接受人',
    '接收人openid',
    '接受人openid',
    '收款人',
  ],
  send_name: ['商户名称', '发送者', '发送人', '发送者名称', '红包发送者名称'],
  official_account_id: ['公众号', 'appid', '公众号appid', '公众号id'],
  total_amount: ['金额', '金额元', '红包金额', '红包金额元', '付款金额', '付款金额元'],
  act_name: ['活动', '活动名称', '活动名'],
  remark: ['备注'],
  wishing: ['祝福语', '红包祝福语', '祝福'],
  scene_id: ['场景', '场景id'],
  risk_info: ['活动信息'],
  gateway_type: ['商户类型', '微信支付商户类型'],
  total_num: ['人数', '总人数', '发放总人数', '红包发放总人数'],
}
/** Who somebody is, for people: never sent, and kept on this machine for `redpack find`. */
const NAME_COLUMNS = ['姓名', '名字', '员工姓名', '会员姓名', '客户姓名', '收件人姓名', '昵称', '微信昵称']
const NAME_HEADERS = new Set(['name', 'fullname', 'nickname', 'username', ...NAME_COLUMNS].map(plain))
const MEANINGS = new Map(
  PARAMETER_NAMES.flatMap((name) => [name, ...NAMES[name]].map((text) => [plain(text), name] as const)),
)

/** `unused`: columns that nothing is read from. */
export type Columns = {
  readonly at: ReadonlyMap<ParameterName, number>
  readonly names: readonly string[]
  readonly unused: readonly string[]
  /** Where names stand, if they do. */
  readonly name_at?: number | undefined
}

/** Column by parameter, as --map gives them. */
export type ColumnMap = ReadonlyMap<string, ParameterName>

/** Of `--map column=parameter`, each. @throws CliError that names the parameters */
export function columnMap(given: readonly string[], { m }: Context): ColumnMap {
  return new Map(
    given.map((text) => {
      const at = text.lastIndexOf('=')
      const [column, name] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
      if (at < 1 || !isParameter(name)) throw new CliError('usage', m.campaign.badMap(text, PARAMETER_NAMES.join(', ')))
      return [column, name]
    }),
  )
}

/** `name_column`: whatever the header calls it. */
type Reading = { readonly map: ColumnMap; readonly defaults: Texts; readonly name_column?: string | undefined }

/** @throws CliError that names what is missing, there twice, or mapped and not there */
export function columnsOf(
  header: readonly string[],
  { map, defaults, name_column }: Reading,
  context: Context,
): Columns {
  const { m } = context
  const names = header.map((name, i) => name || `#${i + 1}`)
  const mapped = new Set(map.values())
  const meanings = names.map((name) => map.get(name) ?? meaningOf(name, mapped))
  const wanted = [...map.keys(), ...(name_column === undefined ? [] : [name_column])]
  const absent = wanted.filter((column) => !names.includes(column))
  const twice = PARAMETER_NAMES.map((name) => names.filter((_, i) => meanings[i] === name)).filter(
    (columns) => columns.length > 1,
  )
  const missing = PARAMETER_NAMES.filter(
    (name) => isRequired(name) && !meanings.includes(name) && defaults[name] === undefined,
  )
  const faults = [
    ...(absent.length > 0 ? [m.campaign.absentColumns(absent.join(m.campaign.comma))] : []),
    ...twice.map((columns) => m.campaign.columnsTwice(columns.join(m.campaign.comma))),
    ...(meanings.includes('gateway_type') ? [m.campaign.gatewayColumn] : []),
    ...(missing.length > 0
      ? [m.campaign.missingColumns(missing.join(m.campaign.comma), names.join(m.campaign.comma))]
      : []),
  ]
  if (faults.length > 0) throw new CliError('bad_header', faults.join('\n  '), undefined, { columns: names })
  const at = new Map(meanings.flatMap((name, i) => (name === undefined ? [] : [[name, i] as const])))
  const name_at = names.findIndex((name, i) =>
    name_column === undefined ? meanings[i] === undefined && NAME_HEADERS.has(plain(name)) : name === name_column,
  )
  return {
    at,
    names,
    name_at: name_at < 0 ? undefined : name_at,
    unused: names.filter((_, i) => meanings[i] === undefined && header[i] !== ''),
  }
}

/** A parameter that --map takes from one column is read from no other. */
function meaningOf(column: string, mapped: ReadonlySet<ParameterName>): ParameterName | undefined {
  const name = MEANINGS.get(plain(column))
  return name === undefined || mapped.has(name) ? undefined : name
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_()-]/g, '')
}
