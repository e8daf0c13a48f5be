// The command wechatpay-simulator.
import { readFileSync } from 'node:fs'
import { ArgumentError, readArguments } from './arguments.ts'
import { explain, runCommand } from './command.ts'
import { languageOf, WORDS } from './words.ts'

const WRONG_USE = 2
const words = WORDS[languageOf(process.env)]

/** Whoever reads no further leaves the simulator running: it is the tests that need it, not the text. */
process.stdout.on('error', () => {})

try {
  const given = readArguments(process.argv.slice(2))
  if (given.help) process.stdout.write(words.help('wechatpay-simulator'))
  else if (given.version) console.log(version())
  else await runCommand(given, { words, out: console.log, err: console.error })
} catch (error) {
  console.error(`✘ ${explain(error, words)}`)
  process.exitCode = error instanceof ArgumentError ? WRONG_USE : 1
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}
