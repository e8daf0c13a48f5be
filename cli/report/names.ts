// The names of campaigns: records have their ids only.
import { type RedPack, RedPackError } from '../../client/src/index.ts'

/** Campaigns in a page: the most that the service gives. */
const PAGE = 1_000

/** Names by id. If nobody can be asked, it has none, and a report shows the ids. */
export async function campaignNames(
  service: RedPack | undefined,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  if (!service) return names
  const isMissing = () => ids.some((id) => id !== '' && !names.has(id))
  try {
    for (let offset = 0; isMissing(); offset += PAGE) {
      const { meta, objects } = (await service.campaigns.list({ limit: PAGE, offset })).data
      for (const { id, name } of objects) names.set(id, name)
      if (meta.next === null) break
    }
  } catch (error) {
    if (!(error instanceof RedPackError)) throw error
  }
  return names
}
