// One letter a row says what became of it: read off the record, counted, packed. Pure.
import {
  DAY_S,
  HOUR_S,
  MINUTE_S,
  RECOUNT_S,
  RECOUNT_STEP_S,
  UNKNOWN_RECOUNT_MAX_S,
  UNKNOWN_RECOUNT_MIN_S,
} from '../durations.ts'
import type { Outcome, Status } from '../redpack/record.ts'
import type { Counted } from './counted.ts'
import { noSums, type Totals } from './totals.ts'

/**
 * `.` not begun, `p` pending or unknown, `s` sent and its packet open, `c` collected, `b` paid back, `e` sent and closed
 * otherwise, `f` refused, `m` manual.
 */
export type Letter = '.' | 'p' | 's' | 'c' | 'b' | 'e' | 'f' | 'm'

/** Whose fault a refusal is (lib/wechatpay/codes.ts). */
export type Blame = 'row' | 'merchant' | 'credentials' | 'pace'

type Meaning = {
  /** The first is one of those that add up to the whole. */
  readonly counted: readonly Counted[]
  /** Settle or the callers may still change it. */
  readonly open: boolean
}
export const LETTERS = {
  '.': { counted: ['waiting'], open: false },
  p: { counted: ['unknown'], open: true },
  s: { counted: ['sent'], open: true },
  c: { counted: ['sent', 'received'], open: false },
  b: { counted: ['sent', 'refunded'], open: false },
  e: { counted: ['sent'], open: false },
  f: { counted: ['refused'], open: false },
  m: { counted: ['manual'], open: false },
} as const satisfies Record<Letter, Meaning>

/** What a letter is read off. */
export type Seen = {
  readonly outcome: Outcome
  readonly status?: Status | undefined
  /** What settle still has to do; a packet that settle has given up is closed. */
  readonly open?: string | undefined
}

export function letterOf(record: Seen | undefined): Letter {
  if (!record) return '.'
  switch (record.outcome) {
    case 'pending':
    case 'unknown':
      return 'p'
    case 'refused':
      return 'f'
    case 'manual':
      return 'm'
    case 'sent':
      if (record.status === 'RECEIVED') return 'c'
      if (record.status === 'REFUND') return 'b'
      return record.open === undefined ? 'e' : 's'
  }
}

/** Two base-36 digits a row. */
const DIGITS = 2
export const ATTEMPTS_MAX = 36 * 36 - 1

/** True if a row that was refused waits for its next attempt: the refusal was the merchant's or the pace's. */
export function isRequeued(letter: Letter, blame: Blame, attempt: number): boolean {
  return letter === 'f' && blame !== 'row' && attempt < ATTEMPTS_MAX
}

/** True if a letter may be counted as `counted`. */
export function isCounted(letter: Letter, counted: Counted): boolean {
  return (LETTERS[letter].counted as readonly Counted[]).includes(counted)
}

export function totalsOf(letters: readonly Letter[], amounts: readonly number[]): Totals {
  const totals = { rows: noSums(), fen: noSums() }
  letters.forEach((letter, i) => {
    for (const counted of LETTERS[letter].counted) {
      totals.rows[counted] += 1
      totals.fen[counted] += amounts[i] ?? 0
    }
  })
  return totals
}

export function packLetters(letters: readonly Letter[]): string {
  return letters.join('')
}

export function unpackLetters(codes: string): Letter[] {
  return codes.split('') as Letter[]
}

/** @returns undefined while all are 1 */
export function packAttempts(attempts: readonly number[]): string | undefined {
  if (attempts.every((attempt) => attempt === 1)) return undefined
  return attempts.map((attempt) => attempt.toString(36).padStart(DIGITS, '0')).join('')
}

export function unpackAttempts(packed: string | undefined, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const digits = packed?.slice(i * DIGITS, (i + 1) * DIGITS)
    return digits ? Number.parseInt(digits, 36) : 1
  })
}

const OPEN = Object.entries(LETTERS).flatMap(([letter, { open }]) => (open ? [letter] : []))

/** True if a chunk has a letter that may still change. */
export function hasOpen(codes: string): boolean {
  return OPEN.some((letter) => codes.includes(letter))
}

/** True if settle may have looked at the packets of a chunk whose last row was begun then. Before, only unknown rows change. */
export function arePacketsSeen(begun_ms: number, now_ms: number): boolean {
  return now_ms >= begun_ms + HOUR_S * 1000
}

/** When the open rows of a chunk are worth a read again, in Unix ms: after settle has looked at them. Never, if none is open. */
export function recountDue(codes: string, begun_ms: number, now_ms: number): number | undefined {
  const dues = [
    ...(codes.includes('p') ? [rounded(unknownDue(begun_ms, now_ms), MINUTE_S)] : []),
    ...(codes.includes('s') ? [rounded(packetDue(begun_ms, now_ms), RECOUNT_STEP_S)] : []),
  ]
  return dues.length === 0 ? undefined : Math.min(...dues)
}

/** @returns the next whole step */
function rounded(due_ms: number, step_s: number): number {
  return Math.ceil(due_ms / (step_s * 1000)) * step_s * 1000
}

function unknownDue(begun_ms: number, now_ms: number): number {
  const quarter_ms = (now_ms - begun_ms) / 4
  return now_ms + Math.min(UNKNOWN_RECOUNT_MAX_S * 1000, Math.max(UNKNOWN_RECOUNT_MIN_S * 1000, quarter_ms))
}

function packetDue(begun_ms: number, now_ms: number): number {
  const after_s = RECOUNT_S.find((one_s) => begun_ms + one_s * 1000 > now_ms)
  return after_s === undefined ? now_ms + DAY_S * 1000 : begun_ms + after_s * 1000
}
