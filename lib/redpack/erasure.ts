// When what is personal in a record is erased, pure. What is left (id, hash, amount, outcome, WeChat's answer) gives a repeated key
// the same answer as before: nothing is ever paid again because somebody was forgotten.
import type { Order, State } from './record.ts'

/** True if nothing is left to do or to learn: nobody calls WeChat under its number any more. */
export function isAtRest({ open }: State): boolean {
  return open === undefined
}

/** `updated_at` (seconds) is that of the write which brought the record to rest, or of a later one. */
export function isKeptLongEnough(
  record: State & { readonly updated_at: number },
  now_s: number,
  retention_s: number,
): boolean {
  return isAtRest(record) && now_s - record.updated_at >= retention_s
}

/** What to write if a person is to be forgotten: erased now, or marked while the outcome or the packet is still open. */
export function forgotten<R extends Order & State>(record: R, now_s: number): R {
  const marked = { ...record, forget_asked_at: record.forget_asked_at ?? now_s }
  return isAtRest(record) ? erased(marked, now_s) : marked
}

/** The store removes the order's PERSONAL_KEYS with the write that says so. WeChat's words stay, unless they name the person. */
export function erased<R extends Order & State>(record: R, now_s: number): R {
  const { re_openid, err_code_des } = record
  const isNamed = re_openid !== '' && err_code_des?.includes(re_openid)
  return {
    ...record,
    raw_result: undefined,
    err_code_des: isNamed ? undefined : err_code_des,
    erased_at: record.erased_at ?? now_s,
  }
}

/** The state to write over `before`: if the person is to be forgotten, the write that brings the record to rest erases. */
export function erasedAtRest(before: Order, state: State, now_s: number): State {
  if (state.forget_asked_at === undefined || !isAtRest(state)) return state
  const { raw_result, err_code_des, erased_at } = erased({ ...before, ...state }, now_s)
  return { ...state, raw_result, err_code_des, erased_at }
}
