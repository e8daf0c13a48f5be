// All rows of a campaign, page after page, while what they are counted as changes.
import type { CampaignRowList, CampaignRowResult } from './campaign-answers.ts'
import { wrong } from './options.ts'

type ReadPage = (params: { limit: number; offset: number }) => Promise<{ data: CampaignRowList }>

/**
 * Every row once, in the order of the list. With a filter rows come and go between two pages. So each page begins one place
 * early: if what stands there was not seen, rows before it have left, and the page before is read again.
 * @throws TypeError for a wrong limit, and whatever `read` throws
 */
export async function* rowsOf(read: ReadPage, limit: number): AsyncGenerator<CampaignRowResult, void, undefined> {
  if (!Number.isInteger(limit) || limit < 2 || limit > 1000) throw wrong('limit must be an integer from 2 to 1000')
  let last = 0
  for (let offset = 0; ; ) {
    const { meta, objects } = (await read({ limit, offset })).data
    const [first] = objects
    if (offset > 0 && (first === undefined || first.row > last)) {
      offset = Math.max(0, offset - limit + 1)
      continue
    }
    for (const row of objects) {
      if (row.row <= last) continue
      last = row.row
      yield row
    }
    if (meta.next === null || objects.length === 0) return
    offset += Math.max(1, objects.length - 1)
  }
}
