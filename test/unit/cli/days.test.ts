// Days as a person writes them are Beijing's, wherever the machine stands.
import { describe, expect, it } from 'vitest'
import { beijingDay, dayOf, daysOf, spanOf } from '../../../cli/days.ts'

const at = (text: string) => Date.parse(text) / 1000

describe('a day, a month or a minute', () => {
  it.each([
    ['2026-11-24', '2026-11-24T00:00:00+08:00', '2026-11-25T00:00:00+08:00'],
    ['2026-11', '2026-11-01T00:00:00+08:00', '2026-12-01T00:00:00+08:00'],
    ['2026-12', '2026-12-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00'],
    ['2024-02', '2024-02-01T00:00:00+08:00', '2024-03-01T00:00:00+08:00'],
    ['2026-11-24 08:30', '2026-11-24T08:30:00+08:00', '2026-11-24T08:31:00+08:00'],
    ['2026-11-24T08:30', '2026-11-24T08:30:00+08:00', '2026-11-24T08:31:00+08:00'],
  ])('%s is from its first second to its last', (text, from, to) => {
    expect(spanOf(text)).toEqual({ from_s: at(from), to_s: at(to) })
  })

  it.each(['2026-02-30', '2026-13', '2026-11-24 25:00', '24.11.2026', '2026', '', 'yesterday'])(
    '%j is none',
    (text) => {
      expect(() => spanOf(text)).toThrow('2026-11-24')
    },
  )

  it('of a bill is a whole day', () => {
    expect(dayOf('2026-11-24')).toBe('2026-11-24')
    expect(() => dayOf('2026-11')).toThrow('2026-11-24')
  })

  it('follow one another', () => {
    expect(daysOf({ from_s: at('2026-11-29T12:00:00+08:00'), to_s: at('2026-12-02T00:00:00+08:00') })).toEqual([
      '2026-11-29',
      '2026-11-30',
      '2026-12-01',
    ])
    expect(beijingDay(at('2026-11-23T16:00:00Z'))).toBe('2026-11-24')
  })
})
