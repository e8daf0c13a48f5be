// None of our packages is ours on the public registry: no command that a reader is told to type may fetch one from there.
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)
/** Pages, and the texts that the programs print. */
const TEXTS = [
  '*.md',
  'docs/**/*.{md,ts,yaml}',
  '{client,cli,simulator,examples}/**/*.{md,json,yml,yaml}',
  'simulator/Dockerfile',
  'cli/**/*.ts',
  '{simulator,client}/src/*.ts',
  'local/*.ts',
  '{deploy,resources}/**/*.*',
  'serverless.yml',
]
const NAMES = '(?:redpack|redpack-client|redpack-cli|wechatpay-simulator)'
/** Each takes the name from the registry if it is not installed here. */
const FETCHES = [
  // npx without --no, and the like of it
  new RegExp(`\\b(?:npx|bunx|pnpx|pnpm dlx|yarn dlx|npm (?:exec|x))(?: (?!--no\\b)-\\S+)* ${NAMES}\\b`),
  // an installation by name, and not of a file
  new RegExp(`\\b(?:npm (?:i|install|add)|pnpm add|yarn add|bun add)(?: -\\S+)* ${NAMES}(?![-\\w./])`),
  // a dependency by version, and not a file
  /"(?:redpack-client|redpack-cli|wechatpay-simulator)": "(?:[\^~*<>=\d]|latest)/,
]

test.for([
  ['npx redpack --help', true],
  ['npx -y redpack-cli', true],
  ['npm exec redpack doctor', true],
  ['npm install redpack-client', true],
  ['npm i -D wechatpay-simulator', true],
  ['"redpack-client": "^0.1.0"', true],
  ['npx --no -- redpack --help', false],
  ['npm install ./redpack-cli-0.1.0.tgz', false],
  ['npm pack -w redpack-cli', false],
  ['"redpack-client": "file:./redpack-client-0.1.0.tgz"', false],
] as const)('%s fetches from the registry: %s', ([text, fetches]) => {
  expect(FETCHES.some((pattern) => pattern.test(text))).toBe(fetches)
})

test('no page and no text of a program tells anybody to fetch one of our names', () => {
  const files = globSync(TEXTS, { cwd: fileURLToPath(ROOT), exclude: ['**/node_modules/**', '**/dist/**'] })
  const lines = files.flatMap((path) =>
    readFileSync(new URL(path, ROOT), 'utf8')
      .split('\n')
      .filter((line) => FETCHES.some((pattern) => pattern.test(line)))
      .map((line) => `${path}: ${line.trim()}`),
  )
  expect(files.length).toBeGreaterThan(150)
  expect(lines).toEqual([])
})
