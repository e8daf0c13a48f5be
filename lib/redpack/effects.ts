// What a write entails, read off the state before and the state after, so that no rule can forget it.
import type { State } from './record.ts'
import { IS_FINAL, MONEY } from './rules.ts'

/** Something that must not be: people have to look. docs/operations.md has a row for each. */
export const ALARMS = [
  /** The outcome is still unknown after 30 days, and WeChat can no longer be asked. */
  'outcome_manual',
  /** The record says refused, and WeChat says that the money moved. */
  'paid_after_refusal',
  /** The record says sent, and WeChat says that the packet failed. */
  'failed_after_sent',
  /** A reply was about another number, merchant, receiver or amount. */
  'foreign_reply',
  /** A reply had a refusal without WeChat's envelope around it. */
  'malformed_reply',
  /** The merchant's certificate is missing, unusable or another merchant's: its records wait. */
  'merchant_unusable',
  /** An item of the table is no record that this version can read. */
  'record_unreadable',
  /** A bug met one record; the others went on. */
  'look_failed',
] as const
export type Alarm = (typeof ALARMS)[number]

export type Effects = {
  report_outcome: boolean
  alarm: Alarm | undefined
  /** Of the reservation against the daily limit. */
  reservation: 'release' | 'confirm' | undefined
  /** Of the list of sends without a result, for merchants without a daily limit. */
  open_list: 'add' | 'remove' | undefined
}

export function effectsOf(before: State, after: State): Effects {
  const isNew = after.outcome !== before.outcome
  return {
    report_outcome: isNew,
    alarm: isNew ? alarmOfOutcome(after) : alarmOfStatus(before, after),
    reservation: isNew ? reservationOf(after) : undefined,
    open_list: isNew && after.limit_day === undefined ? openListOf(before, after) : undefined,
  }
}

/** How the reservation of a send is closed, as soon as its outcome is final. Closing it again changes nothing. */
export function reservationOf({ outcome, limit_day }: State): Effects['reservation'] {
  if (limit_day === undefined || !IS_FINAL[outcome]) return undefined
  return outcome === 'refused' ? 'release' : 'confirm'
}

function alarmOfOutcome({ outcome }: State): Alarm | undefined {
  return outcome === 'manual' ? 'outcome_manual' : undefined
}

function alarmOfStatus(before: State, { outcome, status }: State): Alarm | undefined {
  if (!status || status === before.status) return undefined
  if (outcome === 'refused' && MONEY[status] === 'moved') return 'paid_after_refusal'
  return outcome === 'sent' && MONEY[status] === 'not_moved' ? 'failed_after_sent' : undefined
}

function openListOf(before: State, after: State): Effects['open_list'] {
  if (after.outcome === 'unknown') return 'add'
  return before.outcome === 'unknown' ? 'remove' : undefined
}
