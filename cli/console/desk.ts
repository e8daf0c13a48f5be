// What the console's answers are made from: the mirror, the service, and what the person at the page may do.
import type { RedPack } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import type { Store } from '../mirror/store.ts'
import { schemaDescriptions } from '../parameters.ts'
import { inLanguage } from '../shell.ts'
import type { Lang } from '../words/both.ts'
import { messagesOf } from '../words/messages.ts'
import type { Filler } from './filler.ts'

export type Desk = {
  readonly store: Store
  /** Undefined if it must not be asked. */
  readonly service: RedPack | undefined
  readonly endpoint: string
  readonly keyid: string
  readonly may_act: boolean
  /** The records' table, for the brake; undefined if none is named. */
  readonly table: string | undefined
  readonly filler: Filler
  readonly context: Context
  now_s(): number
}

/** The context of the command in the language of the page. What is noted beside an answer has no reader there. */
export function contextIn(lang: Lang, context: Context): Context {
  const argv = inLanguage(lang, context.argv)
  return { ...context, argv, lang, m: messagesOf(lang, schemaDescriptions()), note: () => {} }
}

/** What a request cannot be answered with; the page shows the message. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: 400 | 403 | 404 | 409 | 413 | 415 | 502
  readonly code: string

  constructor(status: Problem['status'], code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
