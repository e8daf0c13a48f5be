// Writes src/answers.ts: every type of wire.ts, expanded by the TypeScript checker, with the schemas' descriptions as comments.
// Run `node client/declare.ts` after a change of lib's types; test/unit/client-types.test.ts fails while the file is stale.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { API, NodeBuilderFlags } from 'typescript/unstable/sync'
import * as v from 'valibot'
import { SendParams } from '../lib/redpack/params.ts'

const HEAD = `// Written by client/declare.ts from the service's own types: change those, not this file.
// biome-ignore-all format: written by a program
`

/** What each type is for: the one thing that the checker cannot know. */
const ABOUT: Readonly<Record<string, string>> = {
  GatewayType: 'The merchant set-up that pays (微信支付商户类型).',
  SendRedPackParams: 'What sendRedPack takes; total_amount in yuan.',
  SentData: 'WeChat has taken the order and the money. Final.',
  RefusedData: 'WeChat has said no and no money moved or will move. Final. `err_code` and `err_code_des` are WeChat’s.',
  UnknownData:
    'The packet may have been sent. Ask getRedPackStatus, or go on with the same idempotency key; never with another.',
  SendRedPackData: 'What became of a send; `outcome` tells the three apart.',
  RedPackListParams: 'A page of the list: limit 1 to 1000 (default 20), offset 0 for the newest record.',
  RedPackRecord:
    'The record of one red packet: total_amount in yuan, times in whole Unix seconds, null where nothing is known.',
  ListedRedPack: 'A record as the list shows it; `pk` is `id`.',
  RedPackList: 'A page of records, newest first.',
  RedPackStatusParams: 'Exactly one of the two.',
  RedPackStatus: 'WeChat’s answer (gethbinfo), fields and strings as they came, amounts in fen; `hblist` is an array.',
  ProblemCode: 'Why the service said no.',
  Fault: 'One thing that is wrong with a request; `pointer` is a JSON Pointer (RFC 6901).',
}

const FLAGS =
  NodeBuilderFlags.NoTruncation |
  NodeBuilderFlags.InTypeAlias |
  NodeBuilderFlags.MultilineObjectLiterals |
  NodeBuilderFlags.UseSingleQuotesForStringLiteralType

/** Out: the text of src/answers.ts as it should be. Throws where TypeScript cannot read wire.ts. */
export function declare(): string {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const api = new API({ cwd: root })
  try {
    const project = api.updateSnapshot({ openProject: `${root}tsconfig.json` }).getProjects()[0]
    const source = project?.program.getSourceFile(`${root}client/wire.ts`)
    const exports = source && project?.checker.getSymbolAtLocation(source)?.getExports()
    if (!project || !exports) throw new Error('TypeScript cannot read client/wire.ts')
    const { checker } = project
    const types = [...exports.values()].map((symbol) =>
      declaration(symbol.name, checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), undefined, FLAGS)),
    )
    return [HEAD, ...types].join('\n')
  } finally {
    api.close()
  }
}

function declaration(name: string, expanded: string): string {
  const lines = expanded.replaceAll('    ', '  ').replaceAll(/;$/gm, '').split('\n')
  const described = name === 'SendRedPackParams' ? describeLines(lines) : lines
  return `/** ${ABOUT[name]} */\nexport type ${name} = ${described.join('\n')}\n`
}

/** Puts the schema's description above each parameter; the members of the union follow each other as in the schema. */
function describeLines(lines: readonly string[]): string[] {
  let variant = 0
  return lines.flatMap((line) => {
    if (line.startsWith('}')) variant += 1
    const name = /^ {2}(\w+)\??:/.exec(line)?.[1]
    const entries: Record<string, v.GenericSchema> = SendParams.options[variant]?.entries ?? {}
    const text = name && entries[name] && describe(entries[name])
    return text ? [`  /** ${text} */`, line] : [line]
  })
}

/** The description of an optional parameter stands inside its wrapper. */
function describe(schema: v.GenericSchema): string | undefined {
  const { pipe, wrapped } = schema as { pipe?: v.GenericSchema[]; wrapped?: v.GenericSchema }
  const inner = wrapped ?? pipe?.[0]
  return v.getDescription(schema) ?? (inner && inner !== schema ? describe(inner) : undefined)
}

if (import.meta.main) writeFileSync(new URL('src/answers.ts', import.meta.url), declare())
