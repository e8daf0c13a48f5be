// The console does not stay open for ever.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ended } from '../../../../cli/console/ended.ts'
import { schemaDescriptions } from '../../../../cli/parameters.ts'
import { messagesOf } from '../../../../cli/words/messages.ts'

const MINUTE_MS = 60_000
const m = messagesOf('en', schemaDescriptions())

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] }))
afterEach(() => vi.useRealTimers())

/** Waits for its end while a page asks every `asks_ms`; @returns after how many minutes it came, and what was said. */
async function watched(asks_ms: number, most_min: number) {
  const from_ms = Date.now()
  const said: string[] = []
  let ended_ms: number | undefined
  const last_ms = () => from_ms + Math.floor((Date.now() - from_ms) / asks_ms) * asks_ms
  const end = ended({ last_ms }, { m, note: (line) => said.push(line) }).then(() => {
    ended_ms = Date.now()
  })
  for (let minute = 0; minute < most_min && ended_ms === undefined; minute += 1) {
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
  }
  await end
  return { minutes: Math.round(((ended_ms ?? 0) - from_ms) / MINUTE_MS), said }
}

it('ends after an hour in which nobody looked', async () => {
  expect(await watched(Number.MAX_SAFE_INTEGER, 100)).toEqual({
    minutes: 60,
    said: ['Nobody has looked at the page for 60 minutes: ended. Run the command again for a new link'],
  })
})

it('ends after twelve hours although somebody looks', async () => {
  expect(await watched(8_000, 1_000)).toEqual({
    minutes: 720,
    said: ['Open for 12 hours: ended. Run the command again for a new link'],
  })
})

it('ends at a signal, says nothing, and hears no more of them', async () => {
  const before = process.listenerCount('SIGTERM')
  const said: string[] = []
  const end = ended({ last_ms: () => 0 }, { m, note: (line) => said.push(line) })
  process.emit('SIGTERM')
  await end
  expect([said, process.listenerCount('SIGTERM')]).toEqual([[], before])
})
