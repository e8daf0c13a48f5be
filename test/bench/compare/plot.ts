// docs/images/benchmarks.svg: CPU of one send beside the peers'.
import { writeFileSync } from 'node:fs'
import type { Results } from './figures.ts'

const LABELS: Record<string, string> = {
  'wechatpay-axios-plugin': 'wechatpay-axios-plugin 0.9, bare call',
  tenpay: 'tenpay 2.1.18, bare call',
  bundle: 'redpack, a whole send with its record',
  floor: 'its four requests by https.request alone',
  wechatpay: 'lib/wechatpay, bare call',
}
const [LEFT, BAR, GAP, TOP, WIDTH] = [290, 26, 14, 46, 360]

export function writePlot(file: URL, { sends }: Results): void {
  const tenpay = sends.find(({ kind }) => kind === 'tenpay')?.cpu_us ?? Number.NaN
  const bars = Object.keys(LABELS).flatMap((kind) => sends.filter((send) => send.kind === kind))
  const most = Math.max(...bars.map(({ cpu_us }) => cpu_us / tenpay))
  const rows = bars.map(({ kind, cpu_us }, i) => {
    const [y, value] = [TOP + i * (BAR + GAP), cpu_us / tenpay]
    const width = Math.max(1, (value / most) * WIDTH)
    const colour = kind === 'bundle' || kind === 'wechatpay' ? '#07c160' : '#9aa5b1'
    return [
      `<text x="${LEFT - 10}" y="${y + 18}" text-anchor="end">${LABELS[kind]}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${colour}"/>`,
      `<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 18}">${value.toFixed(2)}</text>`,
    ].join('\n  ')
  })
  const height = TOP + bars.length * (BAR + GAP)
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${height}" font-family="system-ui, sans-serif" font-size="14" fill="#243b53" role="img" aria-label="CPU of one send, tenpay = 1">
  <rect width="720" height="${height}" fill="#fff"/>
  <text x="16" y="26" font-weight="600">CPU of one send, tenpay’s bare call = 1 (less is better)</text>
  ${rows.join('\n  ')}
</svg>
`,
  )
}
