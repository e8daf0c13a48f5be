// The iterator over all records, against lists that change between two pages.
import { describe, expect, it } from 'vitest'
import { RedPack } from '../../../client/src/index.ts'
import { answer, type Play, startService } from '../../../client/test/service.ts'

/** The list as the service makes it: places counted from the newest, a place that belongs to no record showing nothing until it is known as a hole. */
function listOf(book: { last: number; lost?: readonly number[]; holes?: readonly number[] }) {
  return (url: string) => {
    const query = new URL(url, 'http://service').searchParams
    const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))]
    const places = Array.from({ length: book.last }, (_, i) => book.last - i).filter(
      (seq) => !book.holes?.includes(seq),
    )
    const objects = places.slice(offset, offset + limit).filter((seq) => !book.lost?.includes(seq))
    const next = offset + limit < places.length ? `/redpacks?limit=${limit}&offset=${offset + limit}` : null
    return {
      meta: { limit, offset, next, previous: null, total_count: places.length },
      objects: objects.map((seq) => ({ id: `r${seq}` })),
    }
  }
}

/** One list a page, the last again and again. */
function playing(...lists: ReturnType<typeof listOf>[]) {
  const plays = lists.map(
    (list): Play =>
      (response, { url }) =>
        answer(response, { body: list(url) }),
  )
  return startService(...(plays as [Play, ...Play[]]))
}

async function idsOf(redPack: RedPack, limit?: number) {
  const ids: string[] = []
  for await (const { id } of redPack.records(limit === undefined ? undefined : { limit })) ids.push(id)
  return ids
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => `r${from - i}`)

describe('records', () => {
  it('are all there, once, newest first', async () => {
    await using service = await playing(listOf({ last: 25 }))

    expect(await idsOf(new RedPack(service.options), 10)).toEqual(down(25, 1))
  })

  it('are read a thousand at a time', async () => {
    await using service = await playing(listOf({ last: 2500 }))

    expect(await idsOf(new RedPack(service.options))).toHaveLength(2500)
    expect(service.seen.map(({ url }) => url)).toEqual([
      '/redpacks?limit=1000&offset=0',
      '/redpacks?limit=1000&offset=999',
      '/redpacks?limit=1000&offset=1998',
    ])
  })

  it('end at once where there are none', async () => {
    await using service = await playing(listOf({ last: 0 }))

    expect(await idsOf(new RedPack(service.options))).toEqual([])
  })

  it.each([1, 5, 10, 35])('show none twice and miss none when %i new ones arrive between two pages', async (count) => {
    await using service = await playing(listOf({ last: 25 }), listOf({ last: 25 + count }))

    expect(await idsOf(new RedPack(service.options), 10)).toEqual(down(25, 1))
  })

  it.each([
    ['one empty place', [20]],
    ['several empty places', [18, 19, 20]],
  ])('miss none when settle finds %s between two pages', async (_, lost) => {
    await using service = await playing(listOf({ last: 25, lost }), listOf({ last: 25, holes: lost }))

    expect(await idsOf(new RedPack(service.options), 10)).toEqual(
      down(25, 1).filter((id) => !lost.some((seq) => id === `r${seq}`)),
    )
  })

  it('miss none when the last page has moved to the one before', async () => {
    await using service = await playing(listOf({ last: 11, lost: [5] }), listOf({ last: 11, holes: [5] }))

    expect(await idsOf(new RedPack(service.options), 10)).toEqual([...down(11, 6), ...down(4, 1)])
  })

  it('come to an end over a run of empty places longer than a page', async () => {
    const lost = Array.from({ length: 12 }, (_, i) => i + 6)
    await using service = await playing(listOf({ last: 25, lost }))

    expect(await idsOf(new RedPack(service.options), 4)).toEqual([...down(25, 18), ...down(5, 1)])
  })

  it('can be left early', async () => {
    await using service = await playing(listOf({ last: 25 }))

    for await (const { id } of new RedPack(service.options).records({ limit: 10 })) if (id === 'r20') break

    expect(service.seen).toHaveLength(1)
  })

  it.each([0, 3, 1001, 4.5])('are not read %d at a time', async (limit) => {
    await using service = await playing(listOf({ last: 1 }))

    await expect(idsOf(new RedPack(service.options), limit)).rejects.toThrow(
      'RedPack: limit must be an integer from 4 to 1000',
    )
  })
})
