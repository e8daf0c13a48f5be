// The client's types are the service's own: written out anew they are the same, and each can stand for the other.
import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, it } from 'vitest'
import { declare } from '../../client/declare.ts'
import type * as client from '../../client/src/answers.ts'
import type { RedPack, SendRedPackData } from '../../client/src/index.ts'
import type * as wire from '../../client/wire.ts'
import type { SendParamsInput } from '../../lib/redpack/params.ts'
import type { RedpackView, SendAnswer } from '../../lib/redpack/view.ts'

it('client/src/answers.ts is up to date (else: node client/declare.ts)', () => {
  const written = readFileSync(new URL('../../client/src/answers.ts', import.meta.url), 'utf8')

  expect(written).toBe(declare())
})

// Checked by tsc (npm run types), not when the test runs.
it('parameters and answers are those of the service', () => {
  expectTypeOf<client.SendRedPackParams>().toEqualTypeOf<SendParamsInput>()
  expectTypeOf<client.RedPackRecord>().toEqualTypeOf<RedpackView>()
  expectTypeOf<client.SendRedPackData>().toExtend<SendAnswer>()
  expectTypeOf<client.SendRedPackData>().toEqualTypeOf<wire.SendRedPackData>()
  expectTypeOf<client.RedPackList>().toEqualTypeOf<wire.RedPackList>()
  expectTypeOf<client.RedPackListParams>().toEqualTypeOf<wire.RedPackListParams>()
  expectTypeOf<client.RedPackStatusParams>().toEqualTypeOf<wire.RedPackStatusParams>()
  expectTypeOf<client.RedPackStatus>().toEqualTypeOf<wire.RedPackStatus>()
  expectTypeOf<client.ProblemCode>().toEqualTypeOf<wire.ProblemCode>()
  expectTypeOf<client.Fault>().toEqualTypeOf<wire.Fault>()
})

it('sent, refused and unknown are three types', () => {
  const describeIt = (data: SendRedPackData): string => {
    if (data.outcome === 'sent') return data.send_listid
    expectTypeOf(data.err_code).toEqualTypeOf<string>()
    return data.outcome === 'refused'
      ? data.err_code
      : expectTypeOf(data.outcome).toEqualTypeOf<'unknown'>() && data.mch_billno
  }
  expectTypeOf<SendRedPackData['outcome']>().toEqualTypeOf<'sent' | 'refused' | 'unknown'>()
  expectTypeOf<Awaited<ReturnType<RedPack['sendRedPack']>>['data']['return_code']>().toEqualTypeOf<string | undefined>()
  expect(describeIt).toBeTypeOf('function')
})
