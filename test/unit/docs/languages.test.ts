// Pages that stand in both languages say the same: the same sections under the same anchors, the same tables, the same commands.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const DOCS = new URL('../../../docs/', import.meta.url)
const PAGES = ['guarantees', 'operations', 'deploy', 'upgrade', 'campaigns', 'reconcile', 'console']

const read = (file: string) => readFileSync(new URL(file, DOCS), 'utf8')

/** Text outside of code blocks, and the blocks without their comments, which are translated. */
function split(text: string): { prose: string; blocks: string[] } {
  const blocks: string[] = []
  const prose = text.replaceAll(/^( *)```\w*\n([\s\S]*?)^ *```$/gm, (_, _indent, code: string) => {
    blocks.push(code.replaceAll(/\s+# .*$/gm, ''))
    return ''
  })
  return { prose, blocks }
}

/** The anchor that a heading gets on the web: GitHub's rule, for Latin headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}

/** Sections of an English page: level and anchor. */
function sections(prose: string): string[] {
  return [...prose.matchAll(/^(##+) (.+)$/gm)].map(([, level, heading = '']) => `${level} ${anchorOf(heading)}`)
}

/** Sections of a Chinese page, whose headings follow the English anchor. */
function translatedSections(prose: string): string[] {
  return [...prose.matchAll(/^(?:<a id="([\w-]+)"><\/a>\n\n)?(##+) .+$/gm)].map(([, id, level]) => `${level} ${id}`)
}

/** What stays as it is in any language: what stands in the first cell of a table's rows, if it is code. */
function rows(prose: string): string[] {
  return [...prose.matchAll(/^\| (`[^|]+?|I\d+) +\|/gm)].map(([, cell = '']) =>
    (cell.match(/`[^`]+`|I\d+/g) ?? []).sort().join(),
  )
}

/** Numbered and plain items, by their level. */
function items(prose: string): string[] {
  return [...prose.matchAll(/^ *(\d+\.|-) /gm)].map(([, mark = '']) => mark)
}

describe.each(PAGES)('%s', (page) => {
  const [en, zh] = [split(read(`${page}.md`)), split(read(`${page}.zh-CN.md`))]

  test('has the same sections under the same anchors', () => {
    expect(sections(en.prose).length).toBeGreaterThan(3)
    expect(translatedSections(zh.prose)).toEqual(sections(en.prose))
  })

  test('has the same code blocks', () => {
    expect(zh.blocks).toEqual(en.blocks)
  })

  test('has the same rows in its tables and the same items in its lists', () => {
    expect(rows(zh.prose)).toEqual(rows(en.prose))
    expect(items(zh.prose)).toEqual(items(en.prose))
  })

  test('names the other language in its third line', () => {
    expect(read(`${page}.md`).split('\n')[2]).toContain(`[中文](${page}.zh-CN.md)`)
    expect(read(`${page}.zh-CN.md`).split('\n')[2]).toContain(`[English](${page}.md)`)
  })

  test('leads from a Chinese page to Chinese pages', () => {
    const links = [...read(`${page}.zh-CN.md`).matchAll(/\]\((\w+)\.md/g)].map(([, to = '']) => to)
    expect(links.filter((to) => to !== page && PAGES.includes(to))).toEqual([])
  })
})

test('README.zh-CN.md leads to the Chinese pages', () => {
  const readme = readFileSync(new URL('../README.zh-CN.md', DOCS), 'utf8')
  for (const page of PAGES) {
    expect(readme).toContain(`(docs/${page}.zh-CN.md)`)
    expect(readme).not.toContain(`(docs/${page}.md)`)
  }
})
