// Small parts that several views use.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Kind } from '../../mirror/kinds.ts'
import type { PacketRow } from '../packets.ts'
import { said } from './server.ts'
import { m } from './words.ts'

/** What became of a packet, by colour and in words. */
export function Chip({ kind, outcome }: { kind: Kind; outcome?: PacketRow['outcome'] }) {
  const text = kind === 'unknown' && outcome ? m.value.outcomes[outcome] : m.value.told[kind]
  return <span class={`chip is-${kind}`}>{text}</span>
}

export function Notice({
  tone,
  title,
  children,
}: {
  tone: 'bad' | 'doubt' | 'good' | 'plain'
  title: string
  children?: ComponentChildren
}) {
  return (
    <section class={`notice is-${tone}`}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

export function Failed({ error, again }: { error: string; again: () => void }) {
  return (
    <div class="notice is-bad" role="alert">
      <p>{error}</p>
      <button type="button" onClick={again}>
        {m.value.tryAgain}
      </button>
    </div>
  )
}

const COPIED_MS = 2_000

/** A command to be run on a terminal, as it stands. */
export function CommandLine({ text }: { text: string }) {
  const [is_copied, setCopied] = useState(false)
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" class="small" aria-label={`${m.value.copy}: ${text}`} onClick={() => void copy()}>
        {is_copied ? m.value.copied : m.value.copy}
      </button>
    </div>
  )
}

/** A question before something is done. */
export type Question = {
  readonly text: string
  readonly yes: string
  /** A choice or a text that goes along. */
  readonly field?: { readonly label: string; readonly choices?: readonly (readonly [value: string, label: string])[] }
  run(value: string): void
}
export const question = signal<Question | undefined>(undefined)

export function QuestionDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const [value, setValue] = useState('')
  const asked = question.value
  useEffect(() => {
    setValue('')
    if (asked) dialog.current?.showModal()
    else dialog.current?.close()
  }, [asked])
  const close = () => {
    question.value = undefined
  }
  function run(event: Event): void {
    event.preventDefault()
    close()
    asked?.run(value)
  }
  return (
    <dialog ref={dialog} class="question" aria-labelledby="question" onClose={close}>
      {asked && (
        <form onSubmit={run}>
          <p id="question">{asked.text}</p>
          {asked.field && <Field field={asked.field} value={value} set={setValue} />}
          <div class="buttons">
            <button type="button" onClick={close}>
              {m.value.cancel}
            </button>
            <button type="submit" class="primary">
              {asked.yes}
            </button>
          </div>
        </form>
      )}
    </dialog>
  )
}

function Field({
  field,
  value,
  set,
}: {
  field: NonNullable<Question['field']>
  value: string
  set(value: string): void
}) {
  const change = (event: Event) => set((event.currentTarget as HTMLInputElement).value)
  return (
    <div>
      <label for="answer">{field.label}</label>
      {field.choices ? (
        <select id="answer" value={value} onChange={change}>
          {field.choices.map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </select>
      ) : (
        <input id="answer" maxLength={200} value={value} onInput={change} />
      )}
    </div>
  )
}

/** What has just happened: seen, and read out. */
export function Said() {
  const now = said.value
  return (
    <div class="said" role="status" aria-live="polite">
      {now && (
        <div class={now.is_bad ? 'is-bad' : ''}>
          <span>{now.text}</span>
          <button
            type="button"
            class="small"
            onClick={() => {
              said.value = undefined
            }}
          >
            {m.value.close}
          </button>
        </div>
      )}
    </div>
  )
}
