// What is read at every send and changes seldom: remembered in the container for some seconds, by name.

export type Cache<T> = {
  /** The remembered value, or a new one from `read`, which one caller at a time waits for. Nothing is remembered of a failure. */
  get(name: string, read: () => Promise<T>): Promise<T>
}

/** Ages count from the beginning of a read. `now` is Unix ms; a clock that steps back makes every value old. At most `entries_max` names are remembered. */
export function shortCache<T>(max_age_ms: number, entries_max: number, now: () => number): Cache<T> {
  const cached = new Map<string, { value: T; read_ms: number }>()
  const reading = new Map<string, Promise<T>>()

  async function readAnew(name: string, read: () => Promise<T>): Promise<T> {
    const read_ms = now()
    const value = await read()
    const [oldest] = cached.keys()
    if (cached.size >= entries_max && oldest !== undefined) cached.delete(oldest)
    cached.set(name, { value, read_ms })
    return value
  }

  return {
    async get(name, read) {
      const known = cached.get(name)
      if (known) {
        const age_ms = now() - known.read_ms
        if (age_ms >= 0 && age_ms < max_age_ms) return known.value
      }
      const running = reading.get(name) ?? readAnew(name, read).finally(() => reading.delete(name))
      reading.set(name, running)
      return running
    },
  }
}
