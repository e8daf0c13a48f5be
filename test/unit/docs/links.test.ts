// The papers for users and contributors lead to what is there, and send no user to a source file.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)
const PAGES = globSync(['*.md', 'docs/**/*.md', '{client,cli,simulator,examples}/*.md'], { cwd: fileURLToPath(ROOT) })
/** For those who change the code. */
const FOR_ENGINEERS = /^(ARCHITECTURE|CONTRIBUTING)\.md$|^docs\/adr\//

test('the pages are found', () => {
  expect(PAGES.length).toBeGreaterThan(20)
})

describe.each(PAGES)('%s', (path) => {
  const text = readFileSync(new URL(path, ROOT), 'utf8')
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

  test('leads to files and headings that are there', () => {
    expect(targets.filter((target) => !isThere(path, target))).toEqual([])
  })

  if (FOR_ENGINEERS.test(path)) return
  test('sends no user to a source file', () => {
    expect(targets.filter((target) => /\.(ts|js)(#|$)/.test(target))).toEqual([])
    expect(text.match(/`(lib|handlers|local|cli|client|simulator)\/[\w/.-]+\.ts`/g) ?? []).toEqual([])
  })
})

/** Of other sites nothing is known here. */
function isThere(page: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return true
  const [file = '', heading] = target.split('#')
  const url = file === '' ? new URL(page, ROOT) : new URL(file, new URL(page, ROOT))
  if (!existsSync(url)) return false
  return heading === undefined || headingsOf(url).includes(decodeURIComponent(heading))
}

/** The names that GitHub gives a page's headings, and the anchors before headings of a translation. */
function headingsOf(page: URL): string[] {
  const text = readFileSync(page, 'utf8')
  const anchors = [...text.matchAll(/^<a id="([\w-]+)"><\/a>$/gm)].map(([, id = '']) => id)
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return [...headings, ...anchors]
}
