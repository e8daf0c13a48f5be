// What the page asks its command for. An answer that is no success rejects with the command's own words.
import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { State } from '../overview.ts'
import { lang, m } from './words.ts'

const POLL_MS = 8_000
const POLL_FILLING_MS = 1_000

/** The command's state, as it was heard last. */
export const state = signal<State | undefined>(undefined)
/** The command does not answer any more, or lets this browser in no longer. */
export const lost = signal<'gone' | 'signedOut' | undefined>(undefined)
/** What has just been done, for everybody to see and to hear. */
export const said = signal<{ readonly text: string; readonly is_bad: boolean } | undefined>(undefined)

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

/** Does something and says what came of it. @returns undefined if it failed */
export async function act<T extends { said?: string }>(path: string, body: object = {}): Promise<T | undefined> {
  try {
    const answer = await send<T>(path, body)
    if (answer.said) said.value = { text: answer.said, is_bad: false }
    return answer
  } catch (error) {
    said.value = { text: (error as Error).message, is_bad: true }
    return undefined
  }
}

export type Loaded<T> = { readonly data: T | undefined; readonly error: string | undefined; reload(): void }

/** Reads a path, and again whenever it, the language or `revision` changes; shows the old answer meanwhile. */
export function useAnswer<T>(path: string | undefined, revision: unknown): Loaded<T> {
  const [answer, setAnswer] = useState<{ path?: string; data?: T; error?: string }>({})
  const [again, setAgain] = useState(0)
  const spoken = lang.value
  useEffect(() => {
    if (path === undefined) return
    const leaving = new AbortController()
    answerOf<T>(path, { signal: leaving.signal })
      .then((data) => setAnswer({ path, data }))
      .catch((error: Error) => {
        if (!leaving.signal.aborted) setAnswer((before) => ({ ...before, error: error.message }))
      })
    return () => leaving.abort()
  }, [path, revision, spoken, again])
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
  pollNow()
}
