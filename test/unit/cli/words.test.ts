// The words of the command line: each in both languages (test/unit/docs/punctuation.test.ts reads the Chinese ones).
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { schemaDescriptions } from '../../../cli/parameters.ts'
import { both } from '../../../cli/words/both.ts'
import { messagesOf } from '../../../cli/words/messages.ts'

const folder = new URL('../../../cli/words/', import.meta.url)

/** Every path in a table of words. */
function paths(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} ${typeof value}`]
  return Object.entries(value).flatMap(([name, one]) => paths(one, `${path}.${name}`))
}

describe('words', () => {
  it('are the same in both languages', () => {
    const [en, zh] = (['en', 'zh'] as const).map((lang) => paths(messagesOf(lang, schemaDescriptions())))
    expect(en?.length).toBeGreaterThan(200)
    expect(zh).toEqual(en)
    expect(en?.filter((path) => path.endsWith(' undefined'))).toEqual([])
  })

  it('do not compile with one half, or with halves that differ', () => {
    // @ts-expect-error the Chinese half is missing
    expect(both('one')).toBeDefined()
    // @ts-expect-error a text and a function
    expect(both('one', () => '一')).toBeDefined()
    const more = both(
      // @ts-expect-error the Chinese half takes a number
      (name: string) => name,
      (name: number) => `${name}`,
    )
    expect(more).toBeDefined()
  })

  it('import one way', () => {
    for (const file of readdirSync(folder)) {
      const imports = [...readFileSync(new URL(file, folder), 'utf8').matchAll(/from '(.*)'/g)].map(([, from]) => from)
      const allowed =
        file === 'messages.ts'
          ? /^\.\/|^\.\.\/printable\.ts$/
          : /^\.\/both\.ts$|^\.\.\/\.\.\/(client\/src\/index|lib\/errors)\.ts$/
      expect({ file, other: imports.filter((from) => !allowed.test(from ?? '')) }).toEqual({ file, other: [] })
    }
  })
})
