// The client's types, written by hand, are the service's own. This is the only file of the client that imports the service's types.
import { expect, expectTypeOf, it } from 'vitest'
import type * as client from '../../../client/src/answers.ts'
import type { RedPack } from '../../../client/src/index.ts'
import type { ErrorCode, Fault } from '../../../lib/errors.ts'
import type { ListAnswer } from '../../../lib/redpack/list.ts'
import type { GatewayType, ListParams, SendParamsInput, StatusParams } from '../../../lib/redpack/params.ts'
import type { WeChatFields } from '../../../lib/redpack/ports.ts'
import type { RedpackView, SendAnswer } from '../../../lib/redpack/view.ts'

/** An intersection and the object that it amounts to are the same type only once both are written out. */
type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T

type Sent = Extract<SendAnswer, { outcome: 'sent' }>
type NotSent = Exclude<SendAnswer, Sent>
type Of<O extends 'refused' | 'unknown'> = {
  [K in keyof NotSent]: K extends 'outcome' ? O : NonNullable<NotSent[K]>
}
type Listed = ListAnswer['objects'][number]

// Checked by tsc (npm run types or npm run client:types), not when the test runs.
it('parameters of every call are those of the service', () => {
  expectTypeOf<client.GatewayType>().toEqualTypeOf<GatewayType>()
  expectTypeOf<Flat<client.SendRedPackParams>>().toEqualTypeOf<Flat<SendParamsInput>>()
  expectTypeOf<client.RedPackListParams>().toEqualTypeOf<Partial<ListParams>>()
  expectTypeOf<client.RedPackStatusParams>().toEqualTypeOf<StatusParams>()
})

it('answers are those of the service', () => {
  expectTypeOf<Flat<client.SentData>>().toEqualTypeOf<Flat<Sent>>()
  expectTypeOf<Flat<client.RefusedData>>().toEqualTypeOf<Of<'refused'>>()
  expectTypeOf<Flat<client.UnknownData>>().toEqualTypeOf<Of<'unknown'>>()
  expectTypeOf<client.SendRedPackData>().toExtend<SendAnswer>()
  expectTypeOf<Flat<client.RedPackRecord>>().toEqualTypeOf<Flat<RedpackView>>()
  expectTypeOf<Flat<client.ListedRedPack>>().toEqualTypeOf<Flat<Listed>>()
  expectTypeOf<client.RedPackList['meta']>().toEqualTypeOf<ListAnswer['meta']>()
  expectTypeOf<keyof client.RedPackList>().toEqualTypeOf<keyof ListAnswer>()
  expectTypeOf<client.RedPackStatus>().toEqualTypeOf<WeChatFields>()
})

it('errors are those of the service', () => {
  expectTypeOf<client.ProblemCode>().toEqualTypeOf<ErrorCode>()
  expectTypeOf<client.Fault>().toEqualTypeOf<Fault>()
})

it('sent, refused and unknown are three types', () => {
  const describeIt = (data: client.SendRedPackData): string => {
    if (data.outcome === 'sent') return data.send_listid
    expectTypeOf(data.err_code).toEqualTypeOf<string>()
    return data.outcome === 'refused'
      ? data.err_code
      : expectTypeOf(data.outcome).toEqualTypeOf<'unknown'>() && data.mch_billno
  }
  expectTypeOf<client.SendRedPackData['outcome']>().toEqualTypeOf<'sent' | 'refused' | 'unknown'>()
  expectTypeOf<Awaited<ReturnType<RedPack['sendRedPack']>>['data']['return_code']>().toEqualTypeOf<string | undefined>()
  expect(describeIt).toBeTypeOf('function')
})
