import { describe, expect, test } from 'vitest'
import { brake } from '../../../lib/http/brake.ts'
import type { StackRequest } from '../../../lib/http/request.ts'

/** What the stack hands to its middlewares, as far as this one looks at it. */
function aRequest(): StackRequest {
  const response = { statusCode: 200, headers: { 'cache-control': 'no-store' }, body: '{}' }
  return { event: { caller: { keyid: 'k', miniapp_id: 'mini' } }, context: {}, response } as unknown as StackRequest
}

async function told(stoppedSince: (miniapp_id: string) => Promise<number | undefined>) {
  const { before, after } = brake({ services: () => ({ stoppedSince }) as never })
  const request = aRequest()
  await before?.(request)
  await after?.(request)
  return request.response
}

describe('the brake in the head of what is read', () => {
  const same = { statusCode: 200, body: '{}' }

  test('says since when it is on for the caller’s mini app', async () => {
    const asked: string[] = []
    const response = await told(async (miniapp_id) => {
      asked.push(miniapp_id)
      return 1_735_689_600
    })
    expect(response).toEqual({
      ...same,
      headers: { 'cache-control': 'no-store', 'redpack-stopped': '1735689600' },
    })
    expect(asked).toEqual(['mini'])
  })

  test('is not there while it is off', async () => {
    expect(await told(async () => undefined)).toEqual({ ...same, headers: { 'cache-control': 'no-store' } })
  })

  test('that cannot be read costs nobody a page', async () => {
    const response = await told(() => Promise.reject(new Error('down')))
    expect(response).toEqual({ ...same, headers: { 'cache-control': 'no-store' } })
  })
})
