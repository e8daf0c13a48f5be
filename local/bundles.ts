// The bundles of all functions for `serverless offline`, built as serverless.yml says for those that ship, and kept until a source changes:
// a start need not wait for them, and stacks that run side by side share them.
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { parse } from 'yaml'

/** Options of esbuild, and those of the plugin serverless-esbuild. */
type Esbuild = Omit<BuildOptions, 'plugins'> & {
  plugins: string
  outputFileExtension: string
  exclude: unknown
  packager: unknown
  watch: unknown
}
type Service = { custom: { esbuild: Esbuild }; functions: Record<string, { handler: string }> }

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/redpack-bundles')
const KEPT_MS = 7 * 24 * 3600 * 1000
/** All that a bundle is made of: of the packages, which versions are installed. */
const SOURCES = ['serverless.yml', 'node_modules/.package-lock.json', 'deploy/trim.ts', '{handlers,lib}/**/*.ts']

/** @returns the folder that has handlers/<function>.cjs */
export async function bundles(): Promise<string> {
  const folder = join(CACHE, fingerprint())
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date())
    return folder
  }
  mkdirSync(CACHE, { recursive: true })
  // Others may build the same at the same time: whoever is first puts it in its place, whole.
  const built = mkdtempSync(join(CACHE, 'new-'))
  try {
    await bundle(built)
    renameSync(built, folder)
    removeOld()
  } catch (error) {
    rmSync(built, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** Nothing has run on these for days. */
function removeOld(): void {
  for (const name of readdirSync(CACHE)) {
    const folder = join(CACHE, name)
    if (Date.now() - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true })
  }
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: ROOT }).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 32)
}

async function bundle(outdir: string): Promise<void> {
  const { custom, functions }: Service = parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8'))
  const { plugins, outputFileExtension, exclude: _e, packager: _p, watch: _w, ...options } = custom.esbuild
  const { default: loaded }: { default: Plugin[] } = await import(join(ROOT, plugins))
  const handlers = Object.values(functions).map(({ handler }) => handler.replace(/\.\w+$/, '.ts'))
  await build({
    ...options,
    plugins: loaded,
    absWorkingDir: ROOT,
    entryPoints: [...new Set(handlers)],
    outbase: '.',
    outdir,
    outExtension: { '.js': outputFileExtension },
    logLevel: 'silent',
  })
}
