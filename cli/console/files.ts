// The page's own files: built with the command, or on the fly where it runs from its sources.
import { readFileSync } from 'node:fs'
import type { Lang } from '../words/both.ts'

/** Paths and types. */
export const FILES: Readonly<Record<string, string>> = {
  '/page.js': 'text/javascript; charset=utf-8',
  '/page.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
}

export type PageFiles = { html(lang: Lang): string; read(path: string): string }

/** Where the build puts them, beside the command's own chunks. */
export const FOLDER = 'console'

export async function pageFiles(): Promise<PageFiles> {
  const texts = import.meta.url.endsWith('.ts') ? await fromSources() : fromBuild()
  return { html, read: (path) => texts[path] ?? '' }
}

async function fromSources(): Promise<Record<string, string>> {
  // Not a name that the build follows: esbuild is no part of what is published.
  const bundler = new URL('./bundle.ts', import.meta.url).href
  return ((await import(bundler)) as typeof import('./bundle.ts')).bundlePage()
}

function fromBuild(): Record<string, string> {
  const read = (path: string) => readFileSync(new URL(`./${FOLDER}${path}`, import.meta.url), 'utf8')
  return Object.fromEntries(Object.keys(FILES).map((path) => [path, read(path)]))
}

function html(lang: Lang): string {
  return `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}" data-lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>redpack</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" type="module"></script>
</head>
<body><div id="page"></div></body>
</html>
`
}
