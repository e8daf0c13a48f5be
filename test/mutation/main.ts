// npm run mutate: changes the rules about the money one at a time and runs their table tests. A change that no test notices is an error.
import { globSync } from 'node:fs'
import { parse } from 'acorn'
import { failureOf, javascript } from './modules.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { passed } from './vitest.ts'

const RULES = 'lib/redpack/rules.ts'
const LOOKS = 'lib/redpack/looks.ts'
const DURATIONS = 'lib/durations.ts'
const RULES_TESTS = globSync('test/unit/redpack/rules*.test.ts')
const LETTERS = 'lib/campaigns/letters.ts'
const LETTERS_TESTS = ['test/unit/campaigns/letters.test.ts']
const TARGETS: { file: string; tests: string[]; names?: ReadonlySet<string> }[] = [
  { file: RULES, tests: RULES_TESTS },
  { file: LOOKS, tests: RULES_TESTS },
  { file: 'lib/redpack/effects.ts', tests: RULES_TESTS },
  { file: 'lib/redpack/erasure.ts', tests: RULES_TESTS },
  { file: DURATIONS, tests: RULES_TESTS, names: new Set([...durationsOf(RULES), ...durationsOf(LOOKS)]) },
  { file: 'lib/campaigns/states.ts', tests: ['test/unit/campaigns/states.test.ts'] },
  { file: LETTERS, tests: LETTERS_TESTS },
  { file: 'lib/campaigns/totals.ts', tests: LETTERS_TESTS },
  { file: DURATIONS, tests: LETTERS_TESTS, names: durationsOf(LETTERS) },
  { file: 'lib/redpack/view.ts', tests: ['test/unit/redpack/view.test.ts'] },
  { file: 'lib/wechatpay/codes.ts', tests: ['test/unit/wechatpay/codes.test.ts'] },
]

/** The durations that a module imports, and those that these are made of. */
function durationsOf(file: string): Set<string> {
  const names = new Set<string>()
  const add = (text = '') => {
    for (const [name] of text.matchAll(/\b[A-Z][A-Z_]+\b/g)) {
      const declaration = new RegExp(`^(?:export )?const ${name} = (.*)$`, 'm').exec(javascript(DURATIONS))
      if (!declaration || names.has(name)) continue
      names.add(name)
      add(declaration[1])
    }
  }
  add(/import \{([^}]*)\} from '[^']*durations.ts'/.exec(javascript(file))?.[1])
  return names
}

function applied(code: string, { start, end, text }: Mutant): string {
  const changed = code.slice(0, start) + text + code.slice(end)
  // A change that is no program would fail in every test, and prove nothing.
  parse(changed, { ecmaVersion: 'latest', sourceType: 'module' })
  return changed
}

function described(file: string, code: string, { start, end, text }: Mutant): string {
  const line = code.slice(0, start).split('\n').length
  const oneLine = (lines: string) => lines.replaceAll(/\s+/g, ' ').trim()
  return `${file}:${line}  ${oneLine(code.slice(start, end))}  →  ${oneLine(text) || 'nothing'}`
}

const begun_ms = Date.now()
const survivors: string[] = []
let count = 0
for (const { file, tests, names } of TARGETS) {
  const code = javascript(file)
  const casesBefore = passed.cases
  const cause = await failureOf(file, code, tests)
  const cases = passed.cases - casesBefore
  if (cause || cases === 0) throw new Error(`the tests of ${file} do not pass on it as it is`, { cause })
  const mutants = mutantsOf(code, names)
  if (mutants.length === 0) throw new Error(`${file} has nothing to change`)
  for (const mutant of mutants) {
    const failure = await failureOf(file, applied(code, mutant), tests)
    if (failure === undefined) survivors.push(described(file, code, mutant))
  }
  console.log(`${file}: ${mutants.length} mutants against ${cases} cases`)
  count += mutants.length
}
for (const survivor of survivors) console.error(`survived: ${survivor}`)
console.log(`${count - survivors.length} of ${count} died, in ${((Date.now() - begun_ms) / 1000).toFixed(1)} s`)
process.exitCode = survivors.length > 0 ? 1 : 0
