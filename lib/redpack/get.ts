// getSentRedPack, and what every look at one record begins with.
import { AppError } from '../errors.ts'
import type { StatusParams } from './params.ts'
import type { Ports } from './ports.ts'
import { idOfMchBillno, isId, type RedpackRecord } from './record.ts'
import { type RedpackView, view } from './view.ts'

/** One record as callers see it. @throws AppError not_found, record_unreadable, store_unavailable */
export async function get(ports: Pick<Ports, 'store'>, miniapp_id: string, id: string): Promise<RedpackView> {
  return view(await find(ports, miniapp_id, { id }))
}

/** A record of this mini app by id or number; another's is as good as none. @throws AppError not_found, record_unreadable, store_unavailable */
export async function find(
  { store }: Pick<Ports, 'store'>,
  miniapp_id: string,
  { id, mch_billno }: StatusParams,
): Promise<RedpackRecord> {
  const key = id ?? idOfMchBillno(mch_billno ?? '')
  const record = key !== undefined && isId(key) ? await store.get(key) : undefined
  if (record?.miniapp_id !== miniapp_id) throw new AppError('not_found', '当前小程序没有这条红包记录')
  return record
}
