// What WeChat's codes mean stands in codes.ts, once: no other source compares one, or keeps a list of them.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { QUERY_CODES, SEND_CODES } from '../../../lib/wechatpay/codes.ts'

const CODES = new Set([...Object.keys(SEND_CODES), ...Object.keys(QUERY_CODES)])
const SOURCES = globSync(['handlers/**/*.ts', 'lib/**/*.ts', 'cli/**/*.ts', 'client/src/**/*.ts'], {
  exclude: ['**/node_modules/**', '**/dist/**', 'lib/wechatpay/codes.ts'],
})

test('no source but codes.ts names a code, unless it gives one as an answer of its own', () => {
  expect(SOURCES.length).toBeGreaterThan(100)
  const named = SOURCES.flatMap((file) =>
    readFileSync(file, 'utf8')
      .replaceAll(/err_code: '[A-Z_]+'/g, '')
      .split('\n')
      .filter((line) => [...line.matchAll(/['"]([A-Z][A-Z_]+)['"]/g)].some(([, name = '']) => CODES.has(name)))
      .map((line) => `${file}: ${line.trim()}`),
  )
  expect(named).toEqual([])
})
