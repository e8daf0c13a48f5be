// `node cli/build.ts` makes cli/dist: the command and what it needs of this repository, for every Node that the package names.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { FILES } from '../simulator/src/page.ts'
import { bundlePage } from './console/bundle.ts'
import { FOLDER } from './console/files.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const { dependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')) as { dependencies: object }

/** Builds into `dist`, which is emptied first. @throws Error if esbuild fails, or a package is used that is not a dependency */
export async function buildCli(dist: string = join(HERE, 'dist')): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: [join(HERE, 'main.ts')],
    outdir: dist,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // commander is built in: it works on Node 20, but npm would warn of its `engines`.
    external: Object.keys(dependencies),
    // The simulator's page is no code, and lies in another package.
    define: { SIMULATOR_FILES: JSON.stringify(simulatorFiles()) },
    metafile: true,
    logLevel: 'warning',
  })
  await writePage(join(dist, FOLDER))
  const used = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external))
  const packages = new Set(used.map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path))
  const missing = [...packages].filter((name) => !name.startsWith('node:') && !(name in dependencies))
  if (missing.length > 0) throw new Error(`cli/package.json lacks ${missing.join(', ')}`)
}

/** The page of `redpack console`, which the command reads from beside itself. */
async function writePage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of Object.entries(await bundlePage())) writeFileSync(join(folder, path), text)
}

function simulatorFiles(): Record<string, string> {
  const files = Object.values(FILES).map(({ file }) => file)
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(HERE, '../simulator', file), 'utf8')]))
}

if (import.meta.main) await buildCli()
