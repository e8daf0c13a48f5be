// The command `redpack`, as a process.
import { run } from './run.ts'
import { processTerminal } from './terminal.ts'

if (process.channel) {
  // Started by redpack.js on an older node: when that one is killed, nobody watches this one any more.
  process.channel.unref()
  process.once('disconnect', () => process.exit(137))
}

process.exitCode = await run(process.argv.slice(2), processTerminal())
