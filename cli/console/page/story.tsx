// One packet's story, over whatever view it was opened from.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Event as Happened, Story } from '../story.ts'
import { Chip, CommandLine, Failed, Said } from './parts.tsx'
import { go, linkWith, route } from './route.ts'
import { act, is_acting, state, useAnswer } from './server.ts'
import { m } from './words.ts'

export function StoryDialog() {
  const id = route.value.params.get('packet') ?? undefined
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (id && !dialog.current?.open) dialog.current?.showModal()
    if (!id) dialog.current?.close()
  }, [id])
  const close = () => {
    if (route.peek().params.has('packet')) go(linkWith({ packet: undefined }))
  }
  return (
    <dialog ref={dialog} class="story" aria-label={m.value.story} onClose={close} {...{ closedby: 'any' }}>
      {id && <Whole key={id} id={id} close={() => dialog.current?.close()} />}
      {/* What lies outside of an open dialog is neither seen nor read out. */}
      {id && <Said />}
    </dialog>
  )
}

function Whole({ id, close }: { id: string; close: () => void }) {
  const asked = useSignal<Story | undefined>(undefined)
  const valid = /^[0-9a-f]{24}$/.test(id) ? `/api/packets/${id}` : `/api/packets/${'0'.repeat(24)}`
  const { data, error, reload } = useAnswer<Story>(valid, undefined)
  const story = asked.value ?? data
  async function ask(): Promise<void> {
    const answer = await act<Story & { said: string }>(`/api/packets/${id}/ask`)
    if (answer) asked.value = answer
  }
  return (
    <div class="sheet">
      <div class="head">
        <h2>{m.value.story}</h2>
        <button type="button" class="small" onClick={close}>
          {m.value.close}
        </button>
      </div>
      {error && !story && <Failed error={error} again={reload} />}
      {!story && !error && <p class="quiet">{m.value.loading}</p>}
      {story && <Told story={story} ask={() => void ask()} />}
    </div>
  )
}

function Told({ story, ask }: { story: Story; ask: () => void }) {
  const { columns, doNow, happened, times, notAsked, record, readingWhy } = m.value
  return (
    <>
      <p class="sum">
        <strong>¥{story.yuan}</strong> <Chip kind={story.kind} outcome={story.outcome} />
      </p>
      <p class="to">
        <span class="unseen">{columns.receiver}</span> {story.receiver.name}{' '}
        <span class="openid">{story.receiver.openid}</span>
      </p>
      <p class="sentence">{story.sentence}</p>
      {story.not_asked && <p class="quiet">{notAsked(story.not_asked)}</p>}
      <section class={`advice is-${story.kind}`} aria-labelledby="do-now">
        <h3 id="do-now">{doNow}</h3>
        {story.advice.map(({ text, command }) => (
          <div key={text}>
            <p>{text}</p>
            {command && <CommandLine text={command} />}
          </div>
        ))}
        {story.is_open && !state.value?.is_offline && (
          <p>
            <button type="button" class="primary" disabled={!state.value?.may_act || is_acting.value} onClick={ask}>
              {is_acting.value ? m.value.working : m.value.ask}
            </button>{' '}
            {!state.value?.may_act && <small>{readingWhy}</small>}
          </p>
        )}
      </section>
      <section aria-labelledby="happened">
        <h3 id="happened">{happened}</h3>
        <ol class="events">
          {story.events.map((event) => (
            <Happening key={`${event.by}${event.at}${event.text}${event.detail}`} event={event} />
          ))}
        </ol>
        <p class="quiet">{times}</p>
      </section>
      <details>
        <summary>{record}</summary>
        <Pairs pairs={story.fields} />
      </details>
      {(story.raw_result || story.answer.length > 0) && <WeChat story={story} />}
    </>
  )
}

function Happening({ event }: { event: Happened }) {
  return (
    <li class={`by-${event.by}`}>
      <span class="who">{m.value.by[event.by]}</span>
      <time class={event.at ? '' : 'quiet'}>{event.at ?? m.value.noTime}</time>
      <span class="what">{event.text}</span>
      {event.detail && <span class="detail">{event.detail}</span>}
    </li>
  )
}

function WeChat({ story }: { story: Story }) {
  const { wechatSaid, toSend, toQuestion } = m.value
  return (
    <details>
      <summary>{wechatSaid}</summary>
      {story.answer.length > 0 && (
        <>
          <h4>{toQuestion}</h4>
          <Pairs pairs={story.answer} />
        </>
      )}
      {story.raw_result && (
        <>
          <h4>{toSend}</h4>
          <pre>{story.raw_result}</pre>
        </>
      )}
    </details>
  )
}

function Pairs({ pairs }: { pairs: Story['fields'] }) {
  return (
    <dl class="pairs">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
