// docs/api/index.html: the description laid out by Redoc for reading, in one file that opens from disk.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Json } from './schema.ts'

/** The browser itself keeps the page from loading anything, whatever the bundle would like to. */
const CSP =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; worker-src blob:; img-src data:; font-src data:"

/** The reader's own fonts, the Chinese ones among them. */
const FONT = 'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
const CODE_FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "PingFang SC", "Microsoft YaHei", monospace'

const OPTIONS = {
  expandResponses: '200',
  hideDownloadButton: true,
  jsonSamplesExpandLevel: 'all',
  nativeScrollbars: true,
  pathInMiddlePanel: true,
  theme: {
    sidebar: { width: '280px' },
    spacing: { sectionVertical: 20 },
    typography: {
      fontFamily: FONT,
      headings: { fontFamily: FONT },
      code: { fontFamily: CODE_FONT },
    },
  },
}

const STYLE = 'body { margin: 0 } td code { word-break: normal !important; white-space: nowrap !important }'

const require = createRequire(import.meta.url)

/** The page for `description`. */
export function readingPage(description: Json): string {
  const { version } = JSON.parse(read('redoc/package.json'))
  const licences = `${read('redoc/LICENSE')}\n${read('redoc/bundles/redoc.standalone.js.LICENSE.txt')}`
  const call = `Redoc.init(${literal(withSignatureSection(description))}, ${literal(OPTIONS)}, document.querySelector('main'))`
  return `<!doctype html>
<!-- Written by \`npm run docs\`: change docs/openapi/, not this file. -->
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CSP}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>redpack API · 公众号发送红包</title>
<style>${STYLE}</style>
</head>
<body>
<main></main>
<!-- Redoc ${version}
${licences.replaceAll('--', '- -').trim()}
-->
<script>${bundle()}</script>
<script>${call}</script>
</body>
</html>
`
}

/** Redoc as it can stand in a page, without the picture that it would like to fetch. */
function bundle(): string {
  return read('redoc/bundles/redoc.standalone.js')
    .replaceAll('</script', '<\\/script')
    .replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', 'data:,')
}

/** Redoc shows the security scheme where the introduction asks for it. */
function withSignatureSection(description: Json): Json {
  const info = description.info as Json
  return {
    ...description,
    info: { ...info, description: `${info.description}\n\n## Signature (签名)\n<SecurityDefinitions />` },
  }
}

/** JSON that can stand in a script. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function read(path: string): string {
  return readFileSync(require.resolve(path), 'utf8')
}
