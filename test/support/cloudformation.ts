// Checks of a CloudFormation template, in place of a deployment: each reference leads somewhere, nothing goes in a circle, and each
// resource is as AWS publishes its type. What AWS alone knows (whether a name is taken, what a zone offers) stays unchecked.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'

export type Resource = {
  Type: string
  DependsOn?: string | string[]
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
  Properties?: Record<string, unknown>
}
export type Template = { Resources: Record<string, Resource>; Outputs?: Record<string, { Value: unknown }> }
type PublishedType = NonNullable<ReturnType<typeof publishedType>>
type Properties = PublishedType['properties']
type ValueType = Properties[string]['type']

const PSEUDO = ['AccountId', 'NotificationARNs', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix']
const isPseudo = (name: string) => PSEUDO.some((known) => name === `AWS::${known}`)
/** What osls resolves; CloudFormation's own begin with a logical id or AWS::. */
const VARIABLE = /\$\{(?!AWS::|!)[a-z]\w*(\(|:(?!:))/i

/** 2.6 MB, read once. */
let spec: ReturnType<typeof loadAwsServiceSpecSync> | undefined
const known = new Map<string, PublishedType>()

function publishedType(type: string) {
  spec ??= loadAwsServiceSpecSync()
  return spec.lookup('resource', 'cloudFormationType', 'equals', type)[0]
}

function published(type: string): PublishedType | undefined {
  const found = known.get(type) ?? publishedType(type)
  if (found) known.set(type, found)
  return found
}

/** @returns what is wrong with the template, a line each; none for one that could be deployed */
export function faultsOf(template: Template): string[] {
  const resources = Object.entries(template.Resources)
  const known = new Set(Object.keys(template.Resources))
  const references = new Map(resources.map(([id, resource]) => [id, referencesOf(resource)]))
  return [
    ...resources.flatMap(([id, { Type, Properties = {} }]) => typeFaults(id, Type, Properties)),
    ...[...references, ...[['Outputs', referencesOf(template.Outputs)] as const]].flatMap(([id, found]) =>
      found.flatMap((reference) => referenceFaults(id, reference, template)),
    ),
    ...resources.flatMap(([id, { DependsOn = [] }]) =>
      [DependsOn]
        .flat()
        .filter((other) => !known.has(other))
        .map((other) => `${id} depends on ${other}, which is not there`),
    ),
    ...circles(template, references),
  ]
}

export type Reference = { readonly id: string; readonly attribute?: string | undefined }

/** Everything that a value refers to, by Ref, Fn::GetAtt and Fn::Sub. */
export function referencesOf(value: unknown): Reference[] {
  if (typeof value === 'string') return VARIABLE.test(value) ? [{ id: `the variable ${value}` }] : []
  if (Array.isArray(value)) return value.flatMap(referencesOf)
  if (!isObject(value)) return []
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value)
  if (more.length > 0) return Object.values(value).flatMap(referencesOf)
  if (name === 'Ref') return [{ id: String(argument) }]
  if (name === 'Fn::GetAtt') {
    const [id = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.')
    return [{ id, attribute: attribute.join('.') }]
  }
  if (name !== 'Fn::Sub') return referencesOf(argument)
  const [text, values = {}] = Array.isArray(argument) ? argument : [argument]
  const named = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, found = '']) => found)
  return [
    ...named
      .filter((found) => !Object.hasOwn(values, found))
      .map((found) => {
        const [id = '', ...attribute] = found.split('.')
        return { id, attribute: attribute.length > 0 ? attribute.join('.') : undefined }
      }),
    ...referencesOf(values),
  ]
}

function referenceFaults(from: string, { id, attribute }: Reference, { Resources }: Template): string[] {
  if (attribute === undefined && isPseudo(id)) return []
  const resource = Object.hasOwn(Resources, id) ? Resources[id] : undefined
  if (!resource) return [`${from} refers to ${id}, which is not there`]
  if (attribute === undefined || Object.hasOwn(published(resource.Type)?.attributes ?? {}, attribute)) return []
  return [`${from} refers to ${id}.${attribute}, which ${resource.Type} does not have`]
}

/** One line for each resource from which a way leads back to it. */
function circles({ Resources }: Template, references: ReadonlyMap<string, Reference[]>): string[] {
  const next = (id: string) => [
    ...(references.get(id) ?? []).map((reference) => reference.id),
    ...[Resources[id]?.DependsOn ?? []].flat(),
  ]
  const done = new Set<string>()
  const found: string[] = []
  const visit = (id: string, way: readonly string[]) => {
    if (way.includes(id)) found.push(`in a circle: ${[...way.slice(way.indexOf(id)), id].join(' → ')}`)
    if (way.includes(id) || done.has(id)) return
    for (const other of next(id)) visit(other, [...way, id])
    done.add(id)
  }
  for (const id of Object.keys(Resources)) visit(id, [])
  return found
}

function typeFaults(id: string, type: string, properties: Record<string, unknown>): string[] {
  const known = published(type)
  return known
    ? propertyFaults(`${id} (${type})`, known.properties, properties)
    : [`${id} has the unknown type ${type}`]
}

function propertyFaults(at: string, types: Properties, values: Record<string, unknown>): string[] {
  const missing = Object.entries(types).filter(([name, { required }]) => required && values[name] === undefined)
  return [
    ...missing.map(([name]) => `${at} has no ${name}`),
    ...Object.entries(values).flatMap(([name, value]) => {
      const property = Object.hasOwn(types, name) ? types[name] : undefined
      return property ? valueFaults(`${at}.${name}`, property.type, value) : [`${at} has no property ${name}`]
    }),
  ]
}

function valueFaults(at: string, type: ValueType, value: unknown): string[] {
  // What an intrinsic function comes to is known when it is deployed.
  if (isObject(value) && Object.keys(value).length === 1 && /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? ''))
    return []
  const wrong = [`${at} is ${JSON.stringify(value)?.slice(0, 80)}, and has to be ${type.type}`]
  switch (type.type) {
    case 'union': {
      const each = type.types.map((one) => valueFaults(at, one, value))
      return each.some((faults) => faults.length === 0) ? [] : (each[0] ?? wrong)
    }
    case 'array':
      return Array.isArray(value) ? value.flatMap((one, i) => valueFaults(`${at}.${i}`, type.element, one)) : wrong
    case 'map':
      if (!isObject(value)) return wrong
      return Object.entries(value).flatMap(([key, one]) => valueFaults(`${at}.${key}`, type.element, one))
    case 'ref':
      if (!isObject(value)) return wrong
      return propertyFaults(at, spec?.get('typeDefinition', type.reference)?.properties ?? {}, value)
    case 'string':
      if (typeof value !== 'string') return wrong
      return type.allowedValues?.includes(value) === false ? [`${at} is ${value}, which is none of AWS's values`] : []
    case 'integer':
      return Number.isInteger(value) ? [] : wrong
    case 'number':
    case 'boolean':
      return typeof value === type.type ? [] : wrong
    case 'tag':
      return isObject(value) && typeof value.Key === 'string' && 'Value' in value ? [] : wrong
    default:
      return []
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
