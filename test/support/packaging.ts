// `serverless package` and its like in a folder of their own: the project's may be in use by `serverless offline` at the same time.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = fileURLToPath(new URL('bin/serverless.js', import.meta.resolve('serverless/package.json')))
/** All that goes into a package; node_modules is linked. */
const SOURCES = [
  'handlers',
  'lib',
  'resources',
  'deploy',
  'local/plugin.cjs',
  'serverless.yml',
  'package.json',
  'tsconfig.json',
]

/** A folder to package in; whoever makes it removes it. */
export function copyOfSources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-package-'))
  for (const source of SOURCES) cpSync(join(ROOT, source), join(folder, source), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** The same, for what is not about bundles: they take most of the time, and any file stands for all of them. */
export function copyWithoutBundles(): string {
  const folder = copyOfSources()
  const file = join(folder, 'serverless.yml')
  const configuration = readFileSync(file, 'utf8')
    .replace(/^ {2}- (serverless-esbuild|serverless-offline|\.\/local\/plugin\.cjs)\n/gm, '')
    .replace('  individually: true\n', '  artifact: package.json\n')
  writeFileSync(file, configuration)
  return folder
}

/** Runs the framework with nothing but `env` in its environment. @returns its exit code and all that it printed */
export async function serverless(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const printed = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, text: printed.join('') }
}
