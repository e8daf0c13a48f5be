// Texts from outside (records, WeChat, the service, files, arguments) before a terminal: nothing in them may steer it or hide.

/** Controls, ANSI's ESC among them, bidi overrides, zero widths, fillers, tags, lone surrogates, line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
/** What emoji are joined with and how they are drawn: 👨‍👩‍👧, ❤️. */
const EMOJI_PARTS =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})|(?<=\p{Emoji})(?:\ufe0e|\ufe0f)/gu
const REPLACEMENT = '\ufffd'

/** Line breaks and colours, which are the command's own. */
const OWN = new RegExp(`(${String.fromCharCode(27)}\\[\\d{1,3}(?:;\\d{1,3})*m|\\n)`)

/** One line of text in which every character can be seen: the others become �, line breaks and tabs a space. */
export function printable(text: string): string {
  return seen(text.replace(/[\t\r\n]+/g, ' '), UNSEEN)
}

/** What is unseen in a text, as U+202E, each once. */
export function unseenIn(text: string): string[] {
  const found = text.match(UNSEEN) ?? []
  return [...new Set(found)].map(
    (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

/** A whole output of several lines, if need be in colour: the last look before the terminal. */
export function screened(text: string, colour: boolean): string {
  const parts = text.split(colour ? OWN : /(\n)/)
  return parts.map((part, i) => (i % 2 === 0 ? seen(part, UNSEEN) : part)).join('')
}

/** JSON.stringify leaves C1 controls and bidi overrides as they are; escaped, the document means the same. */
export function jsonOf(data: unknown, indent = 2): string {
  return JSON.stringify(data, null, indent).replace(
    /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (char) =>
      Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  )
}

function seen(text: string, unseen: RegExp): string {
  const kept = new Set([...text.matchAll(EMOJI_PARTS)].map(({ index }) => index))
  return text.replace(unseen, (char, at: number) => (kept.has(at) ? char : REPLACEMENT))
}
