// AWS's own runtime interface client for Node, built here: it is C++ and comes as source. In a folder of its own, once.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE = 'aws-lambda-ric'
const VERSION = '4.0.2'
/** Programs that the build calls, and ours to unpack the packages, by the package of Debian that has them. */
const PROGRAMS: readonly [program: string, debian: string][] = [
  ['cmake', 'cmake'],
  ['autoconf', 'autoconf'],
  ['automake', 'automake'],
  ['libtoolize', 'libtool'],
  ['g++', 'g++'],
  ['make', 'make'],
  ['python3', 'python3'],
  ['xz', 'xz-utils'],
  ['unzip', 'unzip'],
]

/** What has to be installed before, as one line to type; undefined if nothing is missing. */
export function missing(): string | undefined {
  const lacking = PROGRAMS.filter(([program]) => spawnSync(program, ['--version']).error !== undefined)
  const unzip = lacking.map(([, debian]) => debian)
  return lacking.length === 0 ? undefined : `apt-get install ${unzip.join(' ')}`
}

/** Installs it in `folder` unless it is there. @returns the program's file */
export function installRic(folder: string, tell: (line: string) => void): string {
  const home = join(folder, `ric-${VERSION}-${process.version}-${process.arch}`)
  const installed = join(home, 'node_modules', PACKAGE)
  const program = join(installed, 'index.mjs')
  // The build's last step puts it there.
  if (existsSync(join(installed, 'rapid-client.node'))) return program
  tell(`building ${PACKAGE} ${VERSION} in ${home}; this takes a minute or more, once`)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  // Node's headers come from the registry, too: node-gyp itself would fetch them from nodejs.org.
  const headers = `node-linux-${process.arch}`
  const manifest = {
    private: true,
    allowScripts: { [PACKAGE]: true },
    dependencies: { [PACKAGE]: VERSION, [headers]: process.versions.node },
  }
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest))
  npm(home, ['install', '--ignore-scripts', '--no-audit', '--no-fund'])
  npm(home, ['rebuild', PACKAGE], { npm_config_nodedir: join(home, 'node_modules', headers) })
  rmSync(join(home, 'node_modules', headers), { recursive: true })
  return program
}

function npm(cwd: string, args: readonly string[], env: Record<string, string> = {}): void {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args[0]} in ${cwd} failed:\n${`${stdout}${stderr}`.slice(-3_000)}`)
}
