// The plot of the last days: bars, one colour for what became of the packets, one upon the other. uPlot draws it on a canvas.
import uPlot from 'uplot'
import type { Kind } from '../../mirror/kinds.ts'

/** From the bottom up. */
export const STACK: readonly Kind[] = ['received', 'waiting', 'refunding', 'refunded', 'failed', 'refused', 'unknown']

export type PlotData = {
  readonly days: readonly string[]
  value(day: number, kind: Kind): number
  /** How a value is written at the axis. */
  label(value: number): string
  /** The day that is pointed at; null: none. */
  onDay(index: number | null): void
}

const BAR = { part: 0.72, most_px: 34 }
const HEIGHT_PX = 240
const NARROW_PX = 520
const AXIS_PX = 52
/** Half of a day's name. */
const LABEL_PX = 20

export function drawPlot(host: HTMLElement, { days, value, label, onDay }: PlotData): uPlot {
  const colour = (name: string) => colourOf(host, name)
  const font = `12px ${getComputedStyle(host).fontFamily}`
  const bars = uPlot.paths.bars?.({ size: [BAR.part, BAR.most_px], radius: 0.12 })
  const axis = { stroke: colour('muted'), font, ticks: { show: false } }
  const shown = [...STACK].reverse()
  return new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT_PX,
      padding: [12, rightOf(host.clientWidth, days.length), 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      scales: {
        x: { time: false, range: [-0.5, days.length - 0.5] },
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.06 : 1] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          splits: () => ticks(days.length, host.clientWidth < NARROW_PX ? 7 : 3),
          values: (_plot, splits) => splits.map((at) => days[at]?.slice(5) ?? ''),
        },
        {
          ...axis,
          size: AXIS_PX,
          grid: { stroke: colour('line'), width: 1 },
          values: (_plot, splits) => splits.map((at) => (Number.isInteger(at) ? label(at) : '')),
        },
      ],
      // The tallest first: each is drawn from the axis, over the one behind it.
      series: [
        {},
        ...shown.map((kind) => ({
          fill: colour(`kind-${kind}`),
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars }),
        })),
      ],
      hooks: { setCursor: [({ cursor }) => onDay(cursor.idx ?? null)] },
    },
    [days.map((_, i) => i), ...stacked(shown, value, days.length)],
    host,
  )
}

/** A canvas knows neither var() nor light-dark(): an element that has the colour says what it comes to. */
function colourOf(host: HTMLElement, name: string): string {
  const probe = host.appendChild(document.createElement('i'))
  probe.style.color = `var(--${name})`
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** So that the name of the last day, which stands in the middle below its bar, is not cut off. */
function rightOf(width_px: number, days: number): number {
  return Math.max(4, Math.ceil(LABEL_PX - (width_px - AXIS_PX) / (2 * days)))
}

/** From the last day back, so that today is named. */
function ticks(count: number, step: number): number[] {
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => count - 1 - i * step).reverse()
}

/** For each kind the sum of its own values and of those below it. */
function stacked(shown: readonly Kind[], value: PlotData['value'], count: number): number[][] {
  return shown.map((kind) => {
    const below = STACK.slice(0, STACK.indexOf(kind) + 1)
    return Array.from({ length: count }, (_, day) => below.reduce((sum, kind) => sum + value(day, kind), 0))
  })
}
