// Wakes the worker of campaigns: an asynchronous Invoke, which starts it in a container of its own.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { awsClient } from './connection.ts'

/** `failed` hears why. @returns a function that never throws, and says whether the worker was woken */
export function wakeWorker(
  worker: string,
  failed: (error: unknown) => void,
  client: Pick<LambdaClient, 'send'> = awsClient((config) => new LambdaClient(config)),
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
