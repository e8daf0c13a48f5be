// What the service takes and answers, under the names that users of the package see. The published declarations must stand
// without lib and valibot, so declare.ts writes these types out in full into src/answers.ts; nothing is declared twice by hand.
// A generic alias would be printed by its name, so the mapped types below are written where they are used.
import type { ErrorCode, Fault as ErrorFault } from '../lib/errors.ts'
import type { ListAnswer } from '../lib/redpack/list.ts'
import type { GatewayType as Gateway, ListParams, SendParamsInput, StatusParams } from '../lib/redpack/params.ts'
import type { WeChatFields } from '../lib/redpack/ports.ts'
import type { RedpackView, SendAnswer } from '../lib/redpack/view.ts'

type Sent = Extract<SendAnswer, { outcome: 'sent' }>
type NotSent = Exclude<SendAnswer, Sent>
type Listed = ListAnswer['objects'][number]

export type GatewayType = Gateway
export type SendRedPackParams = SendParamsInput
// A key of the other kind stays, as one that is never there: the page's `res.data.return_code` is then legal for any answer.
export type SentData = { [K in keyof Sent]: Sent[K] }
export type RefusedData = { [K in keyof NotSent]: K extends 'outcome' ? 'refused' : NonNullable<NotSent[K]> }
export type UnknownData = { [K in keyof NotSent]: K extends 'outcome' ? 'unknown' : NonNullable<NotSent[K]> }
export type SendRedPackData = SentData | RefusedData | UnknownData
export type RedPackListParams = Partial<ListParams>
export type RedPackRecord = RedpackView
export type ListedRedPack = { [K in keyof Listed]: Listed[K] }
export type RedPackList = { meta: ListAnswer['meta']; objects: ListedRedPack[] }
export type RedPackStatusParams = StatusParams
export type RedPackStatus = WeChatFields
export type ProblemCode = ErrorCode
export type Fault = ErrorFault
