// One slice's work in memory: the heads of all chunks, packed, and the one chunk that is in work, unpacked.
import { CLOCK_SKEW_MS, PERMIT_MS, ROW_MAX_MS, SECOND_MS, SLICE_RESERVE_MS, WORKER_LEASE_MS } from '../durations.ts'
import { shareOfCampaign, type Turns } from '../redpack/pace.ts'
import type { Merchant } from '../redpack/ports.ts'
import { type Campaign, type Head, keyOf, type StoredRow } from './campaign.ts'
import {
  ATTEMPTS_MAX,
  arePacketsSeen,
  isRequeued,
  type Letter,
  letterOf,
  packAttempts,
  packLetters,
  recountDue,
  totalsOf,
  unpackAttempts,
  unpackLetters,
} from './letters.ts'
import { amountOf, unpack } from './pack.ts'
import { CHUNK_ROWS } from './params.ts'
import type { CampaignPorts, WorkerChanges } from './ports.ts'
import { reasonsOf, sumOf } from './totals.ts'

/** Another worker holds the lease, or has written what this one was about to write. */
export class Lost extends Error {
  override readonly name = 'Lost'
}

/** `stop`: the merchant's fault, until somebody resumes. `hold`: nobody's, and it goes on by itself. */
export type Trouble = { readonly kind: 'stop' | 'hold'; readonly code: string; readonly detail: string }

export type Work = {
  readonly ports: CampaignPorts
  readonly worker: string
  /** What is left of the invocation, in ms. */
  readonly remaining_ms: () => number
  /** As last read. */
  campaign: Campaign
  readonly heads: Head[]
  merchant: Merchant | undefined
  trouble: Trouble | undefined
  lease_until_ms: number
  saved_ms: number
  /** When the last read was issued, and until when rows may begin by it. */
  looked_ms: number
  permit_until_ms: number
  /** No row begins before. */
  next_ms: number
  /** From then on settle has seen that a campaign is at work, and takes less. */
  seen_ms: number
  /** Of all calls to WeChat: rows begin no faster, and repeated calls are among them. */
  readonly turns: Turns
  /** Rows without an answer, one after the other. */
  silent: number
  readonly flying: Set<Promise<void>>
  /** Chunks whose heads were written while rows of them were under way. */
  readonly late: Set<number>
}

export type Chunk = {
  readonly at: number
  head: Head
  readonly rows: readonly StoredRow[]
  readonly amounts: readonly number[]
  readonly letters: Letter[]
  readonly attempts: number[]
  readonly reasons: Map<string, [number, number]>
  begun_ms: number | undefined
}

export function hasTime({ remaining_ms }: Work): boolean {
  return remaining_ms() >= SLICE_RESERVE_MS + ROW_MAX_MS
}

/** True if a row may begin now by a read that is fresh enough: none is, on a clock that was set back since. */
export function isPermitted({ looked_ms, permit_until_ms }: Work, now_ms: number): boolean {
  return now_ms >= looked_ms && now_ms < permit_until_ms
}

/** True if so much time has passed since then, or nobody knows how much, because the clock was set back. */
export function hasPassed(duration_ms: number, since_ms: number, now_ms: number): boolean {
  return now_ms < since_ms || now_ms - since_ms >= duration_ms
}

/** False if the lease could not be renewed for so long that another worker may take it soon. */
export function isLeased({ lease_until_ms }: Work, now_ms: number): boolean {
  return now_ms < lease_until_ms - CLOCK_SKEW_MS - PERMIT_MS
}

/** True if a chunk has rows to begin: they wait, or a retry gives them a new attempt. */
export function hasWork(head: Head, campaign: Campaign): boolean {
  return head.totals.rows.waiting > 0 || retriesOf(head, campaign).some((code) => isAmong(code, head.reasons))
}

/** Calls a second that the worker may make now. */
export function shareOf({ campaign, seen_ms, ports }: Work): number {
  return shareOfCampaign(campaign.rate_per_s, ports.clock.now() >= seen_ms)
}

/** From one row to the next, in ms. */
export function rowSpacing(work: Work): number {
  return SECOND_MS / shareOf(work)
}

/** What the chunk has still to retry: of each retry the err_code, or undefined for all. */
function retriesOf(head: Head, { retries, pass }: Campaign): (string | undefined)[] {
  return retries.filter((one) => one.pass > head.pass && one.pass <= pass).map(({ err_code }) => err_code)
}

function isAmong(code: string | undefined, reasons: Head['reasons']): boolean {
  return code === undefined ? Object.keys(reasons).length > 0 : Object.hasOwn(reasons, code)
}

/** Reads and unpacks the rows of the chunk at a place in the list of heads. */
export async function openChunk({ ports, campaign, heads }: Work, at: number): Promise<Chunk> {
  const head = heads[at]
  const packed = head && (await ports.store.rows(campaign.id, head.n))
  if (!packed) throw new Error(`campaign ${campaign.id} has no rows of chunk ${head?.n}`)
  const rows = unpack(packed)
  return {
    at,
    head,
    rows,
    amounts: rows.map((row) => amountOf(campaign.defaults, row)),
    letters: unpackLetters(head.codes),
    attempts: unpackAttempts(head.attempts, head.codes.length),
    reasons: new Map(Object.entries(head.reasons)),
    begun_ms: head.begun_ms,
  }
}

export function keyAt({ campaign }: Work, { head, attempts }: Chunk, i: number): string {
  return keyOf(campaign.id, head.n * CHUNK_ROWS + i + 1, attempts[i] ?? 1)
}

/** A new letter, and what it changes in the reasons. `err_code`: of the refusal that begins, or of the one that a retry ends. */
export function mark(chunk: Chunk, i: number, letter: Letter, err_code = ''): void {
  const before = chunk.letters[i]
  const by = Number(letter === 'f') - Number(before === 'f')
  if (by !== 0) count(chunk, err_code, by, chunk.amounts[i] ?? 0)
  chunk.letters[i] = letter
}

function count({ reasons }: Chunk, err_code: string, by: number, amount: number): void {
  const [rows, fen] = reasons.get(err_code) ?? [0, 0]
  if (rows + by > 0) reasons.set(err_code, [rows + by, fen + by * amount])
  else reasons.delete(err_code)
}

/** The row waits for its next attempt. `err_code`: of the refusal that it had until now. */
export function requeue(chunk: Chunk, i: number, err_code?: string): void {
  mark(chunk, i, '.', err_code)
  chunk.attempts[i] = (chunk.attempts[i] ?? 1) + 1
}

/**
 * Brings the letters up to the records, and applies retries that the chunk is behind with. A refusal that is not the row's own
 * ends no row. `consistent`: also what was begun a moment ago; else a record that is not there proves nothing.
 */
export async function sync(work: Work, chunk: Chunk, consistent: boolean): Promise<void> {
  const { ports, campaign } = work
  const { letters, attempts } = chunk
  const retries = retriesOf(chunk.head, campaign)
  const areSeen = arePacketsSeen(chunk.begun_ms ?? 0, ports.clock.now())
  const isAsked = (letter: Letter) =>
    letter === 'p' ||
    (letter === 's' && (consistent || areSeen)) ||
    (letter === '.' && consistent) ||
    (letter === 'f' && retries.length > 0)
  let asked = letters.flatMap((letter, i) => (isAsked(letter) ? [i] : []))
  while (asked.length > 0) {
    const keys = new Map(asked.map((i) => [i, keyAt(work, chunk, i)]))
    const records = await ports.store.records(campaign.miniapp_id, [...keys.values()], consistent)
    asked = asked.filter((i) => {
      const record = records.get(keys.get(i) ?? '')
      if (!record && !consistent) return false
      const [before, letter, attempt] = [letters[i], letterOf(record), attempts[i] ?? 1]
      const err_code = record?.err_code ?? ''
      // Rows that were unknown when the retry was commanded get nothing.
      const isRetried =
        before === 'f' && attempt < ATTEMPTS_MAX && retries.some((code) => (code ?? err_code) === err_code)
      const again = isRetried || isRequeued(letter, ports.blame(err_code), attempt)
      if (again) requeue(chunk, i, err_code)
      else mark(chunk, i, letter, err_code)
      // The next attempt may have a record too.
      return again
    })
  }
  // Begun by a worker that died: when, nobody has written down.
  if (consistent) chunk.begun_ms ??= ports.clock.now()
  chunk.head = { ...chunk.head, pass: campaign.pass }
}

/** Letters, attempts, reasons and totals in one write, on the version that was read. @throws Lost */
export async function writeHead(work: Work, chunk: Chunk): Promise<void> {
  const { ports, campaign, heads } = work
  const { head, letters, begun_ms } = chunk
  const codes = packLetters(letters)
  const next: Head = {
    n: head.n,
    version: head.version + 1,
    pass: head.pass,
    codes,
    attempts: packAttempts(chunk.attempts),
    totals: totalsOf(letters, chunk.amounts),
    reasons: Object.fromEntries(chunk.reasons),
    begun_ms,
    due_ms: recountDue(codes, begun_ms ?? ports.clock.now(), ports.clock.now()),
  }
  if (!(await ports.store.saveHead(campaign.id, head.version, next))) throw new Lost(`head ${head.n}`)
  heads[chunk.at] = next
  chunk.head = next
}

/** What the totals of the campaign are by now: sums over the heads, never increments. `chunk`: its letters are newer than its head. */
export function counted({ heads }: Work, chunk?: Chunk): Pick<WorkerChanges, 'totals' | 'reasons'> {
  const newer = chunk && { totals: totalsOf(chunk.letters, chunk.amounts), reasons: Object.fromEntries(chunk.reasons) }
  const all = heads.map((head, at) => (newer && at === chunk.at ? newer : head))
  return { totals: sumOf(all.map(({ totals }) => totals)), reasons: reasonsOf(all.map(({ reasons }) => reasons)) }
}

/** Writes the counts and renews the lease. @throws Lost */
export async function save(work: Work, changes: WorkerChanges = {}, chunk?: Chunk): Promise<void> {
  const { ports, campaign, worker } = work
  const now_ms = ports.clock.now()
  const lease_until_ms = now_ms + WORKER_LEASE_MS
  const written = await ports.store.save(campaign.id, worker, { ...counted(work, chunk), lease_until_ms, ...changes })
  if (!written) throw new Lost('the lease')
  work.saved_ms = now_ms
  work.lease_until_ms = lease_until_ms
}
