// The libraries that people would use instead, in a folder of their own: nothing of the project depends on them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PEERS = { tenpay: '2.1.18', 'wechatpay-axios-plugin': '0.9' }

/** Installs them, if they are not there. @returns the folder, to require from */
export function installPeers(root: string): string {
  const folder = join(root, '.redpack', 'bench', 'peers')
  if (existsSync(join(folder, 'node_modules'))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const names = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`)
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--workspaces=false']
  execFileSync('npm', ['install', ...flags, ...names], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return folder
}
