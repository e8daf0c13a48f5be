// Wakes the worker of campaigns: an asynchronous Invoke, which starts it in a container of its own.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'

/** Nobody waits for it long: what is not woken, the minute finds. */
const CLIENT = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
    socketTimeout: 2_000,
  },
}

/** `failed` hears why. @returns a function that never throws, and says whether the worker was woken */
export function wakeWorker(
  worker: string,
  failed: (error: unknown) => void,
  client: Pick<LambdaClient, 'send'> = new LambdaClient(CLIENT),
): (id: string) => Promise<boolean> {
  return async (id) => {
    const command = new InvokeCommand({
      FunctionName: worker,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify({ campaign_id: id })),
    })
    try {
      await client.send(command)
      return true
    } catch (error) {
      failed(error)
      return false
    }
  }
}
