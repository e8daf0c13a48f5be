// C1 to C9: checked at each row that is begun, each record, each debit, and at rest.
import { type Campaign, chunksOf, keyOf } from '../../../lib/campaigns/campaign.ts'
import { letterOf, totalsOf, unpackAttempts, unpackLetters } from '../../../lib/campaigns/letters.ts'
import { amountOf, unpack } from '../../../lib/campaigns/pack.ts'
import { CHUNK_ROWS } from '../../../lib/campaigns/params.ts'
import { IS_LIVE } from '../../../lib/campaigns/states.ts'
import { sumOf } from '../../../lib/campaigns/totals.ts'
import { idOf, type Order, type RedpackRecord } from '../../../lib/redpack/record.ts'
import { meaningOf } from '../../../lib/wechatpay/codes.ts'
import { Violation } from '../violation.ts'
import type { CampaignWorld } from './world.ts'

/** What WeChat takes of a merchant in a second. */
const CALLS_PER_S = 30
/** A command that has not ended after this has died. */
const RESUME_MAX_MS = 35_000

type Begun = { id: string; at_ms: number }

export class Invariants {
  readonly #world: CampaignWorld
  readonly #called = new Map<string, { by: 'worker' | 'settle'; at_ms: number; rate_per_s: number }[]>()
  readonly #begun = new Map<string, Begun[]>()
  /** When pause or cancel was answered, and no resume was asked for since. */
  readonly #halted = new Map<string, number>()
  readonly #resuming = new Map<string, { at_ms: number; isOver: boolean }[]>()
  /** Retries that were commanded. */
  readonly #retries = new Map<string, number>()

  constructor(world: CampaignWorld) {
    this.#world = world
  }

  /** Pause or cancel was answered: unless a resume is on its way, which nobody has seen end, no row begins any more. */
  halted(id: string): void {
    const { now_ms } = this.#world.events
    const { state } = this.#world.campaigns.campaign(id) ?? {}
    const isResumed = (this.#resuming.get(id) ?? []).some(
      ({ at_ms, isOver }) => !isOver && now_ms - at_ms < RESUME_MAX_MS,
    )
    if (isResumed || this.#world.resumers_awake_ms > now_ms) return
    if (state === 'paused' || state === 'cancelled') this.#halted.set(id, now_ms)
  }

  /** Before the command goes out: from then on rows may begin. @returns to be called when it has ended */
  resuming(id: string): () => void {
    this.#halted.delete(id)
    const resume = { at_ms: this.#world.events.now_ms, isOver: false }
    this.#resuming.set(id, [...(this.#resuming.get(id) ?? []), resume])
    return () => {
      resume.isOver = true
    }
  }

  retrying(id: string): () => void {
    this.#retries.set(id, (this.#retries.get(id) ?? 0) + 1)
    return this.resuming(id)
  }

  /** A row is about to be begun. */
  begun(key: string, mch_id: string): void {
    const { now_ms } = this.#world.events
    const [, id = '', row, attempt] = key.split('/')
    const campaign = this.#world.campaigns.campaign(id)
    const all = this.#begun.get(mch_id) ?? []
    this.#begun.set(mch_id, all)
    this.#world.count('begun')
    if (Number(attempt) > 1) this.#world.count('begun again')
    const miniapp_id = campaign?.miniapp_id ?? ''
    const isRepeat = this.#world.record(idOf(miniapp_id, key)) !== undefined
    if (this.#halted.has(id) && !isRepeat) {
      this.#broken('C2', `${campaign?.name}: row ${row} is begun, and its pause was answered`)
    }
    for (let n = 1; n < Number(attempt); n += 1) {
      const earlier = this.#world.record(idOf(miniapp_id, keyOf(id, Number(row), n)))
      if (earlier?.outcome !== 'refused')
        this.#broken('C1', `attempt ${attempt} of row ${row}, and attempt ${n} is ${earlier?.outcome}`)
    }
    const others = this.#world.campaigns.campaigns().filter((other) => other.mch_id === mch_id && other.id !== id)
    if (others.some(({ state }) => state === 'running'))
      this.#broken('C4', `${campaign?.name} begins a row while another of ${mch_id} runs`)
    all.push({ id, at_ms: now_ms })
    const lately = all.filter(({ at_ms }) => at_ms > now_ms - 1_000)
    const rates = lately.map((one) => this.#world.campaigns.campaign(one.id)?.rate_per_s ?? 0)
    if (lately.length > Math.max(...rates) + 1)
      this.#broken('C3', `${lately.length} rows of ${mch_id} begin in one second`)
    this.#begun.set(mch_id, lately)
  }

  /** A call to WeChat goes out: the worker's are no more than its share in any second, and all of a merchant's no more than WeChat takes. */
  called(by: 'worker' | 'settle', mch_id: string, rate_per_s: number): void {
    const { now_ms } = this.#world.events
    const lately = (this.#called.get(mch_id) ?? []).filter(({ at_ms }) => at_ms > now_ms - 1_000)
    lately.push({ by, at_ms: now_ms, rate_per_s })
    this.#called.set(mch_id, lately)
    this.#world.count(`called by ${by}`)
    const workers = lately.filter((one) => one.by === 'worker')
    const rate = Math.max(0, ...workers.map((one) => one.rate_per_s))
    if (workers.length > rate) this.#broken('C9', `${workers.length} calls of ${mch_id} by workers in one second`)
    if (lately.length > CALLS_PER_S) this.#broken('C9', `${lately.length} calls of ${mch_id} in one second`)
  }

  /** After a worker's write: what is to be gone on with is due at some time. */
  saved(id: string): void {
    const campaign = this.#world.campaigns.campaign(id)
    if (!campaign || !(IS_LIVE[campaign.state] || campaign.state === 'settling') || campaign.due_at !== undefined)
      return
    this.#broken('C6', `${campaign.name} is ${campaign.state}, and nobody will look at it again`)
  }

  recorded(before: RedpackRecord | undefined, after: RedpackRecord): void {
    const isFinal = before?.outcome === 'sent' || before?.outcome === 'refused'
    if (isFinal && before.outcome !== after.outcome) this.#broken('I6', `${before.outcome} became ${after.outcome}`)
  }

  debited(standing: Order | undefined, order: Order): void {
    if (standing)
      this.#broken('I1', `a second debit for ${order.act_name}: ${standing.mch_billno} and ${order.mch_billno}`)
    const record = this.#world.record(order.id)
    if (record?.outcome === 'refused') this.#broken('I4', `${order.act_name} is refused and debited`)
  }

  /** Nothing is under way. @returns C5 and C6 */
  async atRest(campaign: Campaign): Promise<void> {
    const { campaigns } = this.#world
    const heads = campaigns.heads(campaign.id)
    const store = campaigns.store({ now: () => 0 })
    if (heads.length !== chunksOf(campaign)) this.#broken('C5', `${heads.length} heads`)
    for (const head of heads) {
      const rows = unpack((await store.rows(campaign.id, head.n)) ?? new Uint8Array())
      const attempts = unpackAttempts(head.attempts, rows.length)
      unpackLetters(head.codes).forEach((letter, i) => {
        this.#row(campaign, head.n * CHUNK_ROWS + i + 1, attempts[i] ?? 1, letter)
      })
      const amounts = rows.map((row) => amountOf(campaign.defaults, row))
      const totals = totalsOf(unpackLetters(head.codes), amounts)
      if (JSON.stringify(totals) !== JSON.stringify(head.totals))
        this.#broken('C5', `the totals of head ${head.n} are not those of its letters`)
    }
    const totals = sumOf(heads.map((head) => head.totals))
    if (JSON.stringify(totals) !== JSON.stringify(campaign.totals))
      this.#broken(
        'C5',
        `${campaign.name}: ${JSON.stringify(campaign.totals.rows)} instead of ${JSON.stringify(totals.rows)}`,
      )
    const { waiting, sent, refused, unknown, manual } = campaign.totals.rows
    if (waiting + sent + refused + unknown + manual !== campaign.rows_count)
      this.#broken('C5', 'the five do not add up')
    if (campaign.state === 'done' && (waiting > 0 || unknown > 0))
      this.#broken('C6', `${campaign.name} is done, ${waiting} wait, ${unknown} are unknown`)
  }

  #row(campaign: Campaign, row: number, attempt: number, letter: string): void {
    const recordAt = (n: number) => this.#world.record(idOf(campaign.miniapp_id, keyOf(campaign.id, row, n)))
    const record = recordAt(attempt)
    if (letterOf(record) !== letter)
      this.#broken('C5', `${campaign.name} row ${row} is ${letter}, its record ${record?.outcome} ${record?.status}`)
    if (letter === 'f' && meaningOf(record?.err_code ?? '').blame !== 'row')
      this.#broken('C5', `${campaign.name} row ${row} ends refused for ${record?.err_code}`)
    if (recordAt(attempt + 1))
      this.#broken('C1', `${campaign.name} row ${row} stands at ${attempt}, and has a later attempt`)
    const own = Array.from({ length: attempt - 1 }, (_, i) => recordAt(i + 1)).filter(
      (one) => meaningOf(one?.err_code ?? '').blame === 'row',
    )
    if (own.length > (this.#retries.get(campaign.id) ?? 0))
      this.#broken('C8', `${campaign.name} row ${row} was retried ${own.length} times`)
  }

  #broken(invariant: string, detail: string): void {
    this.#world.fail(new Violation(invariant, detail))
  }
}
