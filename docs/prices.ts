// What a month costs on AWS, from counts and list prices: `node docs/prices.ts --write` puts the tables into docs/cost.md and
// docs/deploy.md, in both languages.
import { readFileSync, writeFileSync } from 'node:fs'

/** US East (N. Virginia), dollars, without any free tier. docs/cost.md says where and when each was read. */
export const PRICES = {
  api_request: 1 / 1e6,
  lambda_request: 0.2 / 1e6,
  lambda_gb_s: 0.000_013_333_4,
  write_unit: 0.625 / 1e6,
  read_unit: 0.125 / 1e6,
  table_gb_month: 0.25,
  secret_month: 0.4,
  secret_call: 0.05 / 1e4,
  alarm_month: 0.1,
  metric_month: 0.3,
  log_gb: 0.5,
  nat_hour: 0.045,
  nat_gb: 0.045,
  address_hour: 0.005,
} as const

/** For people who think in yuan: a round number, not a quotation. */
export const YUAN_PER_DOLLAR = 7.1
const HOURS = 730
/** Minutes of 30 days: so often settle and the worker of campaigns are started. */
const MINUTES = 43_200
export const AMOUNTS = [0, 1_000, 100_000, 1_000_000] as const

/** What a month uses in which so many packets are sent, one request each; 80 % are received within the hour. */
export function usage(packets: number) {
  return {
    api_requests: packets,
    // 0.6 s at 512 MB: what WeChat takes, and the writes.
    send_gb_s: packets * 0.6 * 0.5,
    // Nothing to do: 0.5 s at 1 GB and 0.1 s at 512 MB a minute. A million packets keep settle busy for 48.2 hours.
    settle_gb_s: MINUTES * (0.5 * 1 + 0.1 * 0.5) + (packets / 1e6) * 48.2 * 3600,
    invocations: packets + 2 * MINUTES,
    // A send, and following it; the lease of each minute.
    write_units: packets * (9 + 6.18) + 2 * MINUTES,
    read_units: packets * 1.2 + (48 * 0.5 + 0.5) * MINUTES,
    table_gb: (packets / 1e6) * 2,
    secrets: 2,
    secret_calls: 2 * (MINUTES / 5),
    alarms: 18,
    metrics: packets === 0 ? 7 : 15,
    // 2 KB a send, with AWS's own lines; 1.7 KB a minute.
    log_gb: (packets * 2_000 + MINUTES * 1_700) / 1e9,
    // 4 KB for each call to WeChat.
    nat_gb: (packets * 2.2 * 4_000) / 1e9,
  }
}

/** Dollars of a month, by what they are paid for. */
export function costs(packets: number) {
  const u = usage(packets)
  const p = PRICES
  return {
    'HTTP API': u.api_requests * p.api_request,
    'Lambda, send': u.send_gb_s * p.lambda_gb_s + packets * p.lambda_request,
    'Lambda, settle and campaignWorker': u.settle_gb_s * p.lambda_gb_s + (u.invocations - packets) * p.lambda_request,
    'DynamoDB, writes and reads': u.write_units * p.write_unit + u.read_units * p.read_unit,
    'DynamoDB, storage': u.table_gb * p.table_gb_month,
    'Secrets Manager, two secrets': u.secrets * p.secret_month + u.secret_calls * p.secret_call,
    'CloudWatch, alarms and metrics': u.alarms * p.alarm_month + u.metrics * p.metric_month,
    'CloudWatch, logs': u.log_gb * p.log_gb,
  }
}

/** One NAT gateway with its address: the only way to a fixed address. */
export function natCost(packets: number): number {
  return HOURS * (PRICES.nat_hour + PRICES.address_hour) + usage(packets).nat_gb * PRICES.nat_gb
}

const sum = (packets: number) => Object.values(costs(packets)).reduce((all, one) => all + one, 0)
const dollars = (amount: number) => `$${amount.toFixed(2)}`
const yuan = (amount: number) => `¥${(amount * YUAN_PER_DOLLAR).toFixed(amount * YUAN_PER_DOLLAR < 100 ? 1 : 0)}`
const both = (amount: number) => `${dollars(amount)} (${yuan(amount)})`
const packetsOf = (amount: number) => amount.toLocaleString('en-US')

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...body]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** Every line, in dollars. */
function detailed(): string {
  const names = Object.keys(costs(0)) as (keyof ReturnType<typeof costs>)[]
  return table([
    ['a month', 'idle', ...AMOUNTS.slice(1).map((amount) => `${packetsOf(amount)} packets`)],
    ...names.map((name) => [name, ...AMOUNTS.map((amount) => dollars(costs(amount)[name]))]),
    ['**together**', ...AMOUNTS.map((amount) => `**${dollars(sum(amount))}**`)],
    ['one NAT gateway', ...AMOUNTS.map((amount) => dollars(natCost(amount)))],
    ['**together, with it**', ...AMOUNTS.map((amount) => `**${dollars(sum(amount) + natCost(amount))}**`)],
    ['the same in yuan', ...AMOUNTS.map((amount) => yuan(sum(amount) + natCost(amount)))],
  ])
}

/** The sums, in dollars and yuan. */
function brief(head: readonly string[], idle: string): string {
  return table([
    head,
    ...AMOUNTS.map((amount) => [
      amount === 0 ? idle : packetsOf(amount),
      both(sum(amount)),
      both(sum(amount) + natCost(amount)),
    ]),
  ])
}

/** The tables by the file that they stand in. */
export function tables(): Record<string, string> {
  return {
    'cost.md': detailed(),
    'deploy.md': brief(['packets a month', 'without a fixed address', 'with one NAT gateway'], 'none'),
    'deploy.zh-CN.md': brief(['每月红包数', '没有固定出口地址', '一个 NAT 网关'], '没有发送'),
  }
}

const MARKED = /(<!-- prices: npm run docs -->\n)[\s\S]*?(<!-- end of prices -->)/

/** What stands in a page of docs/ between the marks. */
export function onPage(file: string): string {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return (MARKED.exec(text)?.[0] ?? '').split('\n').slice(1, -1).join('\n')
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(tables())) {
    const url = new URL(file, import.meta.url)
    const page = readFileSync(url, 'utf8').replace(MARKED, (_, begin, end) => `${begin}${text}\n${end}`)
    if (process.argv.includes('--write')) writeFileSync(url, page)
    else console.log(`${file}\n\n${text}\n`)
  }
}
