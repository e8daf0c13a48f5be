// docs/openapi.yaml as a judge: is this answer one that it describes, and is this request one that it allows?
import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { parse } from 'yaml'

export type Node = { [name: string]: Node }
type Headers = Readonly<Record<string, string | string[] | undefined>>

const ROOT = 'redpack'

export const described: Node = parse(readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8'))

const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema(described, ROOT)
const compiled = new Map<string, ValidateFunction>()

/** Throws unless the answer is described: its status, its media type, its headers and every field of its body. */
export function assertDescribed(method: string, target: string, status: number, headers: Headers, body: unknown): void {
  const operation = operationOf(method, target)
  // What the gateway says of a route that is not the service's.
  if (!operation && status === 404) return
  const what = `${method} ${target} → ${status}`
  const pointer = operation && resolve([...operation, 'responses', String(status)])
  const response = pointer && at(pointer)
  if (!pointer || !response) throw new Error(`${what} is not described`)
  // 204 has no content.
  if (status !== 204) {
    const type = String(headers['content-type']).split(';')[0] ?? ''
    if (!response.content?.[type]) throw new Error(`${what} is not described as ${type}`)
    assertValid([...pointer, 'content', type, 'schema'], body, what)
  }
  for (const name of Object.keys(response.headers ?? {})) {
    const header = resolve([...pointer, 'headers', name])
    const value = headers[name.toLowerCase()]
    if (value === undefined && at(header)?.required) throw new Error(`${what} has no ${name}`)
    if (value !== undefined) assertValid([...header, 'schema'], fromText(header, value), `${name} of ${what}`)
  }
}

/** Throws unless the description allows this body: for one that the service has accepted. */
export function assertAllowed(method: string, target: string, body: unknown): void {
  const operation = operationOf(method, target)
  if (!operation) throw new Error(`${method} ${target} is not described`)
  assertValid([...operation, 'requestBody', 'content', 'application/json', 'schema'], body, `${method} ${target}`)
}

/** Throws unless `value` is valid by the schema at `pointer` (in steps). */
export function assertValid(pointer: readonly string[], value: unknown, what: string): void {
  const $ref = `${ROOT}#${pointer.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
  const validate = compiled.get($ref) ?? ajv.compile({ $ref })
  compiled.set($ref, validate)
  if (!validate(value)) {
    throw new Error(`${what} is not as described: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`)
  }
}

/** The steps to what stands at `pointer`, behind a reference if there is one. */
export function resolve(pointer: readonly string[]): string[] {
  const $ref = at(pointer)?.$ref as unknown
  return typeof $ref === 'string' ? resolve($ref.split('/').slice(1)) : [...pointer]
}

export function at(pointer: readonly string[]): Node | undefined {
  return pointer.reduce<Node | undefined>((node, step) => node?.[step], described)
}

/** A path without a parameter goes before one with (OpenAPI 3.1 §4.8.8). */
function operationOf(method: string, target: string): string[] | undefined {
  const path = target.split('?')[0] ?? ''
  const templates = Object.keys(described.paths ?? {})
  const template = templates.find((one) => one === path) ?? templates.find((one) => matches(one, path))
  const pointer = ['paths', template ?? '', method.toLowerCase()]
  return at(pointer) && pointer
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
}

/** Headers are text; the description says what they stand for. */
function fromText(header: readonly string[], value: string | string[]): unknown {
  const type = at([...header, 'schema', 'type']) as unknown
  return type === 'integer' ? Number(value) : value
}
