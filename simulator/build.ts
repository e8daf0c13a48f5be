// `node build.ts` makes dist: the command, and wechatpay-simulator/testing as an ES module and as CommonJS with declarations.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const DEPENDENCIES = ['node-forge', 'valibot']
/** CommonJS has no import.meta; esbuild is told of what stands for its url. */
const CJS_URL = {
  define: { 'import.meta.url': '__module_url' },
  banner: { js: "const __module_url = require('node:url').pathToFileURL(__filename).href;" },
}

/** Builds into `dist`, which is emptied first. Throws where esbuild or tsc does. */
export async function buildSimulator(dist: string = join(HERE, 'dist')): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  await bundle('main.ts', join(dist, 'main.js'), 'esm', '#!/usr/bin/env node')
  await bundle('testing.ts', join(dist, 'testing.js'), 'esm')
  await bundle('testing.ts', join(dist, 'testing.cjs'), 'cjs')
  chmodSync(join(dist, 'main.js'), 0o755)
  declare(dist)
}

async function bundle(entry: string, outfile: string, format: 'esm' | 'cjs', head?: string): Promise<void> {
  await build({
    entryPoints: [join(HERE, 'src', entry)],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: DEPENDENCIES,
    logLevel: 'warning',
    ...(head === undefined ? {} : { banner: { js: head } }),
    ...(format === 'cjs' ? CJS_URL : {}),
  })
}

/** Declarations of testing.ts and of client.ts, the one file whose types it shows; TypeScript wants them once a module system. */
function declare(dist: string): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const made = join(dist, 'declarations')
  const options =
    '--noEmit false --declaration --emitDeclarationOnly --module nodenext --target es2022 --lib es2022,esnext.disposable --types node --strict'
  const flags = ['--ignoreConfig', '--allowImportingTsExtensions', '--exactOptionalPropertyTypes', '--skipLibCheck']
  const root = join(HERE, '..')
  execFileSync(
    process.execPath,
    [tsc, ...flags, ...options.split(' '), '--rootDir', root, '--outDir', made, join(HERE, 'src/testing.ts')],
    { cwd: HERE, stdio: 'inherit' },
  )
  for (const name of ['testing', 'client']) {
    const text = readFileSync(join(made, 'simulator/src', `${name}.d.ts`), 'utf8')
    writeFileSync(join(dist, `${name}.d.cts`), text.replaceAll(/(from '\.\/\w+)\.ts'/g, "$1.cjs'"))
    renameSync(join(made, 'simulator/src', `${name}.d.ts`), join(dist, `${name}.d.ts`))
    writeFileSync(join(dist, `${name}.d.ts`), text.replaceAll(/(from '\.\/\w+)\.ts'/g, "$1.js'"))
  }
  rmSync(made, { recursive: true })
}

if (import.meta.main) await buildSimulator()
