// What the page asks its command for. An answer that is no success rejects with the command's own words.
import { computed, signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { State } from '../overview.ts'
import { lang, m } from './words.ts'

const POLL_MS = 8_000
const POLL_FILLING_MS = 1_000

/** The command's state, as it was heard last. */
export const state = signal<State | undefined>(undefined)
/** Before the records have been read to the end once, what is missing says nothing. */
export const is_read = computed(() => state.value === undefined || state.value.as_of !== null)

/** Whose service it is, for questions before money moves: the profile if there is one, and the address. */
export function placeOf(now: State | undefined): string {
  if (!now?.profile) return now?.endpoint ?? ''
  return `[${now.profile.label}] ${now.endpoint}`
}

/** The command does not answer any more, or lets this browser in no longer. */
export const lost = signal<'gone' | 'signedOut' | undefined>(undefined)
/** What has just been done, for everybody to see and to hear. */
export const said = signal<{ readonly text: string; readonly is_bad: boolean } | undefined>(undefined)

const SAID_MS = 12_000

/** What went well goes away by itself, what did not stays until it is closed. */
function say(text: string, is_bad = false): void {
  const now = { text, is_bad }
  said.value = now
  if (is_bad) return
  setTimeout(() => {
    if (said.peek() === now) said.value = undefined
  }, SAID_MS)
}

class Refused extends Error {}

async function answerOf<T>(path: string, init: RequestInit): Promise<T> {
  const url = `${path}${path.includes('?') ? '&' : '?'}lang=${lang.peek()}`
  const response = await fetch(url, init).catch((error) => {
    if (init.signal?.aborted) throw error
    lost.value = 'gone'
    throw new Refused(m.peek().gone)
  })
  if (response.status === 401) {
    lost.value = 'signedOut'
    throw new Refused(m.peek().signedOut)
  }
  lost.value = undefined
  const body = (await response.json()) as T & { message?: string }
  if (!response.ok) throw new Refused(body.message ?? String(response.status))
  return body
}

function send<T>(path: string, body: object = {}): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return answerOf<T>(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Something is being done at this moment: nothing else can be begun. */
export const is_acting = signal(false)
/** Grows with everything that was done from here: what is shown may have changed. */
const done = signal(0)

/** Does something and says what came of it. @returns undefined if it failed */
export async function act<T extends { said?: string }>(path: string, body: object = {}): Promise<T | undefined> {
  is_acting.value = true
  try {
    const answer = await send<T>(path, body)
    if (answer.said) say(answer.said)
    pollNow()
    return answer
  } catch (error) {
    say((error as Error).message, true)
    return undefined
  } finally {
    is_acting.value = false
    done.value += 1
  }
}

export type Loaded<T> = { readonly data: T | undefined; readonly error: string | undefined; reload(): void }

/** Reads a path, and again whenever it, the language or `revision` changes; shows the old answer meanwhile. */
export function useAnswer<T>(path: string | undefined, revision: unknown): Loaded<T> {
  const [answer, setAnswer] = useState<{ path?: string; data?: T; error?: string }>({})
  const [again, setAgain] = useState(0)
  const spoken = lang.value
  const changed = done.value
  useEffect(() => {
    if (path === undefined) return
    const leaving = new AbortController()
    answerOf<T>(path, { signal: leaving.signal })
      .then((data) => setAnswer({ path, data }))
      .catch((error: Error) => {
        if (!leaving.signal.aborted) setAnswer((before) => ({ ...before, error: error.message }))
      })
    return () => leaving.abort()
  }, [path, revision, spoken, again, changed])
  return { data: answer.data, error: answer.error, reload: () => setAgain((n) => n + 1) }
}

/** Follows the command's state for as long as the page is seen: it brings the mirror up to date meanwhile. */
export function useCommandState(): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    let is_over = false
    async function poll(): Promise<void> {
      clearTimeout(timer.current)
      if (document.visibilityState === 'visible') {
        await answerOf<State>('/api/state', {}).then(
          (now) => {
            state.value = now
          },
          () => {},
        )
      }
      if (is_over || lost.peek() === 'signedOut') return
      timer.current = setTimeout(poll, state.peek()?.filling.is_running ? POLL_FILLING_MS : POLL_MS)
    }
    const seen = () => {
      if (document.visibilityState === 'visible') void poll()
    }
    void poll()
    pollNow = () => void poll()
    document.addEventListener('visibilitychange', seen)
    return () => {
      is_over = true
      clearTimeout(timer.current)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [])
}

let pollNow = () => {}

/** Has the mirror brought up to date at once. */
export async function updateNow(): Promise<void> {
  await act('/api/update')
}
