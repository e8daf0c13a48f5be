// Whether a new send may begin: the brake, and the bound on sends without a result. Nothing is written for the send itself.
import { OPEN_MAX } from '../durations.ts'
import { AppError, hasCode } from '../errors.ts'
import { reservationOf } from './effects.ts'
import type { Control, Ports } from './ports.ts'
import type { Order, State } from './record.ts'
import { IS_FINAL } from './rules.ts'

/** Listed sends that one refused request looks up, to take those off that have become final. */
const LOOKED_UP = 5

export type Admission = { readonly control: Control; readonly blocked: AppError | undefined }

/** @throws AppError store_unavailable, misconfigured: nothing has been written now, but a record of an earlier try may stand */
export async function admission(ports: Ports, fresh: Order & State): Promise<Admission> {
  const [control, open] = await Promise.all([ports.controls.read(), ports.limits.openIds(fresh, fresh.limit_day)])
  if (control.isStopped(fresh.miniapp_id)) return { control, blocked: stopped() }
  if (open.length < OPEN_MAX) return { control, blocked: undefined }
  await takeOffFinal(ports, open)
  return { control, blocked: tooManyOpen() }
}

export function tooManyOpen(): AppError {
  const detail = `该商户已有 ${OPEN_MAX} 个红包还没有结果（微信支付可能没有应答），暂不接受新的发送；请稍后用同一个 Idempotency-Key 重试`
  return new AppError('too_many_open', detail)
}

function stopped(): AppError {
  return new AppError('stopped', '维护者已暂停发送；恢复后请用同一个 Idempotency-Key 重试')
}

/** A send stays listed if what was to take it off was lost; enough of those would keep everybody out. */
async function takeOffFinal(ports: Ports, ids: readonly string[]): Promise<void> {
  const first = Math.floor(ports.random() * ids.length)
  for (let i = 0; i < Math.min(LOOKED_UP, ids.length); i += 1) {
    const record = await ports.store.get(ids[(first + i) % ids.length] ?? '').catch(ifUnreadable)
    if (!record || !IS_FINAL[record.outcome]) continue
    const how = reservationOf(record)
    await (how ? ports.limits[how](record, record.limit_day ?? '') : ports.limits.removeOpen(record))
  }
}

function ifUnreadable(error: unknown): undefined {
  if (!hasCode(error, 'record_unreadable')) throw error
}
