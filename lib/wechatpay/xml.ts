// WeChat's XML, both ways: one flat root, CDATA, and one list (hblist). Anything else is refused rather than guessed at.
import type { Fields } from './sign.ts'

/** What a reply holds: text by element name, and for an element that holds elements (hblist) a list of flat maps. */
export type Xml = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>

/** The text is not the XML that WeChat speaks. The message never quotes the text. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

/** Most elements one document may hold: WeChat's longest answer has about twenty, and three for each of twenty receivers. */
const ELEMENTS_MAX = 256

// XML 1.0 §2.2 Char, negated.
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u
const TOKEN =
  /<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>|<(?<open>[A-Za-z][\w.-]*)\s*(?<empty>\/?)>|<\/(?<close>[A-Za-z][\w.-]*)\s*>|(?<text>[^<]+)/y
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Writes `fields` as WeChat's XML, every value in CDATA, so that no text needs escaping but `]]>`. */
export function buildXml(fields: Fields): string {
  const elements = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `<${name}>${cdata(String(value))}</${name}>`)
  return `<xml>${elements.join('')}</xml>`
}

/** One value as CDATA; `]]>` is split over two sections. */
export function cdata(text: string): string {
  if (ILLEGAL.test(text)) throw new XmlError('a value holds a character that XML 1.0 does not allow')
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

type Node = { name: string; text: string; children: Node[] }

/**
 * Reads one of WeChat's documents: `<xml>` around flat elements, of which one may hold a list of flat elements.
 * @throws XmlError for DOCTYPE, comments, attributes, custom entities, repeated names, deeper nesting, anything not well-formed.
 */
export function parseXml(document: string): Xml {
  const text = document.replace(/^\uFEFF/, '').replace(/^<\?xml [^<>]*\?>/, '')
  if (ILLEGAL.test(text)) throw new XmlError('a character that XML 1.0 does not allow')
  const root = readTree(text.trim())
  if (root.name !== 'xml') throw new XmlError('the root is not <xml>')
  return flat(root, (node) => (node.children.length === 0 ? node.text : node.children.map((item) => flat(item, leaf))))
}

function readTree(text: string): Node {
  const top: Node = { name: '', text: '', children: [] }
  const open: Node[] = [top]
  let elements = 0
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.groups
    const parent = open.at(-1)
    if (!token || !parent) throw new XmlError('not well-formed')
    if (token.open !== undefined) {
      elements += 1
      if (elements > ELEMENTS_MAX || open.length > 4) throw new XmlError('too many or too deep elements')
      const node = { name: token.open, text: '', children: [] }
      parent.children.push(node)
      if (!token.empty) open.push(node)
    } else if (token.close !== undefined) {
      if (open.length === 1 || token.close !== parent.name) throw new XmlError('tags do not match')
      if (parent.children.length > 0 && parent.text.trim() !== '') throw new XmlError('text between elements')
      open.pop()
    } else {
      parent.text += token.cdata ?? decode(token.text ?? '')
    }
  }
  const root = top.children[0]
  if (open.length !== 1 || top.children.length !== 1 || !root || top.text.trim() !== '') {
    throw new XmlError('not one whole document')
  }
  return root
}

function flat<V>(node: Node, value: (child: Node) => V): Record<string, V> {
  const map: Record<string, V> = Object.create(null)
  for (const child of node.children) {
    if (child.name in map) throw new XmlError('an element stands twice')
    map[child.name] = value(child)
  }
  return map
}

function leaf(node: Node): string {
  if (node.children.length > 0) throw new XmlError('elements nested too deep')
  return node.text
}

function decode(text: string): string {
  if (text.includes(']]>')) throw new XmlError('not well-formed')
  return text.replace(/&([^;&]{0,10};)?/g, (_, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? ''
    const named = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined
    if (named !== undefined) return named
    const code = /^#x[0-9a-fA-F]+$/.test(name)
      ? Number.parseInt(name.slice(2), 16)
      : /^#\d+$/.test(name)
        ? Number(name.slice(1))
        : -1
    if (code < 0 || code > 0x10ffff) throw new XmlError('an entity that is not defined')
    const char = String.fromCodePoint(code)
    if (ILLEGAL.test(char)) throw new XmlError('a character that XML 1.0 does not allow')
    return char
  })
}
