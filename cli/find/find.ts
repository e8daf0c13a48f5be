// redpack find: the records that a text may mean, each asked about at WeChat unless nothing can happen to it any more.
import { type RedPack, RedPackError, type RedPackStatus } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { explain } from '../explain.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { isOpen, type Kept, type Store } from '../mirror/store.ts'
import { causeOf } from '../reach.ts'
import { when } from '../when.ts'
import { meaningsOf } from './meanings.ts'
import { sentence } from './sentence.ts'

/** Records that are shown, and asked about. */
const SHOWN = 20
/** Questions at once. */
const PARALLEL = 5

export type Found = { readonly record: Kept; readonly answer: RedPackStatus | undefined }

/** @throws CliError `not_found` */
export async function find(text: string, { store, service, as_of }: Mirror, context: Context): Promise<void> {
  const { m } = context
  const { records, total } = search(store, text)
  if (total === 0) throw new CliError('not_found', m.find.none(text, store.count(), when(as_of)), EXIT.error, { text })
  const found: Found[] = []
  for (let at = 0; at < records.length; at += PARALLEL) {
    const some = records.slice(at, at + PARALLEL)
    found.push(...(await Promise.all(some.map((record) => lookAt(record, store, service, context)))))
  }
  context.exit_code = exitOf(found.map(({ record }) => record))
  const objects = found.map(({ record, answer }) => ({ ...record, wechat: answer ?? null }))
  context.print({ objects, total_count: total, as_of }, found.map((one) => sentence(one, context)).join('\n\n'))
  if (total > records.length) context.note(m.find.more(records.length, total))
}

function search(store: Store, text: string): { records: Kept[]; total: number } {
  const [any] = store.select({}, 1)
  const meanings = meaningsOf(text, any?.miniapp_id)
  const byId = new Map<string, Kept>()
  for (const filter of meanings) for (const record of store.select(filter, SHOWN)) byId.set(record.id, record)
  const records = [...byId.values()].sort((a, b) => b.created_at - a.created_at)
  const total = Math.max(records.length, ...meanings.map((filter) => store.count(filter)))
  return { records: records.slice(0, SHOWN), total }
}

/** What cannot be asked is told, and the record stays as it was read last. */
async function lookAt(record: Kept, store: Store, service: RedPack | undefined, context: Context): Promise<Found> {
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
