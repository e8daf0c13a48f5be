// Builds the page with esbuild: for the package, and for whoever runs the command from its sources.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (name: string) => fileURLToPath(new URL(`./page/${name}`, import.meta.url))

/** The texts of the page's files by their paths. @throws Error if esbuild fails */
export async function bundlePage(): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: here('main.tsx'), out: 'page' },
      { in: here('page.css'), out: 'page' },
    ],
    outdir: '/',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
    // Two of the three bring no notice of their own.
    banner: {
      js: '/*! Contains Preact and @preact/signals (Preact authors) and uPlot (Leon Sorokin), under the MIT License. */',
    },
    logLevel: 'warning',
  })
  const built = outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/')), text])
  return { ...Object.fromEntries(built), '/icon.svg': readFileSync(here('icon.svg'), 'utf8') }
}
