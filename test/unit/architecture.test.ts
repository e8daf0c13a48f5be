// ARCHITECTURE.md says what the code says: the diagram is the rules', and what it and CONTRIBUTING.md name is there.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { diagram, onPage, PAGE } from '../../docs/state-diagram.ts'

const page = readFileSync(PAGE, 'utf8')
const pathsIn = (text: string) => [...text.matchAll(/`([a-z][\w./-]*\/[\w./-]*)`/g)].map(([, path = '']) => path)

describe('ARCHITECTURE.md', () => {
  test('has the state diagram that the rules print; if not: npm run diagram -- --write', () => {
    expect(onPage()).toBe(diagram())
  })

  test('names files and folders that exist', () => {
    expect(pathsIn(page).length).toBeGreaterThan(20)
    expect(pathsIn(page).filter((path) => !existsSync(new URL(path, PAGE)))).toStrictEqual([])
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

describe('CONTRIBUTING.md', () => {
  const text = readFileSync(new URL('CONTRIBUTING.md', PAGE), 'utf8')

  test('names files and folders that exist', () => {
    expect(pathsIn(text).length).toBeGreaterThan(40)
    expect(pathsIn(text).filter((path) => !existsSync(new URL(path, PAGE)))).toStrictEqual([])
  })

  test('names scripts that exist, and the words that the code has', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', PAGE), 'utf8'))
    const named = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
    const words = [...text.matchAll(/(?:`([\w/.-]+\.ts)`[^`\n]{0,30}\(?`([A-Z]\w+)`)/g)].map(
      ([, file = '', word = '']) => [file, word],
    )
    expect(words.length).toBeGreaterThan(3)
    expect(words.filter(([file = '', word = '']) => !readFileSync(new URL(file, PAGE), 'utf8').includes(word))).toEqual(
      [],
    )
  })
})
