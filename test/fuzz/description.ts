// What docs/openapi.yaml says of the service, as the fuzzer reads it: operations with their parameters, bodies and handlers.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { at, described, type Node, resolve } from '../support/openapi.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

export type Parameter = {
  readonly name: string
  readonly in: string
  readonly schema: Schema
  readonly required: boolean
}

/** As much of JSON Schema as the description uses. */
export type Schema = Readonly<{
  $ref?: string
  type?: string | readonly string[]
  const?: unknown
  enum?: readonly unknown[]
  oneOf?: readonly Schema[]
  anyOf?: readonly Schema[]
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  items?: Schema
  minItems?: number
  maxItems?: number
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}>

export type Operation = Readonly<{
  method: string
  /** With `{name}` for a parameter. */
  path: string
  parameters: readonly Parameter[]
  /** Of the JSON body, if the operation takes one. */
  body: Schema | undefined
  /** The module below the root and the name in it. */
  handler: Readonly<{ file: string; name: string }>
}>

const { functions } = parse(readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8')) as {
  /** Of settle, events is the variable of its entries. */
  functions: Record<string, { handler: string; events: string | { httpApi?: string }[] }>
}

/** Every operation that is described. @throws if serverless.yml has no function for one */
export const operations: readonly Operation[] = Object.entries(described.paths ?? {}).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((method) => METHODS.includes(method))
    .map((method) => operationAt(path, method)),
)

function operationAt(path: string, method: string): Operation {
  const pointer = ['paths', path, method]
  const listed = Object.keys(at([...pointer, 'parameters']) ?? {})
  const parameters = listed.map((index) => at(resolve([...pointer, 'parameters', index])) as unknown as Parameter)
  const body = at([...pointer, 'requestBody', 'content', 'application/json', 'schema'])
  return {
    method: method.toUpperCase(),
    path,
    parameters,
    body: body && schemaOf(body),
    handler: handlerOf(method, path),
  }
}

function handlerOf(method: string, path: string): Operation['handler'] {
  const route = `${method.toUpperCase()} ${path}`
  const found = Object.values(functions).find(
    ({ events }) => typeof events !== 'string' && events.some(({ httpApi }) => httpApi === route),
  )
  const [, file, name] = /^(.+)\.(\w+)$/.exec(found?.handler ?? '') ?? []
  if (!file || !name) throw new Error(`serverless.yml has no function for ${route}`)
  return { file: `${file}.ts`, name }
}

/** An operation with the values of its path's parameters. */
export type Route = Readonly<{ operation: Operation; parameters: Readonly<Record<string, string>> }>

/** The operation that a gateway hands a request to; a path without a parameter goes before one with. */
export function routeOf(method: string, path: string): Route | undefined {
  const routes = operations.flatMap((operation): Route[] => {
    const parameters = operation.method === method ? matched(operation.path.split('/'), path.split('/')) : undefined
    return parameters ? [{ operation, parameters }] : []
  })
  return routes.sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)[0]
}

function matched(template: readonly string[], steps: readonly string[]): Record<string, string> | undefined {
  if (template.length !== steps.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, step] of steps.entries()) {
    const name = /^\{(.+)\}$/.exec(template[index] ?? '')?.[1]
    if (name === undefined ? step !== template[index] : step === '') return undefined
    const value = decoded(step)
    // A path that is no text, or that leads elsewhere, is the gateway's to answer.
    if (value === undefined || value === '.' || value === '..') return undefined
    if (name !== undefined) parameters[name] = value
  }
  return parameters
}

function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step)
  } catch {
    return undefined
  }
}

/** A schema behind its reference. */
export function schemaOf(schema: Schema | Node): Schema {
  const { $ref } = schema as Schema
  return $ref === undefined ? (schema as Schema) : schemaOf(at(resolve($ref.split('/').slice(1))) ?? {})
}
