// The state of the command, and the sums of today and of the last days: those of `redpack report`, to the fen.

import type { Context } from '../context.ts'
import { beijingDay, DAY_S, daysOf } from '../days.ts'
import { explain } from '../explain.ts'
import { type Group, groupsOf, type Sum, type Told, totalOf } from '../report/sums.ts'
import { when } from '../when.ts'
import type { Desk } from './desk.ts'

const DAYS = 30

export type Sums = Readonly<Record<Told, Sum>>
export type Day = { readonly day: string; readonly sums: Sums }

export type State = {
  readonly endpoint: string
  readonly keyid: string
  /** The profile in effect, as it is told. */
  readonly profile: { readonly label: string; readonly is_test: boolean } | null
  readonly may_act: boolean
  /** The brake can be put on from here. */
  readonly may_brake: boolean
  readonly is_offline: boolean
  /** When the mirror was last brought up to date; null: never to the end. */
  readonly as_of: string | null
  /** Grows with each update. */
  readonly revision: number
  readonly records: number
  readonly filling: { readonly is_running: boolean; readonly done: number; readonly total: number }
  readonly error: string | null
  readonly stopped_since: string | null
}

export function stateOf(desk: Desk, context: Context): State {
  const { store, filler, service, may_act, table, endpoint, keyid } = desk
  const { is_running, done, total, error, stopped_since } = filler.state()
  const as_of = store.asOf()
  const { m, profile } = context
  return {
    ...{ endpoint, keyid, may_act, may_brake: may_act && table !== undefined, is_offline: service === undefined },
    profile: profile
      ? { label: profile.is_test ? m.profile.testName(profile.name) : profile.name, is_test: profile.is_test }
      : null,
    as_of: as_of === 0 ? null : when(as_of),
    revision: as_of,
    records: store.count(),
    filling: { is_running, done, total },
    error: error === undefined ? null : explain(error, context).message,
    stopped_since: stopped_since === undefined ? null : when(stopped_since),
  }
}

export type Overview = {
  readonly today: Sums
  readonly days: readonly Day[]
  readonly total: Sums
  /** Group packets that came back: the records do not say how much of them. */
  readonly partly: Sum
  readonly reasons: readonly (Sum & { readonly err_code: string })[]
  /** Whose outcome is open, of any day: by outcome. */
  readonly undecided: { readonly pending: number; readonly unknown: number; readonly manual: number }
}

export function overviewOf({ store, now_s }: Desk): Overview {
  const span = lastDays(now_s())
  const byDay = new Map(groupsOf(store, 'day', span).map((group) => [group.name, group]))
  const total = totalOf(store, span)
  const days = daysOf(span).map((day) => ({ day, sums: byDay.get(day)?.sums ?? none(total) }))
  const count = (outcome: 'pending' | 'unknown' | 'manual') => store.count({ outcome })
  return {
    today: days.at(-1)?.sums ?? none(total),
    days,
    total: total.sums,
    partly: total.partly,
    reasons: total.reasons,
    undecided: { pending: count('pending'), unknown: count('unknown'), manual: count('manual') },
  }
}

/** The last 30 days in Beijing, today whole among them. */
function lastDays(now_s: number) {
  const to_s = Date.parse(`${beijingDay(now_s)}T00:00:00+08:00`) / 1000 + DAY_S
  return { from_s: to_s - DAYS * DAY_S, to_s }
}

function none({ sums }: Group): Sums {
  return Object.fromEntries(Object.keys(sums).map((name) => [name, { count: 0, fen: 0 }])) as Record<Told, Sum>
}
