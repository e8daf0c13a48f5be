// ARCHITECTURE.md says what the code says: the diagram is the rules', and what it names is there.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { diagram, onPage, PAGE } from '../../docs/state-diagram.ts'

const page = readFileSync(PAGE, 'utf8')

describe('ARCHITECTURE.md', () => {
  test('has the state diagram that the rules print; if not: npm run diagram -- --write', () => {
    expect(onPage()).toBe(diagram())
  })

  test('names files and folders that exist', () => {
    const paths = [...page.matchAll(/`([a-z][\w./-]*\/[\w./-]*)`/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(20)
    expect(paths.filter((path) => !existsSync(new URL(path, PAGE)))).toStrictEqual([])
  })

  test('names functions that stand in the file beside them', () => {
    const named = [...page.matchAll(/`(\w+)\(\)` in `([\w./-]+)`/g)].map(([, name = '', file = '']) => ({ name, file }))
    expect(named.length).toBeGreaterThan(5)
    const missing = named.filter(
      ({ name, file }) => !readFileSync(new URL(file, PAGE), 'utf8').includes(`function ${name}(`),
    )
    expect(missing).toStrictEqual([])
  })

  test('names rules that are rules', () => {
    const rules = readFileSync(new URL('lib/redpack/rules.ts', PAGE), 'utf8')
    const named = [...page.matchAll(/`(\w+)\(\)`(?! in `)/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter((name) => !new RegExp(`function ${name}\\b`).test(rules))).toStrictEqual([])
  })
})
