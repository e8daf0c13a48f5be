// The machine that deploys: Node, npm and the packages.
import type { Finding } from '../finding.ts'

export type Machine = {
  /** process.versions.node */
  readonly node: string
  /** What npm says of itself to those it starts; undefined if npm did not start this. */
  readonly npm_user_agent: string | undefined
  /** `engines.node` of package.json: `>=` and a version. */
  readonly engines: string
  /** The version of the framework that is installed, undefined if none is. */
  readonly framework: string | undefined
}

/** npm of the oldest Node that package.json allows; npm 6 and older know no workspaces. */
const NPM_MIN_MAJOR = 10

export function* examineMachine({ node, npm_user_agent, engines, framework }: Machine): Generator<Finding> {
  const needed = engines.replace(/^>=/, '')
  yield isAtLeast(node, needed)
    ? { check: 'machine', state: 'good', text: `Node ${node}` }
    : {
        check: 'machine',
        state: 'bad',
        text: `Node ${node} is too old: ${needed} or later is needed`,
        fix: 'start this with npm run deploy:check (npm ci installs Node 24 for npm’s scripts), or install a newer Node',
      }
  const npm = /(?:^|\s)npm\/(\d+)(\S*)/.exec(npm_user_agent ?? '')
  if (!npm) yield { check: 'machine', state: 'none', text: 'npm has not started this: its version is not known' }
  else if (Number(npm[1]) >= NPM_MIN_MAJOR)
    yield { check: 'machine', state: 'good', text: `npm ${npm[1]}${npm[2] ?? ''}` }
  else
    yield {
      check: 'machine',
      state: 'bad',
      text: `npm ${npm[1]}${npm[2] ?? ''} is too old: ${NPM_MIN_MAJOR} or later is needed`,
      fix: 'npm install --global npm@latest, then npm ci',
    }
  yield framework === undefined
    ? { check: 'machine', state: 'bad', text: 'The packages are not installed', fix: 'npm ci' }
    : { check: 'machine', state: 'good', text: `The framework is installed (osls ${framework})` }
}

/** Compares numbers part by part; what follows a hyphen does not count. */
function isAtLeast(version: string, needed: string): boolean {
  const parts = (text: string) => (text.split('-')[0] ?? '').split('.').map(Number)
  const [have, want] = [parts(version), parts(needed)]
  for (const [i, number] of want.entries()) {
    const other = have[i] ?? 0
    if (other !== number) return other > number
  }
  return true
}
