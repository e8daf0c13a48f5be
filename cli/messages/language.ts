// Which language the user reads, and the table of messages in it.
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

export function messagesOf(lang: Lang): Messages {
  return lang === 'zh' ? zh : en
}
