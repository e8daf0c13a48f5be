// The files of the control's page, which shows the ledger as it grows.
import { readFileSync } from 'node:fs'

/** No inline code, nothing from elsewhere, and in no frame. */
export const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const

/** What the control answers with besides JSON. */
export const FILES: Readonly<Record<string, { file: string; type: string }>> = {
  '/': { file: 'page/index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page/page.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { file: 'page/page.css', type: 'text/css; charset=utf-8' },
  '/openapi.yaml': { file: 'openapi.yaml', type: 'application/yaml; charset=utf-8' },
}

/** Texts by file, if whoever has bundled this has put them in. */
declare const SIMULATOR_FILES: Readonly<Record<string, string>> | undefined
const BUILT_IN = typeof SIMULATOR_FILES === 'undefined' ? undefined : SIMULATOR_FILES

/** The file under a path of the control, or undefined. They lie beside the folder that this module is in, built or not. */
export function readPage(path: string): { text: string; type: string } | undefined {
  const found = Object.hasOwn(FILES, path) ? FILES[path] : undefined
  if (!found) return undefined
  const text = BUILT_IN?.[found.file] ?? readFileSync(new URL(`../${found.file}`, import.meta.url), 'utf8')
  return { text, type: found.type }
}
