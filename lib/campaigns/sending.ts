// The rows of a campaign, begun in order and at its pace: by a permit, under the worker's lease, each through send().
import { LOOK_AGAIN_MS, PERMIT_MS, ROW_MAX_MS, SECOND_MS, STRAGGLER_MS, WORKER_SAVE_MS } from '../durations.ts'
import { AppError, type ErrorCode, hasCode } from '../errors.ts'
import type { Merchant, Pace } from '../redpack/ports.ts'
import { type Blame, isRequeued, type Letter } from './letters.ts'
import { paramsOf } from './pack.ts'
import type { RowResult } from './ports.ts'
import {
  type Chunk,
  hasPassed,
  hasTime,
  hasWork,
  isLeased,
  isPermitted,
  keyAt,
  Lost,
  mark,
  openChunk,
  requeue,
  rowSpacing,
  save,
  sync,
  type Trouble,
  type Work,
  writeHead,
} from './work.ts'

/** Rows under way at once: WeChat's longest answers at the default pace. */
const FLYING_MAX = 64
/** After so many rows without an answer, one after the other, WeChat is left alone for a while. */
const SILENT_MAX = 20
/** Calls that may wait for their turn before another row begins: those that are repeated come first. */
const WAITING_MAX = 4

/** Chunks in order, one in memory at a time. Ends with nothing under way. @throws Lost */
export async function sendRows(work: Work): Promise<void> {
  await look(work)
  for (let at = 0; at < work.heads.length; at += 1) {
    const { heads, campaign, trouble } = work
    const head = heads[at]
    if (!head || !hasWork(head, campaign)) continue
    if (trouble || campaign.state !== 'running' || !hasTime(work)) break
    const chunk = await openChunk(work, at)
    if (head.pass < campaign.pass) {
      // Written before a row of it is begun: a retry is applied once.
      await sync(work, chunk, true)
      await writeHead(work, chunk)
    }
    // From here on the head is behind, if the worker dies.
    await save(work, { working: head.n })
    await sendChunk(work, chunk)
    // What came of it, only the records know then.
    if (work.trouble) await landed(work).then(() => sync(work, chunk, true))
    if (work.flying.size > 0) work.late.add(at)
    await writeHead(work, chunk)
  }
  await landed(work)
}

/** Rows of a head that was written while they were under way. */
export async function recountLate(work: Work): Promise<void> {
  for (const at of work.late) await recount(work, at, true)
  work.late.clear()
}

/** Reads the open rows of a chunk again. @throws Lost */
export async function recount(work: Work, at: number, consistent: boolean): Promise<void> {
  const chunk = await openChunk(work, at)
  await sync(work, chunk, consistent)
  await writeHead(work, chunk)
  if (hasPassed(WORKER_SAVE_MS, work.saved_ms, work.ports.clock.now())) await save(work)
}

async function landed({ flying }: Work): Promise<void> {
  while (flying.size > 0) await Promise.all(flying)
}

async function sendChunk(work: Work, chunk: Chunk): Promise<void> {
  const { clock } = work.ports
  const waiting = chunk.letters.flatMap((letter, i) => (letter === '.' ? [i] : []))
  while (waiting.length > 0 && !work.trouble) {
    if (hasPassed(LOOK_AGAIN_MS, work.looked_ms, clock.now())) await look(work)
    if (work.trouble || work.campaign.state !== 'running' || !hasTime(work)) break
    if (hasPassed(WORKER_SAVE_MS, work.saved_ms, clock.now())) await saveIfReached(work, chunk)
    if (work.flying.size >= FLYING_MAX) {
      await Promise.race([...work.flying, clock.sleep(LOOK_AGAIN_MS)])
      continue
    }
    if (work.turns.waiting >= WAITING_MAX) {
      await clock.sleep(rowSpacing(work))
      continue
    }
    const now_ms = clock.now()
    if (!isLeased(work, now_ms)) {
      work.trouble = worse(work.trouble, hold('store_unavailable'))
      break
    }
    const look_ms = work.looked_ms + LOOK_AGAIN_MS
    const wake_ms = isPermitted(work, now_ms) ? Math.min(work.next_ms, look_ms) : look_ms
    if (wake_ms > now_ms) {
      await clock.sleep(wake_ms - now_ms)
      continue
    }
    if (now_ms < work.next_ms || !isPermitted(work, now_ms) || !work.merchant) continue
    // A stall is not caught up with.
    work.next_ms = now_ms + rowSpacing(work)
    begin(work, chunk, waiting, work.merchant)
  }
  // A call that hangs must not hold the next chunk up.
  if (work.flying.size > 0) await Promise.race([landed(work), clock.sleep(STRAGGLER_MS)])
}

/** Without an await between the permit and the record's created_at. */
function begin(work: Work, chunk: Chunk, waiting: number[], merchant: Merchant): void {
  const { ports, campaign, flying, remaining_ms } = work
  const i = waiting.shift() ?? 0
  const { version } = chunk.head
  chunk.letters[i] = 'p'
  chunk.begun_ms = ports.clock.now()
  const deadline_ms = chunk.begun_ms + ROW_MAX_MS
  const sending = ports.send({
    miniapp_id: campaign.miniapp_id,
    keyid: campaign.keyid,
    idempotency_key: keyAt(work, chunk, i),
    params: paramsOf(campaign.defaults, chunk.rows[i] ?? {}),
    merchant,
    pace: paceOf(work),
    // A row gets its part of the invocation: its record's lease follows from this.
    remaining_ms: () => Math.min(remaining_ms(), deadline_ms - ports.clock.now()),
  })
  const flight: Promise<void> = sending
    .then(
      (result) => {
        const code = errCodeOf(result)
        judge(work, result, code)
        // Else the head was written without it: the next recount reads the record.
        if (chunk.head.version === version) land(work, chunk, i, result, waiting)
      },
      (error: unknown) => {
        work.trouble = worse(work.trouble, troubleOf(work, error))
      },
    )
    .finally(() => flying.delete(flight))
  flying.add(flight)
}

/** Without the lease there is no turn: another worker may have the merchant's calls by then. */
function paceOf(work: Work): Pace {
  const { turns, ports } = work
  return {
    turn: (_, isWorth) => turns.turn(() => isWorth() && isLeased(work, ports.clock.now())),
    waiting: () => turns.waiting,
    tooFast: () => turns.tooFast(),
  }
}

const LETTER_OF = { sent: 's', refused: 'f', unknown: 'p' } as const satisfies Record<
  RowResult['body']['outcome'],
  Letter
>

function land(work: Work, chunk: Chunk, i: number, result: RowResult, waiting: number[]): void {
  const letter = LETTER_OF[result.body.outcome]
  const err_code = errCodeOf(result) ?? ''
  const blame = work.ports.blame(err_code)
  const again = isRequeued(letter, blame, chunk.attempts[i] ?? 1)
  if (again) requeue(chunk, i)
  else mark(chunk, i, letter, err_code)
  if (again && blame === 'pace') waiting.push(i)
}

/** What WeChat said, if it said anything. */
function errCodeOf({ body, processing }: RowResult): string | undefined {
  return processing ? undefined : body.err_code
}

/** What a row's answer means for those after it. */
function judge(work: Work, { body, processing }: RowResult, err_code: string | undefined): void {
  const blame = err_code === undefined ? undefined : work.ports.blame(err_code)
  work.silent = processing ? work.silent + 1 : 0
  if (blame === 'merchant' || blame === 'credentials') {
    work.trouble = worse(work.trouble, {
      kind: 'stop',
      code: err_code ?? '',
      detail: adviceOf(blame, body.err_code_des),
    })
  } else if (work.silent >= SILENT_MAX) {
    work.trouble = worse(work.trouble, { kind: 'hold', code: 'wechat_silent', detail: '' })
  }
}

function adviceOf(blame: Blame, said = ''): string {
  const todo =
    blame === 'credentials'
      ? '请核对该商户的证书与 API 密钥，更新后继续（resume）'
      : '请在微信支付商户平台处理（例如充值、提高额度、开通权限）后继续（resume）'
  return `微信：${said}。${todo}；此行与后面的行都没有付款，继续后照常发送`
}

/** A stop outlasts a hold; the first of a kind stays. */
function worse(seen: Trouble | undefined, next: Trouble | undefined): Trouble | undefined {
  if (!seen || !next) return seen ?? next
  return seen.kind === 'hold' && next.kind === 'stop' ? next : seen
}

/** The merchant's: somebody has to change something. */
const STOPS: ReadonlySet<ErrorCode> = new Set(['certificate_missing', 'certificate_unusable', 'merchant_changed'])
/** Another is at work on the row, or its record is there and says nothing now: it counts as unknown, and is read again. */
const OF_THE_ROW: ReadonlySet<ErrorCode> = new Set(['in_progress', 'key_reused', 'record_unreadable'])

function troubleOf({ ports, campaign }: Work, error: unknown): Trouble | undefined {
  if (!(error instanceof AppError)) {
    ports.report({ event: 'campaign_bug', id: campaign.id, error })
    return { kind: 'hold', code: 'internal', detail: '' }
  }
  const { code, message } = error
  if (OF_THE_ROW.has(code)) return undefined
  return { kind: STOPS.has(code) ? 'stop' : 'hold', code, detail: message }
}

/** Reads the campaign, which permits rows for a while; also what operators command, and who pays. @throws Lost */
async function look(work: Work): Promise<void> {
  const { ports, worker } = work
  // Before the read: the permit counts from here.
  const looked_ms = ports.clock.now()
  // The clock was set back: the next row's time lies on the one before.
  if (looked_ms < work.looked_ms) work.next_ms = looked_ms
  work.looked_ms = looked_ms
  const seen = await ports.store.get(work.campaign.id).catch(ifUnavailable)
  if (!seen) return
  if (seen.worker !== worker) throw new Lost('the lease')
  work.campaign = seen
  work.permit_until_ms = looked_ms + PERMIT_MS
  await admit(work)
}

/** The brake, the epoch, and the merchant, who stays the one of the start. */
export async function admit(work: Work): Promise<void> {
  const { ports, campaign } = work
  try {
    const control = await ports.controls.read()
    if (control.isStopped(campaign.miniapp_id)) work.trouble = worse(work.trouble, hold('stopped'))
    // What was begun after the restore point, the table has forgotten.
    if (campaign.created_ms < control.held_before * 1000) work.trouble = worse(work.trouble, hold('restored'))
    work.merchant = await ports.merchants.load(campaign.miniapp_id, campaign.defaults.gateway_type)
    if (work.merchant.mch_id !== campaign.mch_id) {
      const detail = `活动由商户号 ${campaign.mch_id} 付款，现配置的商户号是 ${work.merchant.mch_id}；请恢复原商户的证书后继续（resume），或取消活动`
      work.trouble = worse(work.trouble, { kind: 'stop', code: 'merchant_changed', detail })
    }
  } catch (error) {
    work.trouble = worse(work.trouble, troubleOf(work, error))
  }
}

function hold(code: string): Trouble {
  return { kind: 'hold', code, detail: '' }
}

/** The counts can wait; what cannot is the lease, which isLeased() looks at. @throws Lost */
async function saveIfReached(work: Work, chunk: Chunk): Promise<void> {
  try {
    await save(work, {}, chunk)
  } catch (error) {
    ifUnavailable(error)
    // Not at every row while the store is away.
    work.saved_ms = work.ports.clock.now() - WORKER_SAVE_MS + SECOND_MS
  }
}

function ifUnavailable(error: unknown): undefined {
  if (!hasCode(error, 'store_unavailable')) throw error
}
