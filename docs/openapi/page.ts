// docs/api/index.html: the description laid out for reading, in one file that opens from disk and loads nothing.
import { Marked, type Tokens } from 'marked'
import { STYLE } from './page-style.ts'
import type { CodeSample } from './samples.ts'
import type { Json } from './schema.ts'

const CSP = "default-src 'none'; style-src 'unsafe-inline'"

type Schema = Json & { properties?: Record<string, Schema>; required?: string[]; items?: Schema; $ref?: string }
type Media = { schema?: Schema; examples?: Record<string, { summary?: string; value: unknown }> }
type Said = { description?: string; content?: Record<string, Media> }
type Parameter = Said & { name: string; in: string; required?: boolean; schema: Schema }
type Operation = {
  operationId: string
  summary: string
  description: string
  tags: string[]
  'x-codeSamples': CodeSample[]
  parameters: (Parameter & { $ref?: string })[]
  requestBody?: Said
  responses: Record<string, Said & { $ref?: string }>
}

/** On a phone each row stands alone, so each cell says what it is. */
const markdown = new Marked({
  renderer: {
    table({ header, rows }: Tokens.Table): string {
      const label = header.map(({ text }) => escaped(text.replace(/[\\`*]/g, '')))
      const head = header.map((cell) => `<th>${this.parser.parseInline(cell.tokens)}</th>`).join('')
      const cell = (one: Tokens.TableCell, i: number) =>
        `<td data-label="${label[i] ?? ''}">${this.parser.parseInline(one.tokens)}</td>`
      const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')
      return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody>\n</table>\n`
    },
  },
})

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
  const group = (title: string, links: readonly (readonly [id: string, text: string])[]) =>
    [`<strong>${title}</strong>`, ...links.map(([id, text]) => `<a href="#${id}">${text}</a>`)].join('\n')
  const tagged = (tag: string) =>
    operations
      .filter(({ operation }) => operation.tags.includes(tag))
      .map(({ operation }) => [operation.operationId, operation.summary] as const)
  const links = [
    group(`${info.title} ${info.version}`, [['signature', 'Signature (签名)']]),
    group('Red packets (红包)', tagged('RedPack')),
    group('Campaigns (批量活动)', tagged('Campaign')),
    group(
      'Schemas (数据结构)',
      Object.keys(components.schemas).map((name) => [name, name] as const),
    ),
  ]
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
<nav aria-label="Contents (目录)">${links.join('\n')}</nav>
<main>
${markdown.parse(sections.join('\n\n'), { async: false })}</main>
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
    `<p class="route"><code>${route}</code></p>`,
    operation.description,
    samples(operation['x-codeSamples']),
    parameterTable(operation.parameters.map((one) => resolved(description, one))),
    body ? `### Body (请求体)\n\n${media(body.content)}` : '',
    `### Answers (应答)\n\n${responses.join('\n\n')}`,
  ]
  return anchored(operation.operationId, operation.summary, parts.join('\n\n'))
}

function samples(all: readonly CodeSample[]): string {
  const one = ({ label, lang, source }: CodeSample, i: number) =>
    `<details${i === 0 ? ' open' : ''}><summary>${label}</summary>\n\n\`\`\`${lang.toLowerCase()}\n${source}\n\`\`\`\n\n</details>`
  return `### Code (示例代码)\n\n${all.map(one).join('\n\n')}`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
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
