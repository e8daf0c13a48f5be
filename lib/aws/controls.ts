// What operators have commanded: one item, with the brake and the epoch, read again every few seconds.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { CONTROL_CACHE_MS } from '../durations.ts'
import type { Control, Controls } from '../redpack/ports.ts'
import { shortCache } from './cache.ts'
import { type Item, isWritten, readItem, type Sender } from './dynamodb.ts'

/** Not 24 hex digits, so never a record's id. */
export const CONTROL_ID = 'control'

const whole = v.pipe(v.number(), v.safeInteger())

/**
 * `epoch` began at `epoch_began_at` (seconds): records from before it are held, unless it is in `released_epoch`.
 * `stopped_all` and `stopped` (by mini app): since when the brake is on, in seconds.
 */
const ControlItem = v.object({
  epoch: v.optional(whole, 1),
  epoch_began_at: v.optional(whole, 0),
  released_epoch: v.optional(whole, 0),
  stopped_all: v.optional(whole),
  stopped: v.optional(v.record(v.string(), whole), {}),
})

/** `epoch` is this deployment's: the first that is higher than the table's begins a new one. `now` is Unix ms. */
export function dynamoControls(client: Sender, table: string, epoch: number, now: () => number = Date.now): Controls {
  const cache = shortCache<Control>(CONTROL_CACHE_MS, 1, now)
  const readControl = async () => parse(await readItem(client, table, CONTROL_ID))

  /** Another function may begin the epoch first. */
  async function beginEpoch(): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: CONTROL_ID } },
      UpdateExpression: 'SET epoch = :epoch, epoch_began_at = :now',
      ConditionExpression: 'attribute_not_exists(epoch) OR epoch < :epoch',
      ExpressionAttributeValues: { ':epoch': { N: String(epoch) }, ':now': { N: String(Math.floor(now() / 1000)) } },
    })
    await isWritten(client.send(update))
  }

  async function readAnew(): Promise<Control> {
    let item = await readControl()
    if (item.epoch < epoch) {
      await beginEpoch()
      item = await readControl()
    }
    const { stopped, stopped_all } = item
    return {
      held_before: item.released_epoch >= item.epoch ? 0 : item.epoch_began_at,
      isStopped: (miniapp_id) => stopped_all !== undefined || Object.hasOwn(stopped, miniapp_id),
    }
  }

  return { read: () => cache.get(CONTROL_ID, readAnew) }
}

function parse(item: Item | undefined): v.InferOutput<typeof ControlItem> {
  return v.parse(ControlItem, item ? unmarshall(item) : {})
}
