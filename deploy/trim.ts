// An esbuild plugin: leaves out of the bundles what of the AWS SDK no function can come to (docs/adr/0020).
// A version of the SDK in which one of these is missing does not build, so that it is looked at.
import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/**
 * The errors that are known by their class, or of which only the class says that they are worth another try; others keep their name, and
 * are the service's general one.
 */
const CLASSES = ['ConditionalCheckFailedException', 'ReplicatedWriteConflictException', 'ResourceNotFoundException']

type Trim = { readonly file: RegExp; trimmed(contents: string): string }

const TRIMS: readonly Trim[] = [
  // Of a client's package.json its version is used.
  {
    file: /@aws-sdk\/client-[\w-]+\/package\.json$/,
    trimmed: (contents) => JSON.stringify({ version: JSON.parse(contents).version }),
  },
  {
    file: /@aws-sdk\/client-[\w-]+\/dist-es\/schemas\/schemas_0\.js$/,
    trimmed: (contents) =>
      contents.replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (line, name) =>
        CLASSES.includes(name) ? line : '',
      ),
  },
  // Signatures of event streams.
  { file: /signature-v4\/dist-es\/HeaderFormatter\.js$/, trimmed: () => without('HeaderFormatter') },
  // The retry mode "adaptive", which nothing turns on.
  { file: /util-retry\/DefaultRateLimiter\.js$/, trimmed: () => without('DefaultRateLimiter') },
  // The metadata of a machine: functions have none.
  {
    file: /regionConfig\/getInstanceMetadataRegion\.js$/,
    trimmed: () => 'export const getInstanceMetadataRegion = async () => undefined',
  },
]

/** It may be made, and not be used. */
function without(name: string): string {
  return `export class ${name} { format() { throw new Error('${name} is not in this bundle') } }`
}

const trim: Plugin = {
  name: 'trim',
  setup(build) {
    const met = new Set<Trim>()
    build.onStart(() => met.clear())
    for (const one of TRIMS) {
      build.onLoad({ filter: one.file }, ({ path }) => {
        const contents = readFileSync(path, 'utf8')
        const trimmed = one.trimmed(contents)
        if (trimmed !== contents) met.add(one)
        return { contents: trimmed, loader: path.endsWith('.json') ? 'json' : 'js' }
      })
    }
    build.onEnd(() => {
      const missed = TRIMS.filter((one) => !met.has(one))
      return { errors: missed.map(({ file }) => ({ text: `deploy/trim.ts: nothing was met that matches ${file}` })) }
    })
  },
}

export default [trim]
