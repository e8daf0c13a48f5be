// The version of the service, which the head of every answer tells: added to each response that is described.
import type { Json } from './schema.ts'

const NAME = 'Redpack-Version'
const REFERENCE = { $ref: '#/components/headers/RedpackVersion' }

/** `components.headers`. `example`: the version of now. */
export const versionHeader = (example: string): Json => ({
  description:
    'The version of the service that answered (服务版本). Every answer of the service has it, errors too; an answer without it comes from the gateway, from a proxy, or from a version up to 0.1.0.',
  required: true,
  schema: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$' },
  example,
})

type Responses = Record<string, Json>

/** The responses with the header; those that refer to a shared one have it there. */
export function withVersion(responses: Responses): Responses {
  const told = Object.entries(responses).map(([name, response]): [string, Json] => [
    name,
    '$ref' in response ? response : { ...response, headers: { ...(response.headers as Json), [NAME]: REFERENCE } },
  ])
  return Object.fromEntries(told)
}

/** `paths`, with the header in each response of each operation. */
export function pathsWithVersion(paths: Json): Json {
  const described = Object.entries(paths as Record<string, Record<string, { responses: Responses }>>)
  return Object.fromEntries(
    described.map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [
          method,
          { ...operation, responses: withVersion(operation.responses) },
        ]),
      ),
    ]),
  )
}
