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
export type ControlItem = v.InferOutput<typeof ControlItem>

/** The domain's controls, and what a page tells of them. */
export type TableControls = Controls & {
  /** Since when the brake is on for a mini app (seconds), undefined if it is not; up to CONTROL_CACHE_MS old. Begins no epoch. */
  stoppedSince(miniapp_id: string): Promise<number | undefined>
}

/** `epoch` is this deployment's: the first that is higher than the table's begins a new one. `now` is Unix ms. */
export function dynamoControls(
  client: Sender,
  table: string,
  epoch: number,
  now: () => number = Date.now,
): TableControls {
  const cache = shortCache<Control>(CONTROL_CACHE_MS, 1, now)
  // Those who only tell of the brake may not write, so they cannot begin an epoch.
  const told = shortCache<ControlItem>(CONTROL_CACHE_MS, 1, now)
  const readControl = async () => parseControl(await readItem(client, table, CONTROL_ID))

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
    return { held_before: heldBefore(item), isStopped: (miniapp_id) => stoppedSince(item, miniapp_id) !== undefined }
  }

  return {
    read: () => cache.get(CONTROL_ID, readAnew),
    stoppedSince: async (miniapp_id) => stoppedSince(await told.get(CONTROL_ID, readControl), miniapp_id),
  }
}

/** The item as it stands in the table; one that is not there commands nothing. @throws ValiError if it is none of ours */
export function parseControl(item: Item | undefined): ControlItem {
  return v.parse(ControlItem, item ? unmarshall(item) : {})
}

/** Records that were created before this (seconds) are held; 0: none is. */
export function heldBefore({ epoch, epoch_began_at, released_epoch }: ControlItem): number {
  return released_epoch >= epoch ? 0 : epoch_began_at
}

/** The earlier of the two brakes that may be on for a mini app, in seconds. */
function stoppedSince({ stopped_all, stopped }: ControlItem, miniapp_id: string): number | undefined {
  const own = Object.hasOwn(stopped, miniapp_id) ? stopped[miniapp_id] : undefined
  return own === undefined || stopped_all === undefined ? (stopped_all ?? own) : Math.min(stopped_all, own)
}
