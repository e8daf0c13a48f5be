// docs/benchmarks.md: the tables between its marks are written from a run; what stands around them is written by people.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Results, Send } from './figures.ts'

const BEGIN = '<!-- npm run bench -->'
const END = '<!-- end of npm run bench -->'

export function writeReport(file: URL, results: Results): void {
  const text = readFileSync(file, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const [, after = ''] = rest.split(END)
  writeFileSync(file, `${before}${BEGIN}\n${tables(results)}\n${END}${after}`)
}

const NAMES: Record<string, string> = {
  tenpay: '`tenpay` 2.1.18, the bare call',
  'wechatpay-axios-plugin': '`wechatpay-axios-plugin` 0.9, the bare call',
  wechatpay: 'lib/wechatpay, the bare call',
  bundle: 'the bundle of send, a whole send',
  floor: 'the four requests of a send by `https.request`, nothing else',
}

function tables(results: Results): string {
  const { sends, aws, cold, bytes } = results
  const [machine] = cpus()
  const calls = Object.entries(aws).map(([name, count]) => `${count} ${name}`)
  return `
Node ${process.version.slice(1)}, ${cpus().length} × ${machine?.model.trim()}.

| | CPU of one send, tenpay = 1 | memory, warm | TLS connections to WeChat, 100 sends in a row | 100 at once, on a warm process |
| --- | --- | --- | --- | --- |
${sends.map((send) => row(send, sends)).join('\n')}

A whole send makes ${calls.join(', ')} and one call to WeChat Pay.

| from the start of a process to its first answer | an empty handler | the bundle of send | ratio |
| --- | --- | --- | --- |
| CPU | ${cold.empty.cpu_ms.toFixed(0)} ms | ${cold.send.cpu_ms.toFixed(0)} ms | ${ratio(cold.send.cpu_ms, cold.empty.cpu_ms)} |
${instructions(results)}
| bundle, minified | bytes |
| --- | --- |
${Object.entries(bytes)
  .map(([name, size]) => `| ${name} | ${size.toLocaleString('en')} |`)
  .join('\n')}
`.trim()
}

function row(send: Send, sends: readonly Send[]): string {
  const tenpay = sends.find(({ kind }) => kind === 'tenpay')?.cpu_us ?? Number.NaN
  const { kind, cpu_us, rss_mb, in_a_row, at_once } = send
  const cells = [NAMES[kind], ratio(cpu_us, tenpay), `${Math.round(rss_mb)} MB`, in_a_row, at_once]
  return `| ${cells.join(' | ')} |`
}

function instructions({ cold: { empty, send } }: Results): string {
  if (empty.instructions === undefined || send.instructions === undefined) return ''
  const millions = (count: number) => `${Math.round(count / 1e6)} M`
  const cells = [
    millions(empty.instructions),
    millions(send.instructions),
    ratio(send.instructions, empty.instructions),
  ]
  return `| instructions, without a JIT (valgrind) | ${cells.join(' | ')} |\n`
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2)
}
