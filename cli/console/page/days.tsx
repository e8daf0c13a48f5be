// The last days: as a plot that is told by keys and by readers too, and as a table of the same numbers.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import type { Sum } from '../../report/sums.ts'
import { count, yuan } from '../../yuan.ts'
import type { Day, Overview, Sums } from '../overview.ts'
import { drawPlot, STACK } from './plot.ts'
import { linkTo } from './route.ts'
import { lang, m } from './words.ts'

export type Measure = 'count' | 'yuan'

export function MeasureChoice({ measure, choose }: { measure: Measure; choose(chosen: Measure): void }) {
  const labels = { count: m.value.count, yuan: m.value.amount }
  return (
    <fieldset class="choice">
      <legend class="unseen">{m.value.measure}</legend>
      {(['count', 'yuan'] as const).map((one) => (
        <label key={one}>
          <input type="radio" name="measure" checked={measure === one} onChange={() => choose(one)} />
          <span>{labels[one]}</span>
        </label>
      ))}
    </fieldset>
  )
}

const numberOf = ({ count, fen }: Sum, measure: Measure) => (measure === 'count' ? count : fen)
const textOf = (sum: Sum, measure: Measure) => (measure === 'count' ? count(sum.count) : yuan(sum.fen))

export function Plot({ days, measure, total }: { days: readonly Day[]; measure: Measure; total: Sums }) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const day = useSignal<number | null>(null)
  const spoken = lang.value
  useEffect(() => {
    const element = host.current
    if (!element) return
    const short = new Intl.NumberFormat(spoken, { notation: 'compact', maximumFractionDigits: 1 })
    const draw = () => {
      plot.current?.destroy()
      plot.current = drawPlot(element, {
        days: days.map((one) => one.day),
        value: (index, kind) => numberOf(days[index]?.sums[kind] ?? { count: 0, fen: 0 }, measure),
        label: (value) => short.format(measure === 'count' ? value : value / 100),
        onDay: (index) => {
          day.value = index
        },
      })
    }
    draw()
    const sized = new ResizeObserver(() => {
      if (element.clientWidth !== plot.current?.width) draw()
    })
    sized.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    return () => {
      sized.disconnect()
      dark.removeEventListener('change', draw)
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [days, measure, spoken])

  function move(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined || !plot.current) return
    event.preventDefault()
    const at = Math.min(Math.max((day.value ?? days.length) + step, 0), days.length - 1)
    plot.current.setCursor({ left: plot.current.valToPos(at, 'x'), top: 0 })
  }

  const shown = day.value === null ? undefined : days[day.value]
  return (
    <>
      <div
        class="plot"
        ref={host}
        role="slider"
        tabIndex={0}
        onKeyDown={move}
        aria-label={`${m.value.plot(days.length, count(total.sent.count), yuan(total.sent.fen))} ${m.value.plotKeys}`}
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={(day.value ?? days.length - 1) + 1}
        aria-valuetext={valueTextOf(days[day.value ?? days.length - 1], measure)}
      />
      <Legend title={shown?.day ?? m.value.last} sums={shown?.sums ?? total} measure={measure} />
    </>
  )
}

/** A day as it is read out. */
function valueTextOf(day: Day | undefined, measure: Measure): string {
  if (!day) return ''
  const parts = STACK.filter((kind) => day.sums[kind].count > 0)
  return [day.day, ...parts.map((kind) => `${m.value.told[kind]} ${textOf(day.sums[kind], measure)}`)].join(', ')
}

function Legend({ title, sums, measure }: { title: string; sums: Sums; measure: Measure }) {
  return (
    <div class="legend">
      <strong>{title}</strong>
      <ul>
        {STACK.map((kind) => (
          <li key={kind} class={sums[kind].count === 0 ? 'is-none' : ''}>
            <i class={`swatch is-${kind}`} />
            {m.value.told[kind]} <b>{textOf(sums[kind], measure)}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function DayTable({ overview, measure }: { overview: Overview; measure: Measure }) {
  const { days, total } = overview
  const columns = (['sent', ...STACK] as const).filter((name) => name === 'sent' || total[name].count > 0)
  const busy = days.filter(({ sums }) => columns.some((name) => sums[name].count > 0)).reverse()
  return (
    <div class="wide">
      <table>
        <caption class="unseen">
          {m.value.last}, {measure === 'count' ? m.value.count : m.value.amount}
        </caption>
        <thead>
          <tr>
            <th scope="col">{m.value.day}</th>
            {columns.map((name) => (
              <th key={name} scope="col" class="number">
                {m.value.told[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {busy.map(({ day, sums }) => (
            <tr key={day}>
              <th scope="row">
                <a href={linkTo('packets', { from: day, to: day })}>{day}</a>
              </th>
              {columns.map((name) => (
                <td key={name} class="number">
                  {textOf(sums[name], measure)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{m.value.total}</th>
            {columns.map((name) => (
              <td key={name} class="number">
                {textOf(total[name], measure)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
