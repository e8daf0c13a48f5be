// What a text may be: each thing that a packet is known by, as a filter over the mirror. Names of receivers in a campaign's file
// are known to that file alone; whoever has it adds a meaning here.
import { createHash } from 'node:crypto'
import type { Filter } from '../mirror/filter.ts'
import { idOf } from '../packet.ts'

const ID = /^[0-9a-f]{24}$/
/** WeChat's send_listid has 28 to 31 digits. */
const LISTID = /^\d{10,40}$/
/** The end of an openid that is worth searching by: the list shows seven characters. */
const OPENID_END = /^[\w-]{4,32}$/
/** A campaign, by id or name, and one of its rows: the key of each of the row's attempts begins so. */
const ROW = /^(?:campaign\/)?(.{1,64})\/(\d{1,7})$/s

/** The best first. `miniapp_id`: the caller's, if a record names it. */
export function meaningsOf(text: string, miniapp_id: string | undefined): Filter[] {
  const plain = text.trim().replace(/^…/, '')
  const id = ID.test(plain.toLowerCase()) ? plain.toLowerCase() : idOf(plain)
  const [, campaign, row] = ROW.exec(plain) ?? []
  const prefix = campaign !== undefined && keyPrefix(campaign, Number(row), miniapp_id)
  return [
    ...(id === undefined ? [] : [{ id }]),
    ...(LISTID.test(plain) ? [{ send_listid: plain }] : []),
    ...(plain === '' ? [] : [{ idempotency_key: plain }]),
    ...(prefix ? [{ key_prefix: prefix }] : []),
    ...(OPENID_END.test(plain) ? [{ openid: plain }] : []),
  ]
}

/** The id of a campaign follows from its name: 24 hex digits of SHA-256("campaign" NUL miniapp_id NUL name). */
function keyPrefix(campaign: string, row: number, miniapp_id: string | undefined): string | undefined {
  if (ID.test(campaign)) return `campaign/${campaign}/${row}/`
  if (miniapp_id === undefined) return undefined
  const hash = createHash('sha256').update(`campaign\0${miniapp_id}\0${campaign}`, 'utf8').digest('hex')
  return `campaign/${hash.slice(0, 24)}/${row}/`
}
