// What operators command with the brake, and what they are told: what is stopped, since when, what goes on.
import * as v from 'valibot'
import { MiniappId } from '../../lib/aws/callers.ts'
import { heldBefore } from '../../lib/aws/controls.ts'
import { dynamoSequences } from '../../lib/aws/sequences.ts'
import { CONTROL_CACHE_MS } from '../../lib/durations.ts'
import { type RecordsTable, recordsTable } from '../aws/table.ts'
import { confirmedForProfile } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { toTable } from '../shell.ts'
import { mark } from '../terminal.ts'
import { when } from '../when.ts'
import { addReason, type Commands, putOn, readCommands, type Scope, sinceOf, takeOff } from './control.ts'

export type Options = { table?: string; miniapp?: string; reason?: string; show?: true; yes?: true }

const REASON_MAX = 200
const CLOCKS_DIFFER_S = 300
/** Names that the service passes over in a map: a brake of one of them would stop nothing. */
const UNREADABLE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
/** So long a command takes at most to be seen by every function. */
export const HOLDS_WITHIN_S = CONTROL_CACHE_MS / 1000

/** Puts the brake on, for all mini apps or for one, and says what is stopped now. It never asks: whoever stops is in a hurry. */
export async function stop({ table, miniapp, reason }: Options, context: Context): Promise<void> {
  const { m } = context
  assertMiniapp(miniapp, context)
  const text = reason?.trim()
  if (text !== undefined && !new RegExp(`^[^\\p{Cc}]{1,${REASON_MAX}}$`, 'u').test(text)) {
    throw new CliError('usage', m.brake.badReason(REASON_MAX))
  }
  const records = recordsTable(table, context)
  const now_s = Math.floor(Date.now() / 1000)
  await putOn(records, miniapp, now_s, context)
  // The brake is on; what fails from here on must not be told as if it were not.
  const notes: string[] = []
  if (text !== undefined) await addReason(records, miniapp, now_s, text).then(keptOr(m.brake.tooManyReasons), keptOr())
  const commands = await readCommands(records, context).catch(() => undefined)
  if (miniapp !== undefined && !(await isKnown(records, miniapp)))
    notes.push(m.brake.unknownMiniapp(miniapp, records.name))
  const since = (commands && sinceOf(commands, miniapp)) ?? now_s
  const head = `${mark(context.terminal, 'good')} ${m.brake.stopped(named(miniapp, context), when(since))}`
  const lines = [
    head,
    `  ${m.brake.where(records.name, await records.region())}`,
    `  ${m.brake.within(HOLDS_WITHIN_S)}`,
    `  ${m.brake.goesOn}`,
    `  ${m.brake.undo(toTable(['resume', ...(miniapp === undefined ? [] : ['--miniapp', miniapp])], context))}`,
    ...notes.map((note) => `${mark(context.terminal, 'doubt')} ${note}`),
  ]
  context.print({ ...(await described(records, commands)), ...(notes.length > 0 && { notes }) }, lines.join('\n'))

  function keptOr(full?: string) {
    return (outcome: unknown) => {
      if (outcome !== true) notes.push(full !== undefined && outcome === false ? full : m.brake.reasonLost)
    }
  }
}

/** Takes the brake off that is seen now; one that another puts on meanwhile stays. */
export async function resume({ table, miniapp, yes }: Options, context: Context): Promise<void> {
  const { m, terminal } = context
  assertMiniapp(miniapp, context)
  const records = recordsTable(table, context)
  const before = await readCommands(records, context)
  const since = sinceOf(before, miniapp)
  if (since !== undefined) {
    const question = m.brake.sureResume(named(miniapp, context))
    await confirmedForProfile(question, m.brake.notResumed, { yes }, context, records.profile)
  }
  const after = since === undefined ? before : await lift(records, miniapp, before, context)
  const head =
    since === undefined
      ? `${mark(terminal, 'none')} ${m.brake.notOn(named(miniapp, context))}`
      : `${mark(terminal, 'good')} ${m.brake.resumed(named(miniapp, context), when(since), HOLDS_WITHIN_S)}`
  const reasons = since === undefined ? [] : reasonLines(before, miniapp, context)
  const still = brakes(after).map(
    ({ scope, since }) => `${mark(terminal, 'doubt')} ${m.brake.still(named(scope, context), when(since))}`,
  )
  const lines = [head, ...reasons, `  ${m.brake.where(records.name, await records.region())}`, ...still]
  context.print(await described(records, after), lines.join('\n'))
}

/** @returns what is commanded now. @throws CliError if another has put a brake on meanwhile */
async function lift(records: RecordsTable, miniapp: Scope, seen: Commands, context: Context): Promise<Commands> {
  const isOff = await takeOff(records, miniapp, seen)
  const after = await readCommands(records, context)
  // Also if the condition failed because a first try of this write had come through.
  if (isOff || sinceOf(after, miniapp) === undefined) return after
  throw new CliError('brake_changed', context.m.brake.changed)
}

/** Every brake that is on, with its reasons, and the epoch. */
export async function show({ table }: Options, context: Context): Promise<void> {
  const { m, terminal } = context
  const records = recordsTable(table, context)
  const commands = await readCommands(records, context)
  const on = brakes(commands).flatMap(({ scope, since }) => [
    `${mark(terminal, 'doubt')} ${m.brake.stopped(named(scope, context), when(since))}`,
    ...reasonLines(commands, scope, context),
  ])
  const head = on.length === 0 ? [`${mark(terminal, 'good')} ${m.brake.off}`] : on
  const { epoch, held_before } = epochOf(commands)
  const held = held_before === null ? m.brake.noneHeld(epoch) : m.brake.held(epoch, when(held_before))
  const lines = [...head, `  ${held}`, `  ${m.brake.where(records.name, await records.region())}`]
  context.print(await described(records, commands), lines.join('\n'))
}

/** The brakes that are on, that of all mini apps first. */
export function brakes(commands: Commands): { scope: Scope; since: number }[] {
  const { stopped_all, stopped } = commands
  const single = Object.entries(stopped).map(([scope, since]) => ({ scope, since }))
  return [...(stopped_all === undefined ? [] : [{ scope: undefined, since: stopped_all }]), ...single]
}

/** `held_before` null: no record is held. */
export function epochOf(commands: Commands) {
  return { epoch: commands.epoch, held_before: heldBefore(commands) || null }
}

export function named(scope: Scope, { m }: Context): string {
  return scope === undefined ? m.brake.all : m.brake.one(scope)
}

/** Reasons of a brake that was taken off by other means are older than the brake that is on; clocks may differ. */
function reasonsOf({ reasons, ...item }: Commands, scope: Scope) {
  const since = sinceOf(item as Commands, scope) ?? Number.POSITIVE_INFINITY
  return reasons.filter((reason) => reason.scope === scope && reason.at >= since - CLOCKS_DIFFER_S)
}

function reasonLines(commands: Commands, scope: Scope, { m }: Context): string[] {
  return reasonsOf(commands, scope).map(({ at, text }) => `  ${m.brake.reason(when(at), text)}`)
}

/** For --json; null where it could not be read again. */
export async function described(records: RecordsTable, commands: Commands | undefined) {
  const where = { table: records.name, region: await records.region() }
  if (commands === undefined) return { ...where, brakes: null }
  const on = brakes(commands).map(({ scope, since }) => ({
    miniapp_id: scope ?? null,
    since,
    reasons: reasonsOf(commands, scope).map(({ at, text }) => ({ at, text })),
  }))
  return { ...where, brakes: on, ...epochOf(commands) }
}

function assertMiniapp(miniapp: string | undefined, { m }: Context): void {
  if (miniapp === undefined) return
  if (!v.is(MiniappId, miniapp) || UNREADABLE.has(miniapp)) throw new CliError('usage', m.badMiniappId)
}

/** A mini app that has never sent is most likely misspelt, and then nothing was stopped. */
async function isKnown(records: RecordsTable, miniapp: string): Promise<boolean> {
  try {
    return (await dynamoSequences(records.client, records.name).read(miniapp)).last_seq > 0
  } catch {
    return true
  }
}
