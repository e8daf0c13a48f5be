// EventBridge's patterns, as far as resources/events.yml uses them: exact values, prefix, anything-but, exists. A pipe's filter says what
// an event has to have; what a pattern does not name may be anything.
// [docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html]

export type Pattern = { readonly [field: string]: Pattern | readonly Test[] }
type Test = string | { readonly [operator: string]: unknown }

/** @throws Error for an operator that is not known here */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, inner]) => {
    const value = isObject(event) ? event[field] : undefined
    return isTests(inner) ? inner.some((test) => passes(test, value)) : matches(inner, value)
  })
}

function passes(test: Test, value: unknown): boolean {
  if (typeof test === 'string') return value === test
  const [[operator, argument] = ['nothing', undefined], ...more] = Object.entries(test)
  if (more.length > 0) throw new Error(`more than one operator: ${JSON.stringify(test)}`)
  switch (operator) {
    case 'exists':
      return (value !== undefined) === argument
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(argument))
    case 'anything-but':
      // What is absent is not something else.
      return value !== undefined && Array.isArray(argument) && !argument.includes(value)
    default:
      throw new Error(`the operator ${operator} is not known`)
  }
}

function isTests(inner: Pattern | readonly Test[]): inner is readonly Test[] {
  return Array.isArray(inner)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
