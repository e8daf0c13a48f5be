// The prices on the pages are those that the counts and the list prices come to.
import { expect, test } from 'vitest'
import { AMOUNTS, costs, natCost, onPage, tables } from '../../../docs/prices.ts'

test.each(Object.keys(tables()))('docs/%s has the table that is printed; if not: npm run docs', (file) => {
  expect(onPage(file)).toBe(tables()[file])
})

test('the sums of a million packets, computed by hand', () => {
  // 15.18 million writes and 86,400; 1.2 million reads and 1,058,400.
  const dynamodb = (15_180_000 + 86_400) * 0.625e-6 + (1_200_000 + 1_058_400) * 0.125e-6
  expect(costs(1_000_000)['DynamoDB, writes and reads']).toBeCloseTo(dynamodb, 6)
  expect(costs(1_000_000)['HTTP API']).toBeCloseTo(1, 6)
  expect(natCost(0)).toBeCloseTo(36.5, 6)
})

test('more packets never cost less', () => {
  const sums = AMOUNTS.map((amount) => Object.values(costs(amount)).reduce((all, one) => all + one, natCost(amount)))
  expect(sums.toSorted((a, b) => a - b)).toEqual(sums)
})
