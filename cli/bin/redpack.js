#!/usr/bin/env node
// Starts the command: of the package, or of a checkout, whose TypeScript needs Node 24. An older node hands over to the one that
// the checkout has in node_modules.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NODE_MIN = 24
const source = fileURLToPath(new URL('../main.ts', import.meta.url))
const pinned = fileURLToPath(
  new URL(`../../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, import.meta.url),
)

if (!existsSync(source)) await import('../dist/main.js')
else if (Number.parseInt(process.versions.node, 10) >= NODE_MIN) await import('../main.ts')
else if (existsSync(pinned)) handOver()
else {
  console.error(`redpack needs Node ${NODE_MIN} or later (this is ${process.version}), or \`npm ci\` in its folder.`)
  process.exitCode = 1
}

function handOver() {
  // Over the channel the child notices when this process is killed, and ends with it.
  const child = spawn(pinned, [source, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`redpack cannot start ${pinned}: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name)
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code ?? 1
  })
}
