// JSON Schema from the valibot schemas: what a program may send and get, in the dialect of OpenAPI 3.1.
import { type ConversionConfig, type JsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type * as v from 'valibot'

export type Json = { [name: string]: unknown }
export type Schemas = Record<string, JsonSchema>

/** What JSON Schema has no word for is in the descriptions; anything else that cannot be converted is an error. */
const IN_WORDS: ReadonlySet<string> = new Set(['check', 'partial_check', 'transform'])

const CONFIG: ConversionConfig = {
  target: 'draft-2020-12',
  overrideRef: ({ referenceId }) => ref(referenceId).$ref,
  overrideAction: ({ valibotAction: action, jsonSchema }) => {
    if ('operation' in action && action.operation === Number) return integer(jsonSchema)
    if (action.type === 'metadata') return withoutFractions(jsonSchema)
    return IN_WORDS.has(action.type) ? jsonSchema : undefined
  },
  overrideSchema: ({ valibotSchema: { type }, jsonSchema }) => {
    if (type === 'literal') return { type: typeof jsonSchema.const as 'string', ...jsonSchema }
    return type === 'nullable' || type === 'nullish' ? orNull(jsonSchema) : undefined
  },
}

export function ref(name: string) {
  return { $ref: `#/components/schemas/${name}` }
}

/** Each schema under its name; one that stands in another is referred to by it. */
export function jsonSchemas(schemas: Record<string, v.GenericSchema>): Schemas {
  return toJsonSchemaDefs(schemas as Parameters<typeof toJsonSchemaDefs>[0], CONFIG)
}

/** A number that is written in decimal where all is text, as in a query. */
function integer({ pattern: _, default: otherwise, ...rest }: JsonSchema): JsonSchema {
  return { ...rest, type: 'integer', ...(otherwise === undefined ? {} : { default: Number(otherwise) }) }
}

/** Most validators divide in binary and would turn down 1.1 for not being a multiple of 0.01. */
function withoutFractions({ multipleOf, ...rest }: JsonSchema): JsonSchema {
  return Number.isInteger(multipleOf) ? { ...rest, multipleOf: Number(multipleOf) } : rest
}

/** One schema with null among its types or choices, rather than a choice between it and null. */
function orNull({ anyOf: [first, ...others] = [], ...rest }: JsonSchema): JsonSchema {
  const { anyOf, const: only, ...wrapped } = first as JsonSchema
  if (anyOf) return { ...rest, ...wrapped, anyOf: [...anyOf, ...others] }
  const values = only === undefined ? wrapped.enum : [only]
  const type = [wrapped.type, 'null'] as JsonSchema['type'] & unknown[]
  return { ...rest, ...wrapped, type, ...(values && { enum: [...values, null] }) }
}
