// One packet's story: what happened when and who said so, what it means, and what an operator can do now.
import type { RedPackStatus } from '../../client/src/index.ts'
import { adviceOn } from '../campaign/summary.ts'
import type { Context } from '../context.ts'
import { beijingDay } from '../days.ts'
import { explain } from '../explain.ts'
import { tell } from '../find/sentence.ts'
import { type Kind, kindOf } from '../mirror/kinds.ts'
import { isOpen, type Kept } from '../mirror/store.ts'
import { printable } from '../printable.ts'
import { toService } from '../shell.ts'
import { wallClock } from '../when.ts'
import { type Desk, Problem } from './desk.ts'

export type Event = {
  /** Beijing's wall clock; null if nobody knows. */
  readonly at: string | null
  readonly by: 'caller' | 'service' | 'wechat' | 'receiver'
  readonly text: string
  readonly detail: string | null
}

export type Story = {
  readonly id: string
  readonly kind: Kind
  readonly outcome: Kept['outcome']
  readonly sentence: string
  /** The name of a campaign's file, if this machine has it. */
  readonly receiver: { readonly name: string | null; readonly openid: string }
  readonly yuan: string
  readonly events: readonly Event[]
  readonly advice: readonly { readonly text: string; readonly command: string | null }[]
  /** WeChat may still change it, so that it can be asked. */
  readonly is_open: boolean
  /** What the packet is known by, and what was sent: the names are the API's. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** WeChat's last words as they came: to the send, and to the last question. */
  readonly raw_result: string | null
  readonly answer: readonly (readonly [name: string, value: string])[]
  /** Why the service could not be asked; the story is then the mirror's. */
  readonly not_asked: string | null
}

/** Of its record as the service has it now, or as the mirror has it if the service cannot be asked. @throws Problem */
export async function storyOf(id: string, desk: Desk, context: Context): Promise<Story> {
  const { store, service } = desk
  const kept = keptOf(id, desk, context)
  if (!service) return told(kept, null, store.answer(id), desk, context, null)
  try {
    const { record, raw_result } = await readAgain(id, desk, service)
    return told(record, raw_result, store.answer(id), desk, context, null)
  } catch (error) {
    return told(kept, null, store.answer(id), desk, context, explain(error, context).message)
  }
}

/** Has the service ask WeChat about the packet. @throws Problem, and what the client throws */
export async function askStatus(id: string, desk: Desk, context: Context): Promise<Story & { said: string }> {
  const { store, service } = desk
  const { m } = context
  const kept = keptOf(id, desk, context)
  if (!service) throw new Problem(409, 'offline', m.console.offline)
  const answer = isOpen(kept) ? (await service.getRedPackStatus({ id })).data : undefined
  if (answer?.status) store.putAnswer(id, answer)
  const { record, raw_result } = await readAgain(id, desk, service)
  const story = told(record, raw_result, answer ?? store.answer(id), desk, context, null)
  if (!answer) return { ...story, said: m.console.atRest }
  // A question that WeChat refuses has a code in the place of a status.
  const word = String(answer.status || answer.err_code || answer.return_code)
  return { ...story, said: m.console.asked(word, m.statuses[word] ?? String(answer.err_code_des ?? '')) }
}

async function readAgain(id: string, { store, filler }: Desk, service: NonNullable<Desk['service']>) {
  const { data, stopped_since } = await service.getSentRedPack(id)
  filler.hear(stopped_since)
  const { raw_result, ...record } = data
  store.put([{ record: data, position: store.position(id) }])
  return { record, raw_result }
}

function keptOf(id: string, { store }: Desk, { m }: Context): Kept {
  const [record] = store.select({ id }, 1)
  if (!record) throw new Problem(404, 'not_found', m.problems.not_found)
  return record
}

function told(
  record: Kept,
  raw_result: string | null,
  answer: RedPackStatus | undefined,
  { store }: Desk,
  context: Context,
  not_asked: string | null,
): Story {
  const name = store.nameOf(record.idempotency_key)
  return {
    id: record.id,
    kind: kindOf(record),
    outcome: record.outcome,
    sentence: tell({ record, answer }, context),
    receiver: { name: name === undefined ? null : printable(name), openid: printable(record.re_openid) },
    yuan: record.total_amount.toFixed(2),
    events: eventsOf(record, answer, context),
    advice: adviceOf(record, context),
    is_open: isOpen(record),
    fields: fieldsOf(record, name),
    raw_result: raw_result === null ? null : seenLines(raw_result),
    answer: answerOf(answer),
    not_asked,
  }
}

/** A call has ended by then. A record that changes later has been asked about since, and has lost when WeChat refused. */
const CALL_S = 60

function eventsOf(record: Kept, answer: RedPackStatus | undefined, { m }: Context): Event[] {
  const { events } = m.console
  const { outcome, status, result, created_at, updated_at, keyid, mch_billno } = record
  const at = wallClock(created_at)
  const updated = wallClock(updated_at)
  const claim: Event[] = [
    { at, by: 'caller', text: events.asked(keyid ?? '–'), detail: record.idempotency_key },
    { at, by: 'service', text: events.claimed, detail: mch_billno },
  ]
  const words = [result?.err_code, result?.err_code_des].filter(Boolean).map((text) => printable(String(text)))
  const sent = timeOf(answer?.send_time)
  const call: Event[] =
    outcome === 'sent'
      ? [{ at: sent ?? null, by: 'wechat', text: events.took, detail: result?.send_listid ?? null }]
      : outcome === 'refused'
        ? [
            {
              at: updated_at - created_at <= CALL_S ? updated : null,
              by: 'wechat',
              text: events.refused,
              detail: words.join(' ') || null,
            },
          ]
        : [{ at: null, by: 'wechat', text: events.noResult, detail: words.join(' ') || null }]
  const receipts = (Array.isArray(answer?.hblist) ? answer.hblist : []).map(
    ({ rcv_time, amount, openid }): Event => ({
      at: timeOf(rcv_time) ?? null,
      by: 'receiver',
      text: events.opened(yuanOf(amount)),
      detail: openid ? printable(openid) : null,
    }),
  )
  const refunded = timeOf(answer?.refund_time)
  const back: Event[] = refunded
    ? [{ at: refunded, by: 'wechat', text: events.refunded(yuanOf(answer?.refund_amount)), detail: null }]
    : []
  const state: Event = {
    at: updated,
    by: 'service',
    text: events.recorded,
    detail: [m.outcomes[outcome] ?? outcome, status && `${status}: ${m.statuses[status] ?? status}`]
      .filter(Boolean)
      .join(', '),
  }
  return [...claim, ...call, ...receipts.sort(byTime), ...back, state]
}

function byTime(a: Event, b: Event): number {
  return (a.at ?? '') < (b.at ?? '') ? -1 : 1
}

/** What can be done now. Never another key while the packet may still be paid. */
function adviceOf(record: Kept, context: Context): Story['advice'] {
  const { m } = context
  const { advice } = m.console
  const { outcome, result, created_at, id } = record
  const command = (...words: string[]) => toService(words, context)
  const day = beijingDay(created_at)
  const only = (text: string, run: string | null = null) => [{ text, command: run }]
  if (outcome === 'pending') return only(advice.pending, command('find', id))
  if (outcome === 'unknown') {
    return [...only(advice.unknown, command('find', id)), ...only(advice.sameKey)]
  }
  if (outcome === 'manual')
    return [...only(advice.manual, command('reconcile', '--from', day, '--to', day)), ...only(advice.noNewKey)]
  if (outcome === 'refused') {
    const code = result?.err_code ?? ''
    const row = rowOf(record.idempotency_key)
    const first = row === undefined ? only(advice.refused) : only(advice.refusedRow, command('find', row))
    const why = row === undefined ? m.reasonsAlone[code] : adviceOn(code, '', context)
    return [...first, ...(code && why ? only(m.console.because(code, why)) : [])]
  }
  return only(advice[kindOf(record) as 'waiting' | 'received' | 'refunding' | 'refunded' | 'failed'])
}

/** The campaign and its row, as `find` takes it: the row may have other attempts, and one of them may be paid. */
function rowOf(idempotency_key: string | null): string | undefined {
  return /^campaign\/([0-9a-f]{24}\/\d+)\/\d+$/.exec(idempotency_key ?? '')?.[1]
}

const SHOWN = [
  ...[
    'name',
    'id',
    'mch_billno',
    'send_listid',
    'idempotency_key',
    'keyid',
    'miniapp_id',
    're_openid',
    'type',
    'total_amount',
  ],
  ...['total_num', 'send_name', 'act_name', 'wishing', 'remark', 'scene_id', 'official_account_id', 'gateway_type'],
]

function fieldsOf(record: Kept, name: string | undefined): Story['fields'] {
  const all: Record<string, unknown> = {
    ...record.result,
    ...record,
    name,
    total_amount: record.total_amount.toFixed(2),
  }
  return SHOWN.flatMap((name) => {
    const value = all[name]
    return value === null || value === undefined || value === '' ? [] : [[name, printable(String(value))] as const]
  })
}

function answerOf(answer: RedPackStatus | undefined): Story['answer'] {
  return Object.entries(answer ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[printable(name), printable(value)] as const] : [],
  )
}

/** WeChat's times are Beijing's: 2026-11-25 11:26:07. */
function timeOf(text: unknown): string | undefined {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d/.test(text) ? text.slice(0, 19) : undefined
}

/** WeChat gives fen. */
function yuanOf(fen: unknown): string {
  return /^\d{1,9}$/.test(String(fen)) ? (Number(fen) / 100).toFixed(2) : '–'
}

/** WeChat's XML, line by line. */
function seenLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n')
}
