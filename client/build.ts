// `node client/build.ts` makes client/dist: the package as an ES module and as CommonJS, each with its declarations.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Builds into `dist`, which is emptied first. @throws Error if esbuild or tsc fails */
export async function buildClient(dist: string = join(HERE, 'dist')): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  await bundle(join(dist, 'index.js'), 'esm')
  await bundle(join(dist, 'index.cjs'), 'cjs')
  declarations(dist)
}

async function bundle(outfile: string, format: 'esm' | 'cjs'): Promise<void> {
  const entry = join(HERE, 'src/index.ts')
  await build({
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    target: 'node18',
    logLevel: 'warning',
  })
}

/** tsc's declarations of each source file, twice: TypeScript takes a .d.ts of this package for ESM and a .d.cts for CommonJS. */
function declarations(dist: string): void {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
  const tsc = join(dirname(typescript), 'bin/tsc')
  const options =
    '--noEmit false --declaration --emitDeclarationOnly --module nodenext --target es2022 --types node --strict'
  const flags = [
    '--ignoreConfig',
    '--allowImportingTsExtensions',
    '--exactOptionalPropertyTypes',
    ...options.split(' '),
  ]
  execFileSync(process.execPath, [tsc, ...flags, '--outDir', dist, join(HERE, 'src/index.ts')], {
    cwd: HERE,
    stdio: 'inherit',
  })
  const needed = reachable(dist, 'index.d.ts')
  for (const name of readdirSync(dist).filter((file) => file.endsWith('.d.ts'))) {
    if (!needed.has(name)) {
      rmSync(join(dist, name))
      continue
    }
    const text = readFileSync(join(dist, name), 'utf8')
    writeFileSync(join(dist, name.replace(/\.d\.ts$/, '.d.cts')), withExtension(text, 'cjs'))
    writeFileSync(join(dist, name), withExtension(text, 'js'))
  }
}

/** The declarations that a reader of `name` comes to; the others are of the inside. */
function reachable(dist: string, name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const [, next] of readFileSync(join(dist, name), 'utf8').matchAll(/from '\.\/([\w-]+)\.ts'/g)) {
    reachable(dist, `${next}.d.ts`, seen)
  }
  return seen
}

function withExtension(text: string, extension: 'js' | 'cjs'): string {
  return text.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, `$1.${extension}'`)
}

if (import.meta.main) await buildClient()
