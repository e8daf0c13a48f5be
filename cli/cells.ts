// How wide texts are on a terminal, where a Chinese character takes two cells.
import stringWidth from 'string-width'

/** Punctuation that no line begins with, and what no line ends with. */
const NEVER_FIRST = /^[，。、；：？！）》」』”’…,.;:?!)\]]/u
const NEVER_LAST = /[（《「『“‘(]$/u
/** A character of the scripts that are broken anywhere, or a run of everything else up to a blank. */
const PIECE =
  /\s+|[\p{Script=Han}\u3000-\u303f\uff01-\uff60“”‘’…]|[^\s\p{Script=Han}\u3000-\u303f\uff01-\uff60“”‘’…]+/gu

export function cellsOf(text: string): number {
  return stringWidth(text)
}

/** Breaks a text into lines of at most `width` cells, between words or Chinese characters. */
export function wrapCells(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n')
}

/** Lines to be copied: a break would change what they do. */
const COPIED = /^\s*(redpack|npx|npm|export|curl|--|re_openid|onqO)\b|^\s*--|\\$/
/** What stands before the text of an item: an indent, and a word with a gap behind it. */
const ITEM = /^ *(?:\S+ {2,})?/

/** Breaks the lines of a help text that are too wide, under where their text begins. */
export function wrapHelp(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      if (cellsOf(line) <= width || COPIED.test(line)) return line
      const [item = ''] = ITEM.exec(line) ?? []
      const indent = ' '.repeat(cellsOf(item))
      return item + wrapCells(line.slice(item.length), width - cellsOf(item)).replaceAll('\n', `\n${indent}`)
    })
    .join('\n')
}

function wrapLine(text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const piece of unitsOf(text)) {
    if (line !== '' && cellsOf(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = piece.trimStart()
    } else line += piece
  }
  return [...lines, line.trimEnd()].join('\n')
}

/** Pieces that stay together: punctuation with what it belongs to. */
function unitsOf(text: string): string[] {
  const units: string[] = []
  for (const [piece] of text.matchAll(PIECE)) {
    const last = units.at(-1)
    if (last !== undefined && (NEVER_FIRST.test(piece) || NEVER_LAST.test(last))) units[units.length - 1] = last + piece
    else units.push(piece)
  }
  return units
}

/** A text in at most `width` cells, cut at its end with an ellipsis. */
export function fitted(text: string, width: number): string {
  if (cellsOf(text) <= width) return text
  let cut = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (cellsOf(cut + segment) > width - 1) break
    cut += segment
  }
  return `${cut}…`
}
