// All words of the command line in the user's language. A command finds its own under its name, and its help under `help`.
import { printable } from '../printable.ts'
import { aws } from './aws.ts'
import { both, type Lang, Pair } from './both.ts'
import { brake, brakeHelp, table } from './brake.ts'
import { caller, callerHelp } from './caller.ts'
import { campaign } from './campaign.ts'
import { campaignFile } from './campaign-file.ts'
import { campaignHelp } from './campaign-help.ts'
import { campaignQuestion } from './campaign-question.ts'
import { console, consoleHelp } from './console.ts'
import { consolePage } from './console-page.ts'
import { doctor, doctorHelp } from './doctor.ts'
import { find, findHelp } from './find.ts'
import { forget, forgetHelp } from './forget.ts'
import { getHelp } from './get.ts'
import { input } from './input.ts'
import { list, listHelp } from './list.ts'
import { check, merchant, merchantHelp } from './merchant.ts'
import { mirror, mirrorHelp } from './mirror.ts'
import { packet } from './packet.ts'
import { parameterNames, parameters } from './parameters.ts'
import { problems } from './problems.ts'
import { profile, profileHelp } from './profile.ts'
import { program, programHelp } from './program.ts'
import { reasons, reasonsAlone } from './reasons.ts'
import { reconcile, reconcileHelp } from './reconcile.ts'
import { release, releaseHelp } from './release.ts'
import { report, reportHelp } from './report.ts'
import { send, sendHelp } from './send.ts'
import { sign, signHelp } from './sign.ts'
import { simulatorHelp } from './simulator.ts'
import { status, statusHelp } from './status.ts'

const help = {
  ...programHelp,
  ...sendHelp,
  ...campaignHelp,
  ...listHelp,
  ...getHelp,
  ...statusHelp,
  ...findHelp,
  ...reportHelp,
  ...reconcileHelp,
  ...consoleHelp,
  ...mirrorHelp,
  ...merchantHelp,
  ...callerHelp,
  ...brakeHelp,
  ...releaseHelp,
  ...forgetHelp,
  ...doctorHelp,
  ...profileHelp,
  ...signHelp,
  ...simulatorHelp,
}
const nouns = {
  send,
  list,
  status,
  find,
  report,
  reconcile,
  console,
  consolePage,
  mirror,
  campaign: { ...campaignFile, ...campaignQuestion, ...campaign },
  reasons,
  reasonsAlone,
  merchant,
  check,
  caller,
  brake,
  release,
  table,
  forget,
  doctor,
  profile,
  aws,
  input,
  sign,
}
const words = { ...program, ...parameters, ...packet, problems, ...nouns, help }

type ParameterWords = Readonly<Record<keyof typeof parameterNames, string>>

/** The half of a table that is in one language. */
type Half<W> = W extends Pair<infer T> ? T : { readonly [name in keyof W]: Half<W[name]> }
export type Messages = Half<typeof words> & { readonly parameters: ParameterWords }

/**
 * The words in a language. `schema_words` describes the parameters in Chinese, as the service's schema has them.
 * Every text that is put into a message is made printable on its way: it may come from anywhere.
 */
export function messagesOf(lang: Lang, schema_words: ParameterWords): Messages {
  const names = Object.entries(parameterNames).map(([name, en]) => {
    return [name, both(en, schema_words[name as keyof ParameterWords])]
  })
  return half({ ...words, parameters: Object.fromEntries(names) }, lang) as Messages
}

function half(value: unknown, lang: Lang): unknown {
  if (!(value instanceof Pair)) return mapped(value, (one) => half(one, lang))
  const words = value[lang]
  return typeof words === 'function' ? (...args: unknown[]) => words(...args.map(clean)) : words
}

function clean(value: unknown): unknown {
  return typeof value === 'string' ? printable(value) : mapped(value, clean)
}

function mapped(value: unknown, change: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one)]))
}
