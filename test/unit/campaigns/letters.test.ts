// One letter a row: what it is read off, what it counts as, and when an open one is read again.
import { describe, expect, test } from 'vitest'
import {
  ATTEMPTS_MAX,
  arePacketsSeen,
  hasOpen,
  isCounted,
  isRequeued,
  LETTERS,
  type Letter,
  letterOf,
  packAttempts,
  packLetters,
  recountDue,
  totalsOf,
  unpackAttempts,
  unpackLetters,
} from '../../../lib/campaigns/letters.ts'
import { noSums, reasonsOf, sumOf, waiting } from '../../../lib/campaigns/totals.ts'

const ALL = ['.', 'p', 's', 'c', 'b', 'e', 'f', 'm'] as const

describe('a letter', () => {
  test.for([
    [undefined, '.'],
    [{ outcome: 'pending', open: 'outcome' }, 'p'],
    [{ outcome: 'unknown', open: 'outcome' }, 'p'],
    [{ outcome: 'unknown', status: 'SENDING', open: 'outcome' }, 'p'],
    [{ outcome: 'refused' }, 'f'],
    [{ outcome: 'refused', open: 'status', status: 'SENDING' }, 'f'],
    [{ outcome: 'manual' }, 'm'],
    [{ outcome: 'sent', open: 'status' }, 's'],
    [{ outcome: 'sent', open: 'status', status: 'SENT' }, 's'],
    [{ outcome: 'sent', open: 'repair', status: 'RFUND_ING' }, 's'],
    [{ outcome: 'sent', open: 'repair', status: 'RECEIVED' }, 'c'],
    [{ outcome: 'sent', status: 'RECEIVED' }, 'c'],
    [{ outcome: 'sent', status: 'REFUND' }, 'b'],
    // WeChat shows it no more, or contradicts itself: settle has given it up.
    [{ outcome: 'sent', status: 'SENT' }, 'e'],
    [{ outcome: 'sent', status: 'FAILED' }, 'e'],
    [{ outcome: 'sent' }, 'e'],
  ] as const)('of %o is %s', ([record, letter]) => {
    expect(letterOf(record)).toBe(letter)
  })

  test('counts as this', () => {
    expect(ALL.map((letter) => [letter, ...LETTERS[letter].counted])).toStrictEqual([
      ['.', 'waiting'],
      ['p', 'unknown'],
      ['s', 'sent'],
      ['c', 'sent', 'received'],
      ['b', 'sent', 'refunded'],
      ['e', 'sent'],
      ['f', 'refused'],
      ['m', 'manual'],
    ])
    expect(isCounted('c', 'received')).toBe(true)
    expect(isCounted('s', 'received')).toBe(false)
  })

  test('is open while the record may change', () => {
    expect(ALL.filter((letter) => hasOpen(`..${letter}`))).toStrictEqual(['p', 's'])
    expect(ALL.filter((letter) => LETTERS[letter].open)).toStrictEqual(['p', 's'])
    expect(ALL.filter((letter) => LETTERS[letter].open === false).length).toBe(6)
    expect(hasOpen('')).toBe(false)
  })
})

describe('a refused row', () => {
  test.for([
    ['f', 'row', 1, false],
    ['f', 'merchant', 1, true],
    ['f', 'credentials', 1, true],
    ['f', 'pace', 1, true],
    ['f', 'pace', ATTEMPTS_MAX - 1, true],
    ['f', 'pace', ATTEMPTS_MAX, false],
    ['p', 'merchant', 1, false],
    ['.', 'merchant', 1, false],
    ['s', 'pace', 1, false],
    ['m', 'merchant', 1, false],
  ] as const)('%s, whose fault is %s, at attempt %i waits again: %s', ([letter, blame, attempt, again]) => {
    expect(isRequeued(letter, blame, attempt)).toBe(again)
  })

  test('has as many attempts as two digits can say', () => {
    expect(ATTEMPTS_MAX).toBe(1_295)
  })
})

describe('packed', () => {
  const letters: Letter[] = ['.', 'p', 's', 'c']

  test('letters are a text', () => {
    expect(packLetters(letters)).toBe('.psc')
    expect(unpackLetters('.psc')).toStrictEqual(letters)
  })

  test('attempts are digits, and absent while all are 1', () => {
    expect(packAttempts([1, 1, 1])).toBe(undefined)
    expect(packAttempts([1, 2, 35, 36, 1_295])).toBe('01020z10zz')
    expect(packAttempts([2, 2])).toBe('0202')
    expect(unpackAttempts('01020z10zz', 5)).toStrictEqual([1, 2, 35, 36, 1_295])
    expect(unpackAttempts('0102', 3)).toStrictEqual([1, 2, 1])
    expect(unpackAttempts(undefined, 2)).toStrictEqual([1, 1])
  })
})

describe('totals', () => {
  test('are the rows and their fen by what they count as', () => {
    const totals = totalsOf(['.', 'c', 'c', 'b', 'f'], [1, 10, 100, 1_000, 10_000])
    expect(totals).toStrictEqual({
      rows: { ...noSums(), waiting: 1, sent: 3, received: 2, refunded: 1, refused: 1 },
      fen: { ...noSums(), waiting: 1, sent: 1_110, received: 110, refunded: 1_000, refused: 10_000 },
    })
    expect(totalsOf(['.'], [])).toStrictEqual(waiting(1, 0))
  })

  test('begin with nothing, and with everything waiting', () => {
    expect(noSums()).toStrictEqual({ waiting: 0, sent: 0, refused: 0, unknown: 0, manual: 0, received: 0, refunded: 0 })
    expect(waiting(3, 500)).toStrictEqual({ rows: { ...noSums(), waiting: 3 }, fen: { ...noSums(), waiting: 500 } })
  })

  test('add up, and so do the reasons', () => {
    const [a, b] = [totalsOf(['s', 'p'], [5, 7]), totalsOf(['m', 's'], [11, 13])]
    expect(sumOf([a, b])).toStrictEqual({
      rows: { ...noSums(), sent: 2, unknown: 1, manual: 1 },
      fen: { ...noSums(), sent: 18, unknown: 7, manual: 11 },
    })
    expect(sumOf([])).toStrictEqual({ rows: noSums(), fen: noSums() })
    expect(reasonsOf([{ A: [1, 10], B: [2, 20] }, { B: [3, 30] }])).toStrictEqual({ A: [1, 10], B: [5, 50] })
  })
})

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A whole ten minutes. */
const BEGUN_MS = 1_795_392_000_000
const due = (codes: string, after_ms: number) => {
  const due_ms = recountDue(codes, BEGUN_MS, BEGUN_MS + after_ms)
  return due_ms === undefined ? undefined : (due_ms - BEGUN_MS) / MINUTE_MS
}

test('packets are read once settle has looked at them, an hour after', () => {
  expect(arePacketsSeen(BEGUN_MS, BEGUN_MS + HOUR_MS - 1)).toBe(false)
  expect(arePacketsSeen(BEGUN_MS, BEGUN_MS + HOUR_MS)).toBe(true)
})

describe('open rows are read again', () => {
  test.for([
    ['.cbefm', 0, undefined],
    ['s', 0, 70],
    ['s', 1, 70],
    ['s', 70 * MINUTE_MS - 1, 70],
    ['s', 70 * MINUTE_MS, 24 * 60 + 20],
    ['s', 24 * HOUR_MS + 20 * MINUTE_MS, 26 * 60],
    ['s', 26 * HOUR_MS, 50 * 60],
    ['s', 26 * HOUR_MS + 1, 50 * 60 + 10],
    ['p', 0, 2],
    ['p', 1, 3],
    ['p', 8 * MINUTE_MS, 10],
    ['p', 12 * MINUTE_MS, 15],
    ['p', 40 * MINUTE_MS, 50],
    ['p', 80 * MINUTE_MS, 100],
    ['p', 24 * HOUR_MS, 30 * 60],
    ['p', 100 * HOUR_MS, 106 * 60],
    ['ps', 0, 2],
    ['sp', 68 * MINUTE_MS, 70],
  ] as const)('%s, %i ms after the last was begun: in minute %s', ([codes, after_ms, minutes]) => {
    expect(due(codes, after_ms)).toBe(minutes)
  })
})
