// Waking the worker: an asynchronous Invoke that never throws.
import { expect, test } from 'vitest'
import { wakeWorker } from '../../../lib/aws/wake.ts'

test('invokes the worker by its name, asynchronously, with the campaign', async () => {
  const inputs: unknown[] = []
  const client = { send: async ({ input }: { input: unknown }) => void inputs.push(input) }
  const wake = wakeWorker('redpack-dev-campaignWorker', () => {}, client as never)
  expect(await wake('0123')).toBe(true)
  expect(inputs).toEqual([
    {
      FunctionName: 'redpack-dev-campaignWorker',
      InvocationType: 'Event',
      Payload: Buffer.from('{"campaign_id":"0123"}'),
    },
  ])
})

test('tells what went wrong, and that it could not', async () => {
  const told: unknown[] = []
  const error = new Error('AccessDenied')
  const client = { send: () => Promise.reject(error) }
  expect(await wakeWorker('w', (one) => told.push(one), client as never)('0123')).toBe(false)
  expect(told).toEqual([error])
})
