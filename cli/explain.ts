// What an error is called, what a person is told of it, and what the process exits with.
import { CommanderError } from 'commander'
import { HError, RedPackError, TimeoutError } from '../client/src/index.ts'
import { AppError, type ErrorCode } from '../lib/errors.ts'
import type { Context } from './context.ts'
import { CliError, EXIT, type ExitCode } from './exit.ts'
import { proxyNote } from './proxy.ts'
import { causeOf } from './reach.ts'
import { REDIRECTED } from './redirect.ts'

export type Explained = { code: string; message: string; exit_code: ExitCode; details?: object }

export function explain(error: unknown, context: Context): Explained {
  const { m } = context
  if (error instanceof CliError) return error
  if (error instanceof RedPackError) return ofClient(error, context)
  if (error instanceof CommanderError) return ofArguments(error, context)
  if (error instanceof AppError) {
    const { code, errors } = error
    return { code, message: ofService(code, error.message, context), exit_code: EXIT.error, details: { errors } }
  }
  const { name, message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error))
  // Ctrl-C at a question.
  if (name === 'ExitPromptError') return { code: 'interrupted', message: m.interrupted, exit_code: EXIT.interrupted }
  if (error instanceof TypeError && message.startsWith('RedPack: ')) {
    return { code: 'usage', message: m.unfit(message.slice('RedPack: '.length)), exit_code: EXIT.error }
  }
  return { code: code ?? 'internal', message: m.unexpected(message), exit_code: EXIT.error }
}

/** The gateway turned the request away before the service saw it: too many at this moment (RFC 6585 §4). */
const THROTTLED = 429

/** Problems that leave a record behind, also told by a service that is too old to say `maybe_sent`. */
const MAY_STAND: ReadonlySet<string> = new Set(['in_progress', 'store_unavailable'])

/** True if the packet of a send may have been paid or may still be: nothing may then be sent under another key. */
export function maybeSent(error: RedPackError): boolean {
  if (error.maybe_sent || error.idempotency_key === undefined || !(error instanceof HError)) return error.maybe_sent
  const { code, maybe_sent } = (error.problem ?? {}) as { code?: string; maybe_sent?: unknown }
  return typeof maybe_sent === 'boolean' ? maybe_sent : MAY_STAND.has(code ?? '')
}

/** True if the same request may succeed a little later, with nothing changed. */
export function isTransient(error: RedPackError): boolean {
  return !(error instanceof HError) || [409, THROTTLED].includes(error.code) || error.code >= 500
}

/** If a send may have gone through, the exit code is the one of an unknown outcome. */
function ofClient(error: RedPackError, context: Context): Explained {
  const { m } = context
  const { idempotency_key } = error
  const maybe_sent = maybeSent(error)
  const send = idempotency_key === undefined ? {} : { idempotency_key, maybe_sent }
  if (error instanceof HError) {
    const { code: status, problem } = error
    const known = problem?.code ?? (status === THROTTLED ? 'throttled' : `http_${status}`)
    const answered = known === REDIRECTED ? problem?.status : status
    const details = { status: answered, ...send, request_id: problem?.request_id, errors: problem?.errors }
    const message = messageOf(error, known, context)
    if (maybe_sent) return { ...inDoubt(message, context), code: known, details }
    const away = status === 503 || status === THROTTLED
    return { code: known, message, exit_code: away ? EXIT.unreachable : EXIT.error, details }
  }
  const why = `${causeOf(error)}${proxyNote(context)}`
  if (maybe_sent) return { ...inDoubt(m.noAnswer(why), context), details: send }
  const code = error instanceof TimeoutError ? 'timeout' : 'unreachable'
  return { code, message: m.unreachable(why), exit_code: EXIT.unreachable, details: send }
}

function messageOf({ code: status, problem }: HError, known: string, context: Context): string {
  if (status === THROTTLED) return context.m.throttled
  if (!problem) return context.m.notTheService(status)
  if (known === REDIRECTED) return context.m.redirected(problem.detail ?? '')
  return context.m.refusedByService(
    status,
    withRequest(ofService(known, problem.detail ?? '', context), problem, context),
  )
}

/** With what the operators find the request by in their log. */
export function withRequest(text: string, problem: { request_id?: string } | undefined, { m }: Context): string {
  const id = problem?.request_id
  return id ? `${text}${m.requestId(id)}` : text
}

function inDoubt(why: string, { m }: Context): Explained {
  return { code: 'unknown', message: m.inDoubt(why), exit_code: EXIT.unknown }
}

/** The service speaks Chinese to people; in English its code says what it is, and its own words stand behind it. */
export function ofService(code: string, detail: string, { m, lang }: Context): string {
  const words = Object.hasOwn(m.problems, code) ? m.problems[code as ErrorCode] : code
  // The service cannot name the command that finds out what is wrong with a signature.
  if (lang === 'zh' && (detail === '' || code !== 'not_a_cloud_function')) return detail || words
  return detail ? `${words} [${detail}]` : words
}

/** commander's own words are English only. */
function ofArguments({ code, message }: CommanderError, { m }: Context): Explained {
  const name = code.replace('commander.', '')
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? ''
  const hint = /\(Did you mean (.*)\?\)/.exec(message)?.[1]
  const allowed = /is invalid\. (?:Allowed choices are )?(.*?)\.?$/.exec(message)?.[1] ?? ''
  const words = Object.hasOwn(m.usage, name) ? m.usage[name as keyof typeof m.usage](quoted, allowed) : message
  return { code: 'usage', message: `${words}${hint ? m.didYouMean(hint) : ''}`, exit_code: EXIT.error }
}
