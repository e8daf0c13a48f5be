// The table of packets, its filters and its search, which stand in the address.
import { useEffect, useRef } from 'preact/hooks'
import { KINDS } from '../../mirror/kinds.ts'
import { count, yuan } from '../../yuan.ts'
import type { PacketRow, Packets } from '../packets.ts'
import { Chip, Failed } from './parts.tsx'
import { go, linkTo, linkWith, route } from './route.ts'
import { is_read, state, useAnswer } from './server.ts'
import { lang, m } from './words.ts'

const LIMIT = 50
const TYPING_MS = 250
const FILTERS = ['q', 'kind', 'activity', 'campaign', 'from', 'to'] as const

export function PacketsView() {
  const { params } = route.value
  const wanted = FILTERS.flatMap((name): [string, string][] => {
    const value = params.get(name)
    return value ? [[name, value]] : []
  })
  const offset = Number(params.get('offset')) || 0
  const filter = new URLSearchParams(wanted)
  const path = `/api/packets?${new URLSearchParams([...wanted, ['limit', String(LIMIT)], ['offset', String(offset)]])}`
  const { data, error, reload } = useAnswer<Packets>(path, state.value?.revision)
  return (
    <>
      <Filters campaign={params.get('called') ?? params.get('campaign')} is_filtered={wanted.length > 0} />
      {error && <Failed error={error} again={reload} />}
      {data && <Found packets={data} filter={filter} />}
      {!data && !error && <p class="quiet">{m.value.loading}</p>}
    </>
  )
}

function Filters({ campaign, is_filtered }: { campaign: string | null; is_filtered: boolean }) {
  const { params } = route.value
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined)
  const search = useRef<HTMLInputElement>(null)
  const { data } = useAnswer<{ objects: string[] }>('/api/activities', state.value?.revision)
  const q = params.get('q') ?? ''
  // An address may be opened, or the filter cleared, while the field holds another text.
  useEffect(() => {
    if (search.current && search.current !== document.activeElement) search.current.value = q
  }, [q])
  const set = (changes: Record<string, string | undefined>) =>
    go(linkWith({ ...changes, offset: undefined, packet: undefined }), true)
  const change = (name: string) => (event: Event) => set({ [name]: (event.currentTarget as HTMLInputElement).value })
  function type(event: Event): void {
    const { value } = event.currentTarget as HTMLInputElement
    clearTimeout(typing.current)
    typing.current = setTimeout(() => set({ q: value.trim() }), TYPING_MS)
  }
  function clear(): void {
    clearTimeout(typing.current)
    if (search.current) search.current.value = ''
    go(linkTo('packets'), true)
  }
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label class="search">
          <span>{m.value.search}</span>
          <input
            ref={search}
            type="search"
            defaultValue={q}
            maxLength={200}
            placeholder={m.value.searchHint}
            onInput={type}
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        <label>
          <span>{m.value.state}</span>
          <select value={params.get('kind') ?? ''} onChange={change('kind')}>
            <option value="">{m.value.allStates}</option>
            {(['sent', ...KINDS] as const).map((kind) => (
              <option key={kind} value={kind}>
                {m.value.told[kind]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{m.value.activity}</span>
          <select value={params.get('activity') ?? ''} onChange={change('activity')}>
            <option value="">{m.value.allStates}</option>
            {(data?.objects ?? []).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{m.value.from}</span>
          <input type="date" value={params.get('from') ?? ''} onChange={change('from')} />
        </label>
        <label>
          <span>{m.value.to}</span>
          <input type="date" value={params.get('to') ?? ''} onChange={change('to')} />
        </label>
        {is_filtered && (
          <button type="button" onClick={clear}>
            {m.value.clear}
          </button>
        )}
      </form>
      {campaign && <p class="quiet">{m.value.ofCampaign(campaign)}</p>}
    </search>
  )
}

function Found({ packets, filter }: { packets: Packets; filter: URLSearchParams }) {
  const { objects, total, repeated, export_max } = packets
  const { notReadYet, noneFound, noneYet, found, howSearched, undecidedFirst } = m.value
  const none = filter.size > 0 ? noneFound : is_read.value ? noneYet : notReadYet
  const text = total.count > 0 ? found(count(total.count), yuan(total.fen)) : none
  const address = new URLSearchParams([...filter, ['lang', lang.value]])
  return (
    <section class="card" aria-labelledby="found">
      <div class="head">
        <h2 id="found" aria-live="polite">
          {text}
        </h2>
        {total.count > 0 &&
          (total.count > export_max ? (
            <span class="quiet">{m.value.exportTooMany(count(export_max))}</span>
          ) : (
            <a class="button" href={`/export.csv?${address}`} download="redpack.csv">
              {m.value.export}
            </a>
          ))}
      </div>
      {total.count === 0 && filter.has('q') && <p class="quiet">{howSearched}</p>}
      {total.count === 0 && filter.size > 0 && !is_read.value && <p class="quiet">{notReadYet}</p>}
      {repeated > 0 && <p class="quiet">{m.value.repeated(count(repeated))}</p>}
      {objects.length > 0 && (
        <div class="wide">
          <Table objects={objects} />
        </div>
      )}
      <Pages packets={packets} />
      {objects.length > 1 && objects.some(({ kind }) => kind === 'unknown') && <p class="quiet">{undecidedFirst}</p>}
    </section>
  )
}

function Table({ objects }: { objects: readonly PacketRow[] }) {
  const { columns, views, shares } = m.value
  return (
    <table class="packets">
      <caption class="unseen">{views.packets}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.at}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col" class="number">
            {columns.yuan}
          </th>
          <th scope="col">{columns.receiver}</th>
          <th scope="col" class="minor">
            {columns.activity}
          </th>
          <th scope="col" class="minor">
            {columns.id}
          </th>
        </tr>
      </thead>
      <tbody>
        {objects.map((one) => (
          <tr key={one.id} onClick={() => go(linkWith({ packet: one.id }))}>
            <td class="time">
              {/* The whole row can be clicked; the link is for keys and for readers. */}
              <a href={linkWith({ packet: one.id })} onClick={(event) => event.stopPropagation()}>
                <span class="year">{one.at.slice(0, 5)}</span>
                {one.at.slice(5)}
              </a>
            </td>
            <td>
              <Chip kind={one.kind} outcome={one.outcome} />
              {one.err_code && (
                <code class="code" title={one.err_code}>
                  {one.err_code}
                </code>
              )}
            </td>
            <td class="number money">
              {one.yuan}
              {one.shares > 1 && <small> {shares(one.shares)}</small>}
            </td>
            <td class="openid" title={one.re_openid}>
              <span class="whole">{one.re_openid}</span>
              <span class="end">…{one.re_openid.slice(-7)}</span>
            </td>
            <td class="minor">{one.act_name}</td>
            <td class="minor id">{one.id}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Pages({ packets }: { packets: Packets }) {
  const { objects, total, offset, limit } = packets
  if (total.count <= limit && offset === 0) return null
  const at = (to: number) => linkWith({ offset: to > 0 ? String(to) : undefined, packet: undefined })
  const { pages, earlier, later } = m.value
  return (
    <nav class="pages" aria-label={pages(count(offset + 1), count(offset + objects.length), count(total.count))}>
      {offset > 0 && (
        <a class="button" href={at(Math.max(0, offset - limit))} rel="prev">
          {earlier}
        </a>
      )}
      <span>{pages(count(offset + 1), count(offset + objects.length), count(total.count))}</span>
      {offset + objects.length < total.count && (
        <a class="button" href={at(offset + limit)} rel="next">
          {later}
        </a>
      )}
    </nav>
  )
}
