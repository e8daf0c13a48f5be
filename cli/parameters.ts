// The parameters of a send as flags and as columns: names, words and rules come from the service's own schema.
import { type Command, Option } from 'commander'
import * as v from 'valibot'
import { SendParams } from '../lib/redpack/params.ts'
import { type Excess, excesses, openidFault } from './limits.ts'
import type { Lang } from './words/both.ts'
import type { Messages } from './words/messages.ts'

type Entries = (typeof SendParams)['options'][number]['entries']
export type ParameterName = keyof Entries

/** Text by name, as it stands in a cell or behind a flag. */
export type Texts = Partial<Record<ParameterName, string>>

type Schema = v.GenericSchema & { wrapped?: v.GenericSchema; options?: readonly string[] }

const [normal, fission] = SendParams.options
const schemas = normal.entries as Record<ParameterName, Schema>

export const PARAMETER_NAMES = Object.keys(schemas) as ParameterName[]

/** For packets of the usual kind nobody has to say that they are, or that each has one receiver. */
const DEFAULTS = { type: normal.entries.type.literal, total_num: '1' } as const
const TYPES = [normal.entries.type.literal, fission.entries.type.literal]

export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(schemas, name)
}

/** True where a send needs it and nothing stands in for it. */
export function isRequired(name: ParameterName): boolean {
  return !Object.hasOwn(DEFAULTS, name) && !['optional', 'nullish'].includes(schemas[name].type)
}

function choicesOf(name: ParameterName): readonly string[] | undefined {
  if (name === 'type') return TYPES
  const { options, wrapped } = schemas[name]
  return options ?? (wrapped as Schema | undefined)?.options
}

/** Most characters of a text, undefined for what is none. */
function lengthOf(name: ParameterName): number | undefined {
  const schema = schemas[name]
  const { maxLength } = { ...v.getMetadata(schema), ...(schema.wrapped && v.getMetadata(schema.wrapped)) }
  return typeof maxLength === 'number' ? maxLength : undefined
}

/** The schema's own words, which are Chinese. */
export function schemaDescriptions(): Record<ParameterName, string> {
  const types = `${v.getDescription(normal.entries.type)} normal，${v.getDescription(fission.entries.type)} fission`
  const own = PARAMETER_NAMES.map((name) => {
    const schema = schemas[name]
    return [name, v.getDescription(schema) ?? v.getDescription(schema.wrapped ?? schema) ?? '']
  })
  return { ...Object.fromEntries(own), type: types, total_num: v.getDescription(fission.entries.total_num) }
}

/** Gives a command one flag for each parameter; `alone` where nothing but the flags says what is sent. */
export function addParameters(command: Command, m: Messages, alone: boolean): void {
  for (const name of PARAMETER_NAMES) {
    const required = alone && isRequired(name) ? ` ${m.help.required}` : ''
    const choices = choicesOf(name)
    const hint = choices ? ` (${choices.join(', ')})` : ''
    command.addOption(
      new Option(`--${name.replaceAll('_', '-')} <${placeholder(name)}>`, m.parameters[name] + hint + required),
    )
  }
  command.option('--let-wechat-decide', m.help.letWechatDecide)
}

function placeholder(name: ParameterName): string {
  if (name === 'total_amount') return 'yuan'
  return name === 'total_num' ? 'n' : 'text'
}

/** The flags that were given, by the parameters' own names. An optional one that is empty is none, as an empty cell is. */
export function textsOf(options: Readonly<Record<string, unknown>>): Texts {
  const given = PARAMETER_NAMES.map((name) => {
    const value = options[name.replace(/_./g, (at) => at.charAt(1).toUpperCase())]
    return [name, value === '' && !isRequired(name) ? undefined : value]
  })
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string'))
}

export type Understood =
  | { params: v.InferInput<typeof SendParams>; fen: number; excesses: readonly Excess[] }
  | { faults: string[] }

/**
 * Reads texts as the parameters of one send. `lenient`: what WeChat is known to refuse is no fault but only told.
 * @returns the parameters, their amount in fen and what WeChat may say about them, or what is wrong with each
 */
export function understand(texts: Texts, m: Messages, lang: Lang, lenient = false): Understood {
  const type = texts.type ?? DEFAULTS.type
  const filled = { ...(type === 'normal' ? DEFAULTS : {}), ...texts, type }
  const input = { ...filled, total_amount: number(filled.total_amount), total_num: number(filled.total_num) }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const parsed = v.safeParse(SendParams, given)
  const openid = texts.re_openid === undefined ? undefined : openidFault(texts.re_openid, m)
  const told = openid === undefined ? [] : [m.fault('re_openid', openid)]
  if (!parsed.success) {
    const issues = parsed.issues.filter((issue) => openid === undefined || nameOf(issue) !== 're_openid')
    return { faults: [...told, ...issues.map((issue) => faultOf(issue, m, lang))] }
  }
  const [params, fen] = [given as v.InferInput<typeof SendParams>, parsed.output.total_amount]
  const found = excesses(params, fen, m)
  const faults = [...told, ...(lenient ? [] : found.filter(({ certain }) => certain).map(({ fault }) => fault))]
  return faults.length > 0 ? { faults } : { params, fen, excesses: found }
}

function nameOf(issue: v.BaseIssue<unknown>): string {
  return v.getDotPath(issue as v.BaseIssue<unknown> & { path: undefined }) ?? ''
}

/** Only plain decimals are numbers here: what else JavaScript takes for one (1e3, 0x10) is more likely a slip. */
function number(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : text
}

function faultOf(issue: v.BaseIssue<unknown>, m: Messages, lang: Lang): string {
  const name = nameOf(issue)
  if (issue.type === 'strict_object') return m.fault(name, m.missing)
  return m.fault(name, lang === 'zh' ? issue.message : rule(name as ParameterName, m))
}

/** What a parameter must be, in English: the schema says it in Chinese only. */
function rule(name: ParameterName, m: Messages): string {
  const choices = choicesOf(name)
  if (choices) return m.rules.choice(choices.join(', '))
  if (name === 'total_amount') return m.rules.total_amount
  if (name === 'total_num') return m.rules.total_num
  return m.rules.text(lengthOf(name) ?? 0)
}
