// Records for tests of the mirror, and a service that lists them as the real one does.
import { DatabaseSync } from 'node:sqlite'
import type { Source } from '../../../../cli/mirror/fill.ts'
import { storeOver } from '../../../../cli/mirror/store.ts'
import type { RedPackRecord } from '../../../../client/src/index.ts'

/** 2026-11-24 08:00:00 in Beijing. */
export const NOON_S = 1_795_478_400

export function idAt(n: number): string {
  return n.toString(16).padStart(24, '0')
}

/** The n-th record of a service: sent and received, 1.00 yuan. */
export function aRow(n: number, changes: Partial<RedPackRecord> = {}): RedPackRecord {
  const id = changes.id ?? idAt(n)
  return {
    ...{ id, mch_billno: `RP${id}`, miniapp_id: 'miniapp-1', keyid: 'shop-1', idempotency_key: `order-${n}` },
    ...{ type: 'normal', amt_type: null, total_amount: 1, total_num: 1, gateway_type: 'weixin_tenpay' },
    ...{ re_openid: `oReceiver${n}`, send_name: '天虹百货', act_name: '新年红包', wishing: '恭喜发财', remark: '红包' },
    ...{ official_account_id: 'wx8888888888888888', scene_id: null, risk_info: null, raw_result: '<xml/>' },
    ...{ created_at: NOON_S + n, updated_at: NOON_S + n, outcome: 'sent', status: 'RECEIVED' },
    result: { mch_billno: `RP${id}`, send_listid: `1000${String(n).padStart(24, '0')}`, return_code: 'SUCCESS' },
    ...changes,
  }
}

export function emptyStore() {
  return storeOver(new DatabaseSync(':memory:'))
}

/** A list in the order of its numbers, oldest first; undefined: a number whose record is not there yet. */
export function serviceOver(list: (RedPackRecord | undefined)[]) {
  const asked = { pages: 0, records: [] as string[] }
  /** Called before each page is read, as if others sent meanwhile. */
  const hooks = { before: () => {} }
  const source: Source = {
    async page({ limit, offset }) {
      asked.pages += 1
      hooks.before()
      const total_count = list.length
      const some = list.slice(Math.max(0, total_count - offset - limit), Math.max(0, total_count - offset))
      const objects = some.flatMap((record) => (record ? [{ ...record, pk: record.id }] : [])).reverse()
      return { meta: { limit, offset, total_count, next: null, previous: null }, objects }
    },
    async record(id) {
      asked.records.push(id)
      const found = list.find((record) => record?.id === id)
      if (!found) throw new Error(`no record ${id}`)
      return found
    },
  }
  return { source, asked, hooks }
}
