// redpack find: the records that a text may mean, each asked about at WeChat unless nothing can happen to it any more.
import { type RedPack, RedPackError, type RedPackStatus } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { explain } from '../explain.ts'
import type { Filter } from '../mirror/filter.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { isOpen, type Kept, plainName, type Store } from '../mirror/store.ts'
import { causeOf } from '../reach.ts'
import { when } from '../when.ts'
import { meaningsOf } from './meanings.ts'
import { sentence } from './sentence.ts'

/** Records that are shown, and asked about. */
const SHOWN = 20
/** Characters of a name's part: one is in too many. */
const PART_MIN = 2
/** Questions at once. */
const PARALLEL = 5

type Looked = { readonly record: Kept; readonly answer: RedPackStatus | undefined }
export type Found = Looked & { readonly name: string | undefined }

/** @throws CliError `not_found` */
export async function find(text: string, { store, service, as_of }: Mirror, context: Context): Promise<void> {
  const { m } = context
  const { records, total } = search(store, text)
  if (total === 0) throw nothing(text, store, as_of, context)
  const found: Found[] = []
  for (let at = 0; at < records.length; at += PARALLEL) {
    const some = records.slice(at, at + PARALLEL)
    const looks = await Promise.all(some.map((record) => lookAt(record, store, service, context)))
    found.push(...looks.map((look) => ({ ...look, name: store.nameOf(look.record.idempotency_key) })))
  }
  context.exit_code = exitOf(found.map(({ record }) => record))
  const objects = found.map(({ record, answer, name }) => ({ ...record, name: name ?? null, wechat: answer ?? null }))
  context.print({ objects, total_count: total, as_of }, found.map((one) => sentence(one, context)).join('\n\n'))
  if (total > records.length) context.note(m.find.more(records.length, total))
}

/** A whole name of a campaign's file means more than what only contains the text. */
function search(store: Store, text: string): { records: Kept[]; total: number } {
  const [any] = store.select({}, 1)
  const name = plainName(text)
  const named = name === '' ? [] : [{ name }]
  const whole = chosen(store, [...meaningsOf(text, any?.miniapp_id), ...named])
  return whole.total > 0 || name.length < PART_MIN ? whole : chosen(store, [{ name_part: name }])
}

/** Somebody who stands in a campaign's file may have no packet yet. */
function nothing(text: string, store: Store, as_of: number, { m }: Context): CliError {
  const name = plainName(text)
  const exact = name === '' ? [] : store.named({ name })
  const rows = exact.length > 0 || name.length < PART_MIN ? exact : store.named({ name_part: name })
  const words =
    rows.length > 0
      ? m.find.noPacketYet(
          rows.map(({ name, campaign, row }) => m.find.rowOf(name, campaign, row)).join('\n    '),
          when(as_of),
        )
      : m.find.none(text, store.count(), when(as_of))
  return new CliError('not_found', words, EXIT.error, { text, ...(rows.length > 0 && { rows }) })
}

function chosen(store: Store, meanings: readonly Filter[]): { records: Kept[]; total: number } {
  const byId = new Map<string, Kept>()
  for (const filter of meanings) for (const record of store.select(filter, SHOWN)) byId.set(record.id, record)
  const records = [...byId.values()].sort((a, b) => b.created_at - a.created_at)
  const total = Math.max(records.length, ...meanings.map((filter) => store.count(filter)))
  return { records: records.slice(0, SHOWN), total }
}

/** What cannot be asked is told, and the record stays as it was read last. */
async function lookAt(record: Kept, store: Store, service: RedPack | undefined, context: Context): Promise<Looked> {
  const { id } = record
  const before = store.answer(id)
  if (service === undefined || !isOpen(record)) return { record, answer: before }
  try {
    const current = (await service.getSentRedPack(id)).data
    const answer = isOpen(current) ? (await service.getRedPackStatus({ id })).data : undefined
    const { raw_result: _, ...kept } = answer ? (await service.getSentRedPack(id)).data : current
    store.put([{ record: { ...kept, raw_result: null }, position: store.position(id) }])
    if (answer?.status) store.putAnswer(id, answer)
    return { record: kept, answer: answer ?? before }
  } catch (error) {
    const why = error instanceof RedPackError ? explain(error, context).message : causeOf(error)
    context.note(context.m.find.notAsked(id, why))
    return { record, answer: before }
  }
}

/** 3 if one may still be paid, 2 if none was. */
function exitOf(records: readonly Kept[]): ExitCode {
  if (records.some(({ outcome }) => outcome !== 'sent' && outcome !== 'refused')) return EXIT.unknown
  const isUnpaid = ({ outcome, status }: Kept) => outcome === 'refused' || status === 'FAILED'
  return records.every(isUnpaid) ? EXIT.refused : EXIT.ok
}
