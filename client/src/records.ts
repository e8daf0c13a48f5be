// All records, page after page, while the list changes.
import type { ListedRedPack, RedPackList, RedPackListParams } from './answers.ts'
import { wrong } from './options.ts'

type ReadPage = (params: Required<RedPackListParams>) => Promise<{ data: RedPackList }>

/**
 * Every record that was there when it began, once, newest first; remembers the ids, about 100 bytes a record.
 * New records push the list back, and a place that the service finds empty pulls it forward. So each page begins one
 * place early: what stands behind the last record already seen is new; a page without one is not where it should be.
 * @throws TypeError for a wrong limit, and whatever `read` throws
 */
export async function* records(read: ReadPage, limit: number): AsyncGenerator<ListedRedPack, void, undefined> {
  if (!Number.isInteger(limit) || limit < 4 || limit > 1000) {
    throw wrong('limit must be an integer from 4 to 1000')
  }
  const seen = new Set<string>()
  let anchored = false
  let total = 0
  for (let offset = 0; ; ) {
    const { meta, objects } = (await read({ limit, offset })).data
    const last = objects.map(({ id }) => seen.has(id)).lastIndexOf(true)
    const moved = meta.total_count - total
    total = meta.total_count
    if (anchored && last === -1 && offset > 0) {
      // By as much as the list has grown or shrunk; if that cancels out, back until something known comes.
      offset = Math.max(0, offset + (moved || -Math.floor(limit / 2)))
      continue
    }
    for (const record of objects.slice(last + 1)) {
      seen.add(record.id)
      yield record
    }
    if (meta.next === null) return
    // A page with nothing new is no anchor to wait for: going on without one is what keeps this finite.
    anchored = last + 1 < objects.length
    offset += anchored ? limit - 1 : limit
  }
}
