// Today, the last 30 days, and first of all what has no result.
import { useSignal } from '@preact/signals'
import { count, yuan } from '../../yuan.ts'
import type { Overview, Sums } from '../overview.ts'
import { DayTable, type Measure, MeasureChoice, Plot } from './days.tsx'
import { Failed, Notice } from './parts.tsx'
import { linkTo } from './route.ts'
import { is_read, state, useAnswer } from './server.ts'
import { m } from './words.ts'

export function OverviewView() {
  const { data, error, reload } = useAnswer<Overview>('/api/overview', state.value?.revision)
  const measure = useSignal<Measure>('count')
  if (error && !data) return <Failed error={error} again={reload} />
  if (!data) return <p class="quiet">{m.value.loading}</p>
  if (!is_read.value && state.value?.records === 0) return <Notice tone="plain" title={m.value.notReadYet} />
  const today = data.days.at(-1)?.day ?? ''
  return (
    <>
      <Undecided undecided={data.undecided} />
      <section aria-labelledby="today">
        <h2 id="today">
          {m.value.today} <small>{today}</small>
        </h2>
        <Tiles sums={data.today} from={today} to={today} />
      </section>
      <section class="card" aria-labelledby="last">
        <div class="head">
          <h2 id="last">{m.value.last}</h2>
          <MeasureChoice
            measure={measure.value}
            choose={(chosen) => {
              measure.value = chosen
            }}
          />
        </div>
        <Plot days={data.days} measure={measure.value} total={data.total} />
        <details>
          <summary>{m.value.asTable}</summary>
          <DayTable overview={data} measure={measure.value} />
        </details>
        <p class="quiet">{m.value.beijing}</p>
        {data.partly.count > 0 && <p class="quiet">{m.value.partly(count(data.partly.count))}</p>}
      </section>
      <Reasons reasons={data.reasons} from={data.days[0]?.day} to={today} />
    </>
  )
}

function Undecided({ undecided }: Pick<Overview, 'undecided'>) {
  const all = undecided.unknown + undecided.manual + undecided.pending
  const { attention, attentionWhat, show, allKnown, noneYet, notReadYet } = m.value
  if (all === 0 && !is_read.value) return <Notice tone="plain" title={notReadYet} />
  if (state.value?.records === 0) return <Notice tone="plain" title={noneYet} />
  if (all === 0) return <Notice tone="good" title={allKnown} />
  const lines = (['manual', 'unknown', 'pending'] as const).filter((name) => undecided[name] > 0)
  return (
    <Notice tone="doubt" title={attention(count(all))}>
      <ul>
        {lines.map((name) => (
          <li key={name}>{attentionWhat[name](count(undecided[name]))}</li>
        ))}
      </ul>
      <a class="button" href={linkTo('packets', { kind: 'unknown' })}>
        {show}
      </a>
    </Notice>
  )
}

const TILES = ['sent', 'received', 'waiting', 'refunding', 'refunded', 'failed', 'refused', 'unknown'] as const
/** These are rare; without them the parts of what was sent would not add up. */
const IF_ANY: readonly string[] = ['refunding', 'failed']

function Tiles({ sums, from, to }: { sums: Sums; from: string; to: string }) {
  return (
    <ul class="tiles">
      {TILES.filter((name) => sums[name].count > 0 || !IF_ANY.includes(name)).map((name) => (
        <li key={name} class={`tile is-${name}`}>
          <a href={linkTo('packets', { kind: name, from, to })}>
            <span class="label">{m.value.told[name]}</span>
            <strong>{count(sums[name].count)}</strong>
            <span class="money">¥{yuan(sums[name].fen)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

const REASONS_SHOWN = 8

function Reasons({ reasons, from, to }: Pick<Overview, 'reasons'> & { from: string | undefined; to: string }) {
  if (reasons.length === 0) return null
  return (
    <section class="card" aria-labelledby="reasons">
      <h2 id="reasons">
        {m.value.refusedBecause} <small>{m.value.last}</small>
      </h2>
      <ul class="reasons">
        {reasons.slice(0, REASONS_SHOWN).map((one) => (
          <li key={one.err_code}>
            <code>{one.err_code || '–'}</code>
            <span>{m.value.packetsUnit(count(one.count))}</span>
            <span class="money">¥{yuan(one.fen)}</span>
            {m.value.reasonsAlone[one.err_code] && <span class="why">{m.value.reasonsAlone[one.err_code]}</span>}
          </li>
        ))}
      </ul>
      <p>
        <a class="button" href={linkTo('packets', { kind: 'refused', from, to })}>
          {m.value.showRefused}
        </a>
      </p>
    </section>
  )
}
