// What the bundles keep of the SDK's errors: those that its retries, or this code, know by more than their name.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { OnLoadArgs, OnLoadOptions, OnLoadResult, PluginBuild } from 'esbuild'
import { expect, test } from 'vitest'
import plugins from '../../../deploy/trim.ts'

type Load = (args: OnLoadArgs) => OnLoadResult
const loads: [RegExp, Load][] = []
for (const plugin of plugins) {
  const onLoad = ({ filter }: OnLoadOptions, load: unknown) => loads.push([filter, load as Load])
  plugin.setup({ onStart: () => {}, onEnd: () => {}, onLoad } as unknown as PluginBuild)
}

const fileOf = (client: string, file: string) =>
  fileURLToPath(new URL(`../../../node_modules/@aws-sdk/client-${client}/dist-es/${file}`, import.meta.url))

test.for(['dynamodb', 'secrets-manager', 'lambda'])(
  'of %s: each that may pass though its status does not say so',
  (client) => {
    const path = fileOf(client, 'schemas/schemas_0.js')
    const [, load] = loads.find(([filter]) => filter.test(path)) ?? []
    const kept = String(load?.({ path } as OnLoadArgs).contents)
    const classes = readFileSync(fileOf(client, 'models/errors.js'), 'utf8').split('export class ').slice(1)
    const retryable = classes.filter((text) => text.includes('$retryable')).map((text) => text.split(' ')[0])
    for (const name of [...retryable, 'ResourceNotFoundException'])
      expect(kept).toMatch(new RegExp(`registerError\\(.*, ${name}\\)`))
  },
)
