// The functions as `npx serverless package` makes them: zips, and the template that says how each is run.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { copyOfSources, serverless } from '../support/packaging.ts'

/** A function of the template. */
export type LambdaFunction = {
  /** As Invoke names it: redpack-dev-send. */
  readonly name: string
  readonly handler: string
  readonly timeout_s: number
  readonly memory_mb: number
  readonly environment: Readonly<Record<string, string>>
  /** Where its zip is unpacked. */
  readonly task_root: string
}
export type Packaged = {
  readonly functions: readonly LambdaFunction[]
  /** "POST /redpacks" → the function's name. */
  readonly routes: ReadonlyMap<string, string>
}

type Properties = {
  FunctionName: string
  Handler: string
  Timeout: number
  MemorySize: number
  Code: { S3Key: string }
  Environment: { Variables: Record<string, unknown> }
  RouteKey: string
  Target: unknown
}
type Template = { Resources: Record<string, { Type: string; Properties: Properties }> }

/** Packages with nothing of this machine in the environment, and unpacks below `folder`. */
export async function packageInto(folder: string): Promise<Packaged> {
  const sources = copyOfSources()
  try {
    const { code, text } = await serverless(sources, ['package'])
    if (code !== 0) throw new Error(`serverless package failed:\n${text}`)
    const artifacts = join(sources, '.serverless')
    const template = readFileSync(join(artifacts, 'cloudformation-template-update-stack.json'), 'utf8')
    const resources = Object.entries((JSON.parse(template) as Template).Resources)
    const functions = new Map<string, LambdaFunction>()
    for (const [id, { Type, Properties }] of resources) {
      if (Type === 'AWS::Lambda::Function') functions.set(id, unpack(Properties, artifacts, folder))
    }
    const routes = new Map<string, string>()
    for (const [, { Type, Properties }] of resources) {
      if (Type !== 'AWS::ApiGatewayV2::Route') continue
      const integration = /HttpApiIntegration(\w+)/.exec(JSON.stringify(Properties.Target))?.[1]
      routes.set(Properties.RouteKey, functions.get(`${integration}LambdaFunction`)?.name ?? '')
    }
    return { functions: [...functions.values()], routes }
  } finally {
    rmSync(sources, { recursive: true, force: true })
  }
}

function unpack(properties: Properties, artifacts: string, folder: string): LambdaFunction {
  const { FunctionName: name, Handler: handler, Timeout, MemorySize, Code, Environment } = properties
  const task_root = join(folder, 'task', name)
  rmSync(task_root, { recursive: true, force: true })
  mkdirSync(task_root, { recursive: true })
  const { status, stderr } = spawnSync('unzip', ['-q', join(artifacts, basename(Code.S3Key)), '-d', task_root])
  if (status !== 0) throw new Error(`unzip ${Code.S3Key}: ${stderr}`)
  const environment: Record<string, string> = {}
  for (const [variable, value] of Object.entries(Environment.Variables)) {
    if (typeof value !== 'string')
      throw new Error(`${name}: ${variable} is no string in the template: nobody resolves it here`)
    environment[variable] = value
  }
  return { name, handler, timeout_s: Timeout, memory_mb: MemorySize, environment, task_root }
}
