// Takes one place of one declaration out of a source text. Spaces, line breaks, comments and trailing commas are no part of it.

/** Inside the top-level function or constant `inside`, the tokens of `replace` stand exactly once; `by` takes their place. */
export type Edit = { readonly inside: string; readonly replace: string; readonly by: string }

/** `name` is `<function>: <what it does wrong>`; `file` is relative to the project's root. */
export type Mutant = Edit & { readonly name: string; readonly file: string }

type Token = { readonly text: string; readonly start: number; readonly end: number }

const SKIPPED = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//
const QUOTED = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/
const OPERATOR = /=>|\.\.\.|[=!]==|&&|\|\||\?\?|\?\.|[<>+*/-]=/
const TOKEN = new RegExp(`(${SKIPPED.source})|${QUOTED.source}|[\\w$]+|${OPERATOR.source}|[^]`, 'gu')
const DECLARES = new Set(['function', 'const', 'let', 'class', 'type', 'interface'])
const DEPTH: Readonly<Record<string, number>> = { '(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1 }

/** @throws Error if the declaration is not there, or what is to be replaced does not stand in it exactly once */
export function mutate(source: string, { inside, replace, by }: Edit): string {
  const found = declaration(tokensOf(source), inside)
  if (found.length === 0) throw new Error(`there is no top-level declaration ${inside}`)
  const wanted = tokensOf(replace)
  const places = found.flatMap((_, at) => (wanted.every(({ text }, i) => found[at + i]?.text === text) ? [at] : []))
  const [at = 0] = places
  const [first, last] = [found[at], found[at + wanted.length - 1]]
  if (places.length !== 1 || !first || !last) {
    throw new Error(`${inside} has ${places.length} places that read ${JSON.stringify(replace)}`)
  }
  return source.slice(0, first.start) + by + source.slice(last.end)
}

function tokensOf(source: string): Token[] {
  const tokens = Array.from(source.matchAll(TOKEN)).flatMap(({ 0: text, 1: skipped, index }) =>
    skipped === undefined ? [{ text, start: index, end: index + text.length }] : [],
  )
  return tokens.filter(({ text }, i) => text !== ',' || DEPTH[tokens[i + 1]?.text ?? ''] !== -1)
}

/** The tokens from the name of a top-level declaration to the next one. */
function declaration(tokens: readonly Token[], name: string): Token[] {
  let depth = 0
  let isInside = false
  return tokens.filter(({ text }, i) => {
    if (depth === 0 && DECLARES.has(text)) isInside = tokens[i + 1]?.text === name
    depth += DEPTH[text] ?? 0
    return isInside
  })
}
