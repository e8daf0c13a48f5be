// What operators have commanded: one item, with the brake and the epoch, read again every few seconds.
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { CONTROL_CACHE_MS } from '../durations.ts'
import type { Control, Controls } from '../redpack/ports.ts'
import { type Item, isWritten, readItem, type Sender } from './dynamodb.ts'

/** Not 24 hex digits, so never a record's id. */
export const CONTROL_ID = 'control'

const whole = v.pipe(v.number(), v.safeInteger())

/**
 * `epoch` began at `epoch_began_at` (seconds): records from before it are held, unless it is in `released_epoch`.
 * `stopped_all` and `stopped` (by mini app): since when the brake is on, in seconds.
 */
export const ControlItem = v.object({
  epoch: v.optional(whole, 1),
  epoch_began_at: v.optional(whole, 0),
  released_epoch: v.optional(whole, 0),
  stopped_all: v.optional(whole),
  stopped: v.optional(v.record(v.string(), whole), {}),
})
export type ControlItem = v.InferOutput<typeof ControlItem>

export function parseControl(item: Item | undefined): ControlItem {
  return v.parse(ControlItem, item ? unmarshall(item) : {})
}

/** `epoch` is this deployment's: the first that is higher than the table's begins a new one. `now` is Unix ms. */
export function dynamoControls(client: Sender, table: string, epoch: number, now: () => number = Date.now): Controls {
  let cached: { control: Control; read_ms: number } | undefined
  let reading: Promise<Control> | undefined

  async function begin(): Promise<boolean> {
    const update = new UpdateItemCommand({
      TableName: table,
      Key: { id: { S: CONTROL_ID } },
      UpdateExpression: 'SET epoch = :epoch, epoch_began_at = :now',
      ConditionExpression: 'attribute_not_exists(epoch) OR epoch < :epoch',
      ExpressionAttributeValues: { ':epoch': { N: String(epoch) }, ':now': { N: String(Math.floor(now() / 1000)) } },
    })
    return isWritten(client.send(update))
  }

  async function readAnew(): Promise<Control> {
    let item = parseControl(await readItem(client, table, CONTROL_ID))
    if (item.epoch < epoch) {
      await begin()
      item = parseControl(await readItem(client, table, CONTROL_ID))
    }
    const { stopped, stopped_all } = item
    const control: Control = {
      held_before: item.released_epoch >= item.epoch ? 0 : item.epoch_began_at,
      isStopped: (miniapp_id) => stopped_all !== undefined || Object.hasOwn(stopped, miniapp_id),
    }
    cached = { control, read_ms: now() }
    return control
  }

  return {
    async read() {
      const age_ms = cached === undefined ? CONTROL_CACHE_MS : now() - cached.read_ms
      if (cached && age_ms >= 0 && age_ms < CONTROL_CACHE_MS) return cached.control
      reading ??= readAnew().finally(() => {
        reading = undefined
      })
      return reading
    },
  }
}
