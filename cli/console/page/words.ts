// The words of the page in the language that its reader has chosen; the command's own tables, so that both say the same.
import { computed, signal } from '@preact/signals'
import { type Lang, Pair } from '../../words/both.ts'
import { consolePage } from '../../words/console-page.ts'
import { packet } from '../../words/packet.ts'
import { reasonsAlone } from '../../words/reasons.ts'
import { report } from '../../words/report.ts'

/** Alone they begin a line or a cell, in the command's tables they stand within one. */
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const capitals = <T extends Record<string, Pair<string>>>(words: T): T =>
  Object.fromEntries(Object.entries(words).map(([name, { en, zh }]) => [name, new Pair(capital(en), zh)])) as T

const tables = { ...consolePage, outcomes: capitals(packet.outcomes), told: capitals(report.told), reasonsAlone }

type Half<W> = W extends Pair<infer T> ? T : { readonly [name in keyof W]: Half<W[name]> }
export type Words = Half<typeof tables>

const KEPT_AS = 'redpack-lang'

export const lang = signal<Lang>(firstLanguage())
const byLang = { zh: half(tables, 'zh') as Words, en: half(tables, 'en') as Words }
export const m = computed(() => byLang[lang.value])

export function chooseLanguage(chosen: Lang): void {
  lang.value = chosen
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem(KEPT_AS, chosen)
  } catch {
    // A browser may forbid it: the choice then lasts as long as the page.
  }
}

/** What was chosen before, else the command's. */
function firstLanguage(): Lang {
  try {
    const kept = localStorage.getItem(KEPT_AS)
    if (kept === 'zh' || kept === 'en') return kept
  } catch {
    // As above.
  }
  return document.documentElement.dataset.lang === 'zh' ? 'zh' : 'en'
}

function half(value: unknown, lang: Lang): unknown {
  if (value instanceof Pair) return value[lang]
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, half(one, lang)]))
}
