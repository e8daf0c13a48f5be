// A record by the key that its packet was sent under: the id is computed from the mini app and the key, so nothing is sent.
import { createHash } from 'node:crypto'
import type { RedPackList } from './answers.ts'
import type { Call } from './attempt.ts'
import { HError } from './errors.ts'
import { exchange } from './exchange.ts'
import { wrong } from './options.ts'
import type { Settings } from './settings.ts'
import type { Answer } from './verdict.ts'

/** The record's id: the first 24 hex digits of SHA-256("redpack" NUL miniapp_id NUL key). */
function idOfKey(miniapp_id: string, idempotency_key: string): string {
  return createHash('sha256').update(`redpack\0${miniapp_id}\0${idempotency_key}`, 'utf8').digest('hex').slice(0, 24)
}

/**
 * Asks for the record of a key. The mini app is the one that the settings name; otherwise the service's list names it.
 * A 404 for the mini app of the settings is checked against the list: a wrong one would deny a packet that was sent.
 * @throws HError with code 404 if there is no such record yet; TypeError if the settings name another mini app than the list
 */
export async function lookUp(settings: Settings, idempotency_key: string): Promise<Answer> {
  const { miniapp_id, keyid } = settings
  const ask = (miniapp_id: string) =>
    exchange(settings, { path: `/redpacks/${idOfKey(miniapp_id, idempotency_key)}`, idempotency_key })
  if (miniapp_id === undefined) {
    const listed = await listedMiniapp(settings, { idempotency_key })
    if (listed !== undefined) return ask(listed)
    const why = `the caller ${keyid} has no record in the list yet, and without one its mini app is not known: give new RedPack({ miniapp_id })`
    throw new HError(404, `RedPack: ${why}`, { idempotency_key, maybe_sent: true })
  }
  try {
    return await ask(miniapp_id)
  } catch (error) {
    if (!(error instanceof HError) || error.code !== 404) throw error
    const listed = await listedMiniapp(settings, { idempotency_key })
    if (listed === undefined || listed === miniapp_id) throw error
    throw wrong(`miniapp_id must be ${listed}, the mini app of the caller ${keyid}, not ${miniapp_id}`)
  }
}

/** A caller belongs to one mini app, and each of its records names it. */
async function listedMiniapp(settings: Settings, call: Pick<Call, 'idempotency_key'>): Promise<string | undefined> {
  const { data } = await exchange(settings, { ...call, path: '/redpacks?limit=1' })
  return (data as RedPackList).objects?.[0]?.miniapp_id
}
