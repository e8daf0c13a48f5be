// Mutants are found by the code's words, however it is laid out, and a mutant whose place has gone says so.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from './mutants.ts'
import { mutate } from './mutate.ts'

const SOURCE = `// one
export function first(a: number): number {
  return a === 1 ? call(a, 'it\\'s') : 0 // here
}

export const second = () => {
  const inner = 1
  return call(
    inner, /* why */
    \`a b\`,
  )
}
`

describe('mutate', () => {
  test.for([
    ['first', "call(a, 'it\\'s')", '7', SOURCE.replace("call(a, 'it\\'s')", '7')],
    ['first', 'a===1', 'a === 2', SOURCE.replace('a === 1', 'a === 2')],
    ['second', 'return call(inner, `a b`)', 'return 0', SOURCE.replace(/return call\([^)]*\)/, 'return 0')],
  ] as const)('in %s, %s becomes %s', ([inside, replace, by, mutated]) => {
    expect(mutate(SOURCE, { inside, replace, by })).toBe(mutated)
  })

  test.for([
    ['third', 'a', 'there is no top-level declaration third'],
    ['inner', '1', 'there is no top-level declaration inner'],
    ['second', 'return a', 'second has 0 places that read "return a"'],
    ['first', 'a', 'first has 3 places that read "a"'],
  ] as const)('in %s, %s: %s', ([inside, replace, message]) => {
    expect(() => mutate(SOURCE, { inside, replace, by: '' })).toThrow(message)
  })

  test.for(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('the code has a place for %s', ([, mutant]) => {
    const source = readFileSync(new URL(`../../${mutant.file}`, import.meta.url), 'utf8')
    expect(mutate(source, mutant)).not.toBe(source)
  })

  test('no two mutants have one name', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })
})
