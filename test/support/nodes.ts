// The Node versions at hand: the project's own, the machine's, and 22 from the registry, kept in node_modules/.cache.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/redpack-node-22', import.meta.url))

/** One program for each major version from `oldest` on: [major, path]. */
export function nodesAtHand(oldest: number): [major: number, path: string][] {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const paths = [process.execPath, ...onPath.filter((path) => existsSync(path)), ...node22()]
  const byMajor = new Map<number, string>()
  for (const path of paths) {
    const major = Number(execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }))
    if (major >= oldest && !byMajor.has(major)) byMajor.set(major, path)
  }
  return [...byMajor].sort(([a], [b]) => a - b)
}

/** Downloaded once a checkout. None on a platform without such a package, or without a registry. */
function node22(): string[] {
  const { platform, arch } = process
  const name = platform === 'linux' ? `node-linux-${arch}` : `node-bin-${platform}-${arch}`
  const program = join(CACHE, 'node_modules', name, 'bin', 'node')
  if (existsSync(program)) return [program]
  mkdirSync(dirname(CACHE), { recursive: true })
  // Other test files may download it at the same time: whoever is first puts it in its place, whole.
  const folder = mkdtempSync(`${CACHE}-`)
  const flags = ['--prefix', folder, '--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund']
  try {
    execFileSync('npm', ['install', ...flags, `${name}@22`], { stdio: 'pipe' })
    if (!existsSync(CACHE)) renameSync(folder, CACHE)
  } catch (error) {
    if (!existsSync(program)) console.warn(`Nothing is tried on Node 22: ${name}@22 cannot be installed (${error})`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return existsSync(program) ? [program] : []
}
