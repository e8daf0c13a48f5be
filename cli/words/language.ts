// Which language the user reads.
import type { Lang } from './both.ts'

/** `--lang` first, then the locale as POSIX orders its variables; English if that is not Chinese. */
export function languageOf(argv: readonly string[], env: NodeJS.ProcessEnv): Lang {
  const flag = argv.findLast((word, i) => word.startsWith('--lang=') || argv[i - 1] === '--lang')
  const wanted = flag?.replace('--lang=', '')
  if (wanted === 'zh' || wanted === 'en') return wanted
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^zh/i.test(locale) ? 'zh' : 'en'
}
