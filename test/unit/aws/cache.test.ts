import { expect, test } from 'vitest'
import { shortCache } from '../../../lib/aws/cache.ts'

function aCache(entries_max = 2) {
  const clock = { now_ms: 1_000_000 }
  const cache = shortCache<string>(5_000, entries_max, () => clock.now_ms)
  const reads: string[] = []
  const get = (name: string) =>
    cache.get(name, async () => {
      reads.push(name)
      return `${name} ${reads.length}`
    })
  return { clock, cache, reads, get }
}

test('a value is read once, until it is as old as it may be', async () => {
  const { clock, get } = aCache()
  expect(await get('a')).toBe('a 1')
  clock.now_ms += 4_999
  expect(await get('a')).toBe('a 1')
  clock.now_ms += 1
  expect(await get('a')).toBe('a 2')
})

test('a clock that steps back makes a value old', async () => {
  const { clock, get } = aCache()
  await get('a')
  clock.now_ms -= 1
  expect(await get('a')).toBe('a 2')
})

test('a value is as old as the read that brought it', async () => {
  const { clock, cache, get } = aCache()
  const slow = async () => {
    clock.now_ms += 3_000
    return 'slow'
  }
  expect(await cache.get('a', slow)).toBe('slow')
  clock.now_ms += 1_999
  expect(await get('a')).toBe('slow')
  clock.now_ms += 1
  expect(await get('a')).toBe('a 1')
})

test('those who ask at the same time wait for one read', async () => {
  const { get, reads } = aCache()
  expect(await Promise.all([get('a'), get('a'), get('b')])).toEqual(['a 1', 'a 1', 'b 2'])
  expect(reads).toEqual(['a', 'b'])
})

test('a failure is told and not remembered', async () => {
  const { cache, get } = aCache()
  await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
  expect(await get('a')).toBe('a 1')
})

test('the name that was read first is forgotten when there are too many', async () => {
  const { get } = aCache()
  await get('a')
  await get('b')
  await get('c')
  expect([await get('b'), await get('c')]).toEqual(['b 2', 'c 3'])
  expect(await get('a')).toBe('a 4')
})
