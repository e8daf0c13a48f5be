// Which language the user reads, and the table of messages in it.
import { printable } from '../printable.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export const LANGS = ['zh', 'en'] as const
export type Lang = (typeof LANGS)[number]

/** A table that lacks a message of the English one, or has another, does not compile. */
export type Messages = typeof en

/** `--lang` first, then the locale as POSIX orders its variables; English where it is not Chinese. */
export function languageOf(argv: readonly string[], env: NodeJS.ProcessEnv): Lang {
  const flag = argv.findLast((word, i) => word.startsWith('--lang=') || argv[i - 1] === '--lang')
  const wanted = flag?.replace('--lang=', '')
  if (wanted === 'zh' || wanted === 'en') return wanted
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^zh/i.test(locale) ? 'zh' : 'en'
}

/** Every text that is put into a message is made printable on its way: it may come from anywhere. */
export function messagesOf(lang: Lang): Messages {
  return guard(lang === 'zh' ? zh : en)
}

function guard<T>(words: T): T {
  if (typeof words === 'function') return ((...args: unknown[]) => words(...args.map(clean))) as T
  return mapped(words, guard) as T
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return printable(value)
  return mapped(value, clean)
}

function mapped(value: unknown, change: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one)]))
}
