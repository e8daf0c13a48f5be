import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fen as asFen, type Fen, isYuan, toFen, toYuan, YUAN_MAX } from '../../../lib/redpack/money.ts'

const FEN_MAX = 100_000_000

test('the most that can be asked for is 1,000,000 yuan', () => {
  expect(YUAN_MAX * 100).toBe(FEN_MAX)
})

test('every whole number of fen up to 100,000,000 goes to yuan and back exactly', () => {
  // Under names of their own: a module's names are looked up at every call here, which would take most of the time.
  const [accepts, there, back] = [isYuan, toYuan, toFen]
  const holds = (fen: number) => accepts(there(fen as Fen)) && back(there(fen as Fen)) === fen
  let fen = 1
  while (fen <= FEN_MAX && holds(fen)) fen += 1
  expect(fen, 'the first that does not').toBe(FEN_MAX + 1)
})

test('an amount written with two decimals, as in JSON, is the fen that it says', async () => {
  await fc.assert(
    fc.property(fc.integer({ min: 1, max: FEN_MAX }), (fen) => {
      const written = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
      const yuan = JSON.parse(written)
      expect([isYuan(yuan), toFen(yuan)]).toEqual([true, fen])
      expect(JSON.stringify(toYuan(asFen(fen)))).toMatch(/^\d+(\.\d{1,2})?$/)
    }),
    { numRuns: 2_000 },
  )
})

test('an amount written with more decimals is refused', async () => {
  await fc.assert(
    fc.property(fc.integer({ min: 0, max: FEN_MAX - 1 }), fc.stringMatching(/^\d{0,2}[1-9]$/), (fen, rest) => {
      const written = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}${rest}`
      expect([written, isYuan(JSON.parse(written))]).toEqual([written, false])
    }),
    { numRuns: 2_000 },
  )
})

test.for([
  1.005,
  0.001,
  0.004,
  0.005,
  0.009,
  0.1 + 0.2,
  1.1 + 2.2,
  19.999,
  1_000_000.01,
  1_000_001,
  1e21,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.EPSILON,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  -0.01,
  -1,
])('%s is no amount', (yuan) => {
  expect(isYuan(yuan)).toBe(false)
})

test.for([
  [0.01, 1],
  [0.29, 29],
  [1, 100],
  [1.1, 110],
  [4.35, 435],
  [19.99, 1_999],
  [1.15, 115],
  [8.2, 820],
  [999_999.99, 99_999_999],
  [1_000_000, 100_000_000],
] as const)('%s yuan are %i fen', ([yuan, fen]) => {
  expect([isYuan(yuan), toFen(yuan), toYuan(asFen(fen))]).toEqual([true, fen, yuan])
})

test.for([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%s is no number of fen', (amount) => {
  expect(() => asFen(amount)).toThrow('fen are whole')
})
