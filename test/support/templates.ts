// The template as osls packages it, without bundles: the framework's own resolution of variables, its checks and its merging, in this
// process. The first one loads the framework, which takes seconds; each one more takes a fifth of a second.
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Template } from './cloudformation.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What the template is made of, besides serverless.yml. */
const SOURCES = ['deploy', 'resources', 'node_modules', 'package.json']
const BUNDLERS = ['serverless-esbuild', 'serverless-offline', './local/plugin.cjs']

/** What a choice of parts is made on: the stage of the tests, with as few parts as can be chosen. */
export const STAGE = 'dev'
export const FEWEST: Choices = { dashboard: false }

export type Choices = Readonly<Record<string, string | number | boolean>>

type Configuration = Record<string, unknown> & { plugins: string[] }
type Osls = {
  new (
    config: object,
  ): {
    init(): Promise<void>
    run(): Promise<void>
    service: { provider: { compiledCloudFormationTemplate: Template } }
  }
}
const osls = createRequire(join(ROOT, 'node_modules/serverless/package.json'))
const variables = './lib/configuration/variables'
const source = (name: string) => osls(`${variables}/sources/${name}`)

/** Packages a stage with these choices, as `--param` gives them. */
export async function packagedTemplate(stage: string, choices: Choices = {}): Promise<Template> {
  const serviceDir = mkdtempSync(join(tmpdir(), 'redpack-template-'))
  try {
    for (const name of SOURCES) symlinkSync(join(ROOT, name), join(serviceDir, name))
    const configuration: Configuration = await osls('./lib/configuration/read.js')(join(ROOT, 'serverless.yml'))
    configuration.plugins = configuration.plugins.filter((plugin) => !BUNDLERS.includes(plugin))
    // Any file will do for the bundles.
    configuration.package = { artifact: 'package.json' }
    const param = Object.entries(choices).map(([name, value]) => `${name}=${value}`)
    const options = { stage, region: 'eu-central-1', param }
    const variablesMeta = await resolved(configuration, serviceDir, options)
    const Serverless: Osls = osls('./lib/serverless.js')
    const input = { serviceDir, configuration, configurationFilename: 'serverless.yml', variablesMeta }
    const serverless = new Serverless({ ...input, commands: ['package'], options })
    await serverless.init()
    await serverless.run()
    // As it is written: what is undefined is not there.
    const file = join(serviceDir, '.serverless/cloudformation-template-update-stack.json')
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(serviceDir, { recursive: true, force: true })
  }
}

/** Resolves the variables of the configuration in it. @throws Error with the first that cannot be resolved */
async function resolved(
  configuration: Configuration,
  serviceDir: string,
  options: object,
): Promise<Map<string, object>> {
  const variablesMeta: Map<string, { error?: Error }> = osls(`${variables}/resolve-meta.js`)(configuration)
  const sources = {
    env: source('env'),
    file: source('file'),
    opt: source('opt'),
    self: source('self'),
    sls: source('instance-dependent/get-sls')(),
    param: source('instance-dependent/param')({ configurationInput: configuration, processedInput: { options } }),
  }
  const fulfilledSources = new Set(Object.keys(sources))
  await osls(`${variables}/resolve.js`)({
    serviceDir,
    configuration,
    variablesMeta,
    options,
    sources,
    fulfilledSources,
  })
  const [fault] = [...variablesMeta.values()].flatMap(({ error }) => error ?? [])
  if (fault) throw fault
  return variablesMeta
}

type Chosen = Readonly<Record<string, unknown>> & { readonly resources: readonly string[] }
const { choose }: { choose(stage: string, choices: Choices): Chosen } = createRequire(import.meta.url)(
  '../../deploy/choices.cjs',
)

/**
 * The template of FEWEST with the parts that `choices` add to it, by the code that chooses them and the code that merges them, without
 * the framework around both. For what a part does not say (alarm_actions, settle_entries …) `fewest` has to be packaged.
 */
export function composedTemplate(fewest: Template, choices: Choices): Template {
  const chosen = choose(STAGE, { ...FEWEST, ...choices })
  const resources = {}
  // The first is main.yml, which `fewest` has.
  for (const part of chosen.resources.slice(1)) merge(resources, partOf(part, chosen))
  const service = { resources, provider: { compiledCloudFormationTemplate: structuredClone(fewest) } }
  mergeResources.call({ serverless: { service } })
  return service.provider.compiledCloudFormationTemplate
}

const merge: (target: object, source: object) => void = osls('./lib/utils/merge-plain-objects.js')
const { mergeCustomProviderResources: mergeResources } = osls(
  './lib/plugins/aws/package/lib/merge-custom-provider-resources.js',
)
const cloudformation = osls('./lib/utils/serverless-utils/cloudformation-schema.js')
const files = new Map<string, Record<string, object>>()

function partOf(variable: string, chosen: Chosen): object {
  const [, file = '', object] = /^\$\{file\((.+)\)(?::(\w+))?\}$/.exec(variable) ?? []
  const all =
    files.get(file) ?? osls('js-yaml').load(readFileSync(join(ROOT, file), 'utf8'), { schema: cloudformation })
  files.set(file, all)
  return filled(object === undefined ? all : all[object], chosen)
}

/** The variables that parts use, in a copy. */
function filled<T>(value: T, chosen: Chosen): T {
  if (Array.isArray(value)) return value.map((one) => filled(one, chosen)) as T
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, chosen)])) as T
  }
  if (typeof value !== 'string') return value
  const [, whole] = /^\$\{self:custom\.choices\.(\w+)\}$/.exec(value) ?? []
  if (whole !== undefined) return chosen[whole] as T
  return value
    .replace(/\$\{self:service\}/g, 'redpack')
    .replace(/\$\{sls:stage\}/g, STAGE)
    .replace(/\$\{self:custom\.choices\.(\w+)\}/g, (_, name: string) => String(chosen[name])) as T
}
