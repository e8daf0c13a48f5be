// docs/api/index.html: the description laid out for reading, in one file that opens from disk and loads nothing.
import { marked } from 'marked'
import type { Json } from './schema.ts'

const CSP = "default-src 'none'; style-src 'unsafe-inline'"

/** The reader's own fonts, the Chinese ones among them. */
const STYLE = `
body { margin: 0; color: #222; font: 15px/1.6 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
nav { position: fixed; top: 0; bottom: 0; left: 0; width: 250px; overflow: auto; padding: 16px; background: #f6f6f6; font-size: 14px }
nav a { display: block; padding: 2px 0 }
main { max-width: 900px; margin-left: 282px; padding: 8px 32px 80px }
@media (max-width: 800px) { nav { position: static; width: auto } main { margin: 0; padding: 8px 16px } }
h2 { margin-top: 48px; border-top: 1px solid #ddd; padding-top: 16px }
a { color: #0a5dc2; text-decoration: none }
table { border-collapse: collapse; width: 100%; font-size: 14px }
th, td { border: 1px solid #ddd; padding: 4px 8px; text-align: left; vertical-align: top }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "PingFang SC", "Microsoft YaHei", monospace }
pre { overflow: auto; padding: 12px; background: #f6f6f6 }
td { overflow-wrap: anywhere }
summary { cursor: pointer }`

type Schema = Json & { properties?: Record<string, Schema>; required?: string[]; items?: Schema; $ref?: string }
type Media = { schema?: Schema; examples?: Record<string, { summary?: string; value: unknown }> }
type Said = { description?: string; content?: Record<string, Media> }
type Parameter = Said & { name: string; in: string; required?: boolean; schema: Schema }
type Operation = {
  operationId: string
  summary: string
  description: string
  parameters: (Parameter & { $ref?: string })[]
  requestBody?: Said
  responses: Record<string, Said & { $ref?: string }>
}

/** The page for `description`. */
export function readingPage(description: Json): string {
  const { info, paths, components } = description as {
    info: { title: string; version: string; description: string }
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Said> }
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  )
  const sections = [
    `# ${info.title} ${info.version}\n\n${info.description}`,
    anchored('signature', 'Signature (签名)', components.securitySchemes.messageSignature?.description ?? ''),
    ...operations.map(({ route, operation }) => operationSection(description, route, operation)),
    ...Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema)),
  ]
  const links = [
    ['signature', 'Signature (签名)'],
    ...operations.map(({ operation }) => [operation.operationId, operation.summary]),
    ...Object.keys(components.schemas).map((name) => [name, name]),
  ].map(([id, text]) => `<a href="#${id}">${text}</a>`)
  return `<!doctype html>
<!-- Written by \`npm run docs\`: change docs/openapi/, not this file. -->
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CSP}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>redpack API · 公众号发送红包</title>
<style>${STYLE}
</style>
</head>
<body>
<nav>${links.join('\n')}</nav>
<main>
${marked.parse(sections.join('\n\n'), { async: false })}</main>
</body>
</html>
`
}

function operationSection(description: Json, route: string, operation: Operation): string {
  const body = operation.requestBody
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const { description: text = '', content } = resolved(description, response)
    return `#### ${status}\n\n${text}\n\n${media(content)}`
  })
  const parts = [
    `\`${route}\``,
    operation.description,
    parameterTable(operation.parameters.map((one) => resolved(description, one))),
    body ? `### Body (请求体)\n\n${media(body.content)}` : '',
    `### Answers (应答)\n\n${responses.join('\n\n')}`,
  ]
  return anchored(operation.operationId, operation.summary, parts.join('\n\n'))
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: place, required, schema, description }) => [
    `\`${name}\`${required ? ' \\*' : ''}`,
    place,
    typeOf(schema),
    description ?? '',
  ])
  return table(['parameter (\\* required)', 'in', 'type', 'meaning'], rows)
}

function schemaSection(name: string, schema: Schema): string {
  const kinds = [schema.oneOf, schema.allOf].flat().filter((one) => one !== undefined) as Schema[]
  const text = [schema.description ?? '', kinds.map(typeOf).join(' or '), fields(schema, '')]
  return anchored(name, name, text.join('\n\n'))
}

/** A row for each property, those of objects inside below their own. */
function fields(schema: Schema, path: string): string {
  const rows = rowsOf(schema, path)
  return rows.length > 0 ? table(['field (\\* always there)', 'type', 'meaning'], rows) : ''
}

function rowsOf({ properties = {}, required = [] }: Schema, path: string): string[][] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    [`\`${path}${name}\`${required.includes(name) ? ' \\*' : ''}`, typeOf(schema), String(schema.description ?? '')],
    ...rowsOf(schema, `${path}${name}.`),
    ...(schema.items ? rowsOf(schema.items, `${path}${name}[].`) : []),
  ])
}

/** The type and its bounds, or a link to the schema that it is. */
function typeOf(schema: Schema): string {
  const { $ref, type, description: _, properties: _p, required: _r, items, title: _t, ...bounds } = schema
  const name = $ref?.split('/').at(-1)
  if (name) return `[${name}](#${name})`
  if (items) return `array of ${typeOf(items)}`
  const limits = Object.entries(bounds).map(
    ([word, value]) => `${word} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [[type].flat().join(' or '), ...limits.map((limit) => `\`${limit}\``)].join('\n')
}

function media(content: Record<string, Media> = {}): string {
  return Object.entries(content)
    .map(([type, { schema = {}, examples = {} }]) => {
      const kinds = [schema, ...([schema.oneOf, schema.allOf].flat() as (Schema | undefined)[])]
      const names = kinds.flatMap((one) => (one?.$ref ? [typeOf(one)] : []))
      const shown = Object.values(examples).map(
        ({ summary, value }) =>
          `<details><summary>${summary}</summary>\n\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n\n</details>`,
      )
      return [`\`${type}\`: ${names.join(' or ')}`, ...shown].join('\n\n')
    })
    .join('\n\n')
}

function resolved<T extends object>(description: Json, value: T & { $ref?: string }): T {
  if (value.$ref === undefined) return value
  const path = value.$ref.replace('#/', '').split('/')
  return path.reduce((at, name) => at[name] as Json, description) as T
}

function anchored(id: string, title: string, text: string): string {
  return `<h2 id="${id}">${title}</h2>\n\n${text}`
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\n+/g, '<br>')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
