// What a function can ask of AWS and WeChat, read off its sources: every function of lib/ that can be reached from its handler, through
// the ports to their adapters, down to the commands that these build. More than a run calls, never less.
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AnyNode, type Node, parse } from 'acorn'
import { ancestor } from 'acorn-walk'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Who stands behind a port, by the port's name: a factory whose result has the port's methods. */
const CONTROLS = 'lib/aws/controls.ts#dynamoControls'
const ADAPTERS = new Map([
  ['store', 'lib/aws/records.ts#dynamoRecords'],
  ['sequences', 'lib/aws/sequences.ts#dynamoSequences'],
  ['leases', 'lib/aws/leases.ts#dynamoLeases'],
  ['limits', 'lib/aws/limits.ts#dynamoLimits'],
  ['controls', CONTROLS],
  ['erasures', 'lib/aws/erasures.ts#dynamoErasures'],
])
const STORE_OF_CAMPAIGNS = 'lib/aws/campaigns.ts#dynamoCampaigns'
/** Made by one adapter for another, with its methods among the other's. */
const SPREAD = new Map([[STORE_OF_CAMPAIGNS, 'lib/aws/campaign-rows.ts#campaignRows']])
const FACTORIES = [...ADAPTERS.values(), ...SPREAD.values(), STORE_OF_CAMPAIGNS]
/** Ports that are reached by one name, whatever is done with them. */
const ENDS = new Map([
  ['merchants', ['secret merchants']],
  ['callers', ['secret callers']],
  ['miniapps', ['secret callers']],
  ['wechat', ['wechat']],
  ['certificates', ['secret callers', 'secret merchants']],
])
/** By the constants that name them. */
const INDEXES = new Map([
  ['BY_SEQUENCE', 'by-sequence'],
  ['OPEN_INDEX', 'open'],
])
const MAY_STAND = 'lib/redpack/claim.ts#mayStand'
/** Services that are functions. */
const SERVICES = new Map([
  ['mayStand', MAY_STAND],
  ['stoppedSince', `${CONTROLS}.stoppedSince`],
])
/** The stack of a route leads there only if the route pays, or only if it does not (lib/http/route.ts). */
const IF_IT_PAYS = ['lib/http/merchant.ts#merchant', MAY_STAND]
const IF_IT_DOES_NOT = ['lib/http/brake.ts#brake']

/** They build every port; what is done with one is seen where it is used. */
const ROOTS = ['lib/app.ts', 'lib/campaign-app.ts']

type Reached = { readonly calls: Set<string>; readonly next: Set<string> }
const read = new Map<string, Map<string, Reached>>()

/** @returns what the handler can call, sorted: 'dynamodb:GetItem', 'dynamodb:Query open', 'secret callers', 'lambda:Invoke', 'wechat' … */
export function callsOf(handler: string): string[] {
  const text = readFileSync(posix.join(ROOT, handler), 'utf8')
  const closed = text.includes('pays: true') ? IF_IT_DOES_NOT : IF_IT_PAYS
  const calls = new Set<string>()
  const seen = new Set<string>(closed)
  const left = [...functionsOf(handler).keys()].map((name) => `${handler}#${name}`)
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (seen.has(id) || ROOTS.some((file) => id.startsWith(`${file}#`))) continue
    seen.add(id)
    const found = functionOf(id)
    // Were it passed over, its calls would be, too.
    if (!found && FACTORIES.some((factory) => id.startsWith(`${factory}.`))) throw new Error(`${id} is not found`)
    for (const call of found?.calls ?? []) calls.add(call)
    left.push(...(found?.next ?? []))
  }
  return [...calls].sort()
}

function functionOf(id: string): Reached | undefined {
  const [file = '', name = ''] = id.split('#')
  const found = functionsOf(file).get(name)
  const [factory, method] = id.split(/\.(?=\w+$)/)
  const other = SPREAD.get(factory ?? '')
  return found ?? (other === undefined ? undefined : functionOf(`${other}.${method}`))
}

function functionsOf(file: string): Map<string, Reached> {
  const known = read.get(file) ?? analysed(file)
  read.set(file, known)
  return known
}

/** The functions of a file by name, those within others too; a method of what a factory returns is `factory.method`. */
function analysed(file: string): Map<string, Reached> {
  const text = stripTypeScriptTypes(readFileSync(posix.join(ROOT, file), 'utf8'))
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module' })
  const names = new Map<Node, string>()
  const imports = new Map<string, string>()
  ancestor(program, {
    ImportDeclaration({ source, specifiers }) {
      const from = String(source.value)
      if (!from.startsWith('.')) return
      for (const one of specifiers) {
        if (one.type !== 'ImportSpecifier' || one.imported.type !== 'Identifier') continue
        imports.set(one.local.name, `${posix.join(posix.dirname(file), from)}#${one.imported.name}`)
      }
    },
    FunctionDeclaration(node) {
      if (node.id) names.set(node, node.id.name)
    },
    VariableDeclarator(node, _, ancestors) {
      // A value within a function is part of it, and its name another's, too.
      const isFunction = /Function/.test(node.init?.type ?? '') || ancestors.length === 3
      if (node.id.type === 'Identifier' && isFunction) names.set(node, node.id.name)
    },
    Property(node, _, ancestors) {
      const factory = returnedBy(ancestors as AnyNode[])
      if (factory === undefined || !FACTORIES.includes(`${file}#${factory}`)) return
      if (node.key.type === 'Identifier') names.set(node, `${factory}.${node.key.name}`)
    },
  })
  const functions = new Map<string, Reached>()
  const own = new Set(names.values())
  /** The function that a place of the text is in. */
  const inner = (ancestors: readonly Node[]) => {
    const name = ancestors.flatMap((node) => names.get(node) ?? []).at(-1) ?? ''
    const found = functions.get(name) ?? { calls: new Set<string>(), next: new Set<string>() }
    functions.set(name, found)
    return found
  }
  for (const name of own) inner([...names].flatMap(([node, one]) => (one === name ? [node] : [])))
  ancestor(program, {
    Identifier({ name }, _, ancestors) {
      const target = own.has(name) ? `${file}#${name}` : imports.get(name)
      if (target !== undefined) inner(ancestors).next.add(target)
    },
    NewExpression({ callee }, _, ancestors) {
      const [, command] = (callee.type === 'Identifier' && /^(\w+)Command$/.exec(callee.name)) || []
      const action = command === 'Invoke' ? 'lambda:InvokeFunction' : `dynamodb:${command}`
      if (command !== undefined && command !== 'GetSecretValue') inner(ancestors).calls.add(action)
    },
    Property({ key, value }, _, ancestors) {
      if (key.type !== 'Identifier' || key.name !== 'IndexName' || value.type !== 'Identifier') return
      inner(ancestors).calls.add(`index ${INDEXES.get(value.name) ?? value.name}`)
    },
    MemberExpression({ object, property, computed }, _, ancestors) {
      const port = lastName(object)
      const method = !computed && property.type === 'Identifier' ? property.name : undefined
      const { calls, next } = inner(ancestors)
      for (const end of [...(ENDS.get(port) ?? []), ...(ENDS.get(method ?? '') ?? [])]) calls.add(end)
      for (const target of [SERVICES.get(method ?? '') ?? [], behind(file, port, method)].flat()) next.add(target)
    },
  })
  return functions
}

/** The methods of adapters that `port.method` may be; all of the port's if it is not known which. */
function behind(file: string, port: string, method: string | undefined): string[] {
  const inCampaigns = file.startsWith('lib/campaigns/')
  if (inCampaigns && port === 'ports' && method === 'send') return ['lib/redpack/send.ts#send']
  const adapter = inCampaigns && port === 'store' ? STORE_OF_CAMPAIGNS : ADAPTERS.get(port)
  if (adapter === undefined || file.startsWith('lib/aws/')) return []
  if (method !== undefined) return [`${adapter}.${method}`]
  const [from = '', name = ''] = adapter.split('#')
  return [...functionsOf(from).keys()].filter((one) => one.startsWith(`${name}.`)).map((one) => `${from}#${one}`)
}

/** `ports.store` and `store` are both the store. */
function lastName(node: AnyNode): string {
  if (node.type === 'Identifier') return node.name
  if (node.type === 'MemberExpression' && node.property.type === 'Identifier') return node.property.name
  return ''
}

/** The function in which an object is returned whose property this is. */
function returnedBy(ancestors: readonly AnyNode[]): string | undefined {
  const [owner, , returned, object] = ancestors.slice(-5)
  if (object?.type !== 'ObjectExpression' || returned?.type !== 'ReturnStatement') return undefined
  return owner?.type === 'FunctionDeclaration' ? owner.id?.name : undefined
}
