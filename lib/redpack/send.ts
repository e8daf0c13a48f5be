// sendRedPack: the record first, then the money, then what became of it.
import { claim, type SendRequest } from './claim.ts'
import { perform } from './conclude.ts'
import type { Ports } from './ports.ts'
import { answer, isProcessing, type RedpackRecord, type SendAnswer } from './record.ts'

/** `processing`: WeChat has not answered, so this is an acceptance and not a result. */
export type Sent = { body: SendAnswer; processing: boolean }

/**
 * Sends one red packet, at most once for each (miniapp_id, idempotency_key).
 * @throws AppError in_progress, key_reused, merchant_changed, store_unavailable: this request has then moved no money.
 */
export async function send(ports: Ports, request: SendRequest): Promise<Sent> {
  const claimed = await claim(ports, request)
  if ('settled' in claimed) return sent(claimed.settled)
  return sent(await perform(ports, claimed, request.merchant, request.remaining_ms))
}

function sent(record: RedpackRecord): Sent {
  return { body: answer(record), processing: isProcessing(record) }
}
