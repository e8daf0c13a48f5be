// The policies of docs/iam, read as IAM reads them: may an action be done to a resource?
import { readFileSync } from 'node:fs'

type Statement = {
  Sid: string
  Effect: string
  Action: string | string[]
  Resource: string | string[]
  Condition?: object
}

export type Policy = { statements: readonly Statement[]; actions: readonly string[] }

export function policy(name: string): Policy {
  const file = new URL(`../../docs/iam/${name}.json`, import.meta.url)
  const { Statement: statements }: { Statement: Statement[] } = JSON.parse(readFileSync(file, 'utf8'))
  return { statements, actions: [...new Set(statements.flatMap(({ Action }) => [Action].flat()))].sort() }
}

/** `resource` undefined: any. Conditions are not looked at. */
export function isAllowed({ statements }: Policy, action: string, resource?: string): boolean {
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' &&
      [Action].flat().some((pattern) => matches(pattern, action)) &&
      (resource === undefined || [Resource].flat().some((pattern) => matches(pattern, resource))),
  )
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}
