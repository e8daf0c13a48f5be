// Whether a process is flat: what is looked at, and from when it is too much.
import { expect, test } from 'vitest'
import { findingsOf, type Sample, sample, trendOf } from '../../soak/usage.ts'

/** A sample a second. */
function samples(memory: readonly number[]): Sample[] {
  return memory.map((rss_mb, i) => ({ at_ms: i * 1_000, rss_mb, fds: 100 }))
}

test('the medians of the first and the last third count, after the warm-up', () => {
  const cold = [10, 20, 30]
  const warm = [100, 100, 900, 105, 105, 105, 109, 110, 1]
  expect(trendOf(samples([...cold, ...warm]), 'rss_mb', 3_000)).toEqual({
    first: 100,
    last: 109,
    growth: 109 / 100 - 1,
  })
})

test('with too few samples nothing is said to be flat', () => {
  expect(trendOf(samples([1, 2, 3, 4, 5, 6, 7, 8]), 'rss_mb', 0)).toBeUndefined()
  expect(trendOf([], 'fds', 0)).toBeUndefined()
  expect(findingsOf('it', undefined, undefined)).toEqual(['it: too few samples to say whether it is flat'])
})

test.for([
  ['a tenth more is flat', { first: 100, last: 110, growth: 0.1 }, { first: 100, last: 110, growth: 0.1 }, []],
  ['less is flat', { first: 100, last: 50, growth: -0.5 }, { first: 100, last: 50, growth: -0.5 }, []],
  [
    'more memory is told',
    { first: 100, last: 111, growth: 0.11 },
    { first: 100, last: 100, growth: 0 },
    ['it: memory grew from 100 to 111 MB'],
  ],
  [
    'more open files are told',
    { first: 100, last: 100, growth: 0 },
    { first: 50, last: 59, growth: 0.18 },
    ['it: open files grew from 50 to 59'],
  ],
  ['a few open files more are none', { first: 100, last: 100, growth: 0 }, { first: 20, last: 28, growth: 0.4 }, []],
] as const)('%s', ([, memory, fds, findings]) => {
  expect(findingsOf('it', memory, fds)).toEqual(findings)
})

test('a process that is gone has no sample', () => {
  expect(sample(2 ** 30)).toBeUndefined()
})
