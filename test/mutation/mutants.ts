// The mutants of a module: each comparison, operator, condition, literal and property of it, changed one at a time.
import { type AnyNode, type Property, parse, type SpreadElement } from 'acorn'
import { fullAncestor } from 'acorn-walk'

export type Mutant = { readonly start: number; readonly end: number; readonly text: string }

/** What stands in for an operator: the edge moved by one, the opposite, the neighbour. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
}
const METHODS = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
])

/**
 * @param code JavaScript: TypeScript with its types blanked out, so that positions are those of the source
 * @param names only the top-level declarations with these names, if given
 */
export function mutantsOf(code: string, names?: ReadonlySet<string>): Mutant[] {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
  const mutants: Mutant[] = []
  const change = ({ start, end }: { start: number; end: number }, ...texts: string[]) =>
    mutants.push(...texts.map((text) => ({ start, end, text })))
  const source = ({ start, end }: { start: number; end: number }) => code.slice(start, end)

  const mutate = (node: AnyNode, parent: AnyNode | undefined, words: readonly string[]) => {
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const [left, right] = [source(node.left), source(node.right)]
        change(node, ...(OPERATORS[node.operator] ?? []).map((operator) => `${left} ${operator} ${right}`))
        if (/[=<>]/.test(node.operator)) change(node, 'true', 'false')
        return
      }
      case 'IfStatement':
        return change(node.test, 'true', 'false')
      case 'ConditionalExpression':
        return change(node, `(${source(node.consequent)})`, `(${source(node.alternate)})`)
      case 'UnaryExpression':
        return node.operator === '!' ? change(node, source(node.argument)) : undefined
      case 'MemberExpression': {
        const other = METHODS.get(source(node.property))
        return other === undefined ? undefined : change(node.property, other)
      }
      case 'ObjectExpression':
        for (const property of node.properties) change(withComma(code, property), '')
        return
      case 'Literal':
        if (parent?.type === 'ImportDeclaration') return
        if (typeof node.value === 'boolean') return change(node, String(!node.value))
        if (typeof node.value === 'number') return change(node, String(node.value + 1))
        return change(node, `'mutant'`, ...words.filter((word) => word !== source(node)))
    }
  }

  for (const statement of program.body) {
    if (names && !declares(statement, names)) continue
    const words = wordsOf(statement, source)
    fullAncestor(statement, (node, _, ancestors) => {
      const parent = ancestors.at(-2) as AnyNode | undefined
      const column = parent?.type === 'Property' ? source(parent.key) : ''
      mutate(node as AnyNode, parent, words.get(column) ?? [])
    })
  }
  // The same operator can be reached in two ways.
  return [...new Map(mutants.map((mutant) => [JSON.stringify(mutant), mutant])).values()]
}

/** The words of a table by the column they stand in: each cell is changed to each other word of its column. */
function wordsOf(statement: AnyNode, source: (node: AnyNode) => string): Map<string, string[]> {
  const all = new Set<string>()
  const columns = new Map<string, Set<string>>()
  fullAncestor(statement, (node, _, ancestors) => {
    const cell = node as AnyNode
    const parent = ancestors.at(-2) as AnyNode | undefined
    if (cell.type !== 'Literal' || typeof cell.value !== 'string' || parent?.type !== 'Property') return
    const column = source(parent.key as AnyNode)
    all.add(source(cell))
    columns.set(column, (columns.get(column) ?? new Set()).add(source(cell)))
  })
  // A table of one word a row is one column.
  return new Map([...columns].map(([column, words]) => [column, [...(words.size > 1 ? words : all)]]))
}

function declares(statement: AnyNode, names: ReadonlySet<string>): boolean {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  if (declaration?.type !== 'VariableDeclaration') return false
  return declaration.declarations.some(({ id }) => id.type === 'Identifier' && names.has(id.name))
}

function withComma(code: string, { start, end }: Property | SpreadElement) {
  return { start, end: code[end] === ',' ? end + 1 : end }
}
