// The pages on errors are those that the tables of codes print, and every code stands in both.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { errorPages } from '../../../docs/errors.ts'
import { ERROR_TABLE } from '../../../lib/errors.ts'
import { QUERY_CODES, SEND_CODES } from '../../../lib/wechatpay/codes.ts'

const HAN = /\p{Script=Han}/u

describe.each(Object.entries(errorPages()))('docs/%s', (path, printed) => {
  test('is what the tables print; if not: npm run docs', () => {
    expect(readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8')).toBe(printed)
  })

  test('names every code, and no cell is empty', () => {
    const rows = printed.split('\n').filter((line) => line.startsWith('| '))
    for (const code of [...Object.keys(ERROR_TABLE), ...Object.keys(SEND_CODES), ...Object.keys(QUERY_CODES)]) {
      expect(rows.filter((row) => row.includes(`\`${code}\` |`))).not.toEqual([])
    }
    expect(rows.filter((row) => row.includes('|  |'))).toEqual([])
  })
})

test('each page is in its own language', () => {
  const { 'errors.md': english = '', 'errors.zh-CN.md': chinese = '' } = errorPages()
  const cells = (page: string) =>
    page.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split(' | ').at(-1) ?? ''] : []))
  expect(cells(chinese).filter((cell) => !HAN.test(cell) && !cell.startsWith('---'))).toEqual([])
  expect(cells(english).filter((cell) => /[，；：。]/u.test(cell))).toEqual([])
})
