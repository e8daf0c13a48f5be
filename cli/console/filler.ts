// Brings the mirror up to date while somebody looks at the page: whoever asks for its state starts it. Without a page open it rests.
import type { RedPack } from '../../client/src/index.ts'
import { HOLDS_WITHIN_S } from '../brake/brake.ts'
import { fill, type Source } from '../mirror/fill.ts'
import type { Store } from '../mirror/store.ts'

/** New records are looked for this often, and open ones looked at again this often. */
const NEW_EVERY_S = 20
const OPEN_EVERY_S = 300
/** After a failure: the service may be away. */
const AFTER_ERROR_S = 60

export type Filling = {
  readonly is_running: boolean
  /** Places that have been read, of how many there are. */
  readonly done: number
  readonly total: number
  readonly error: unknown
  /** Since when the operators have stopped all sending, Unix seconds. */
  readonly stopped_since: number | undefined
}

export type Filler = ReturnType<typeof fillerOf>

export function fillerOf(store: Store, service: RedPack | undefined, now_s: () => number) {
  let state: Filling = { is_running: false, done: 0, total: 0, error: undefined, stopped_since: undefined }
  let running: Promise<void> | undefined
  let [last_s, last_open_s, failed_s] = [0, 0, 0]

  let is_over = false
  /** Until then other functions may not have heard of a command. */
  let commanded_until_s = 0
  const hear = (stopped_since: number | undefined) => {
    if (now_s() >= commanded_until_s) state = { ...state, stopped_since }
  }

  const source = (service: RedPack): Source => ({
    page: async (params) => {
      if (is_over) throw new Error('ended')
      const { data, stopped_since } = await service.getSentRedPackList(params)
      hear(stopped_since)
      return data
    },
    record: async (id) => {
      if (is_over) throw new Error('ended')
      return (await service.getSentRedPack(id)).data
    },
  })

  async function run(service: RedPack, open: boolean): Promise<void> {
    state = { ...state, is_running: true, done: 0, total: 0 }
    const progress = (done: number, total: number) => {
      state = { ...state, done, total }
    }
    try {
      await fill(store, source(service), { now_s: now_s(), open, progress })
      last_s = now_s()
      if (open) last_open_s = last_s
      state = { ...state, is_running: false, error: undefined }
    } catch (error) {
      failed_s = now_s()
      state = { ...state, is_running: false, error }
    }
  }

  /** Starts at once, unless it runs already. @returns a promise that never rejects */
  function update(): Promise<void> {
    if (!service || is_over) return Promise.resolve()
    const open = now_s() >= last_open_s + OPEN_EVERY_S
    running ??= run(service, open).finally(() => {
      running = undefined
    })
    return running
  }

  return {
    state: () => state,
    update,
    /** All records that may still change, too. */
    updateAll(): Promise<void> {
      last_open_s = 0
      return update()
    },
    /** Starts it if it is due. */
    tick(): void {
      const is_due = now_s() >= last_s + NEW_EVERY_S && now_s() >= failed_s + AFTER_ERROR_S
      if (is_due) void update()
    },
    /** Ends with the requests that are under way; the store may then be closed. What was read stays. */
    async end(): Promise<void> {
      is_over = true
      await running
    },
    /** A read elsewhere has heard of the brake. */
    hear,
    /** The brake was put on or taken off from here: what reads say is older, for as long as functions keep what they know. */
    command(stopped_since: number | undefined): void {
      state = { ...state, stopped_since }
      commanded_until_s = now_s() + HOLDS_WITHIN_S + 1
    },
  }
}
