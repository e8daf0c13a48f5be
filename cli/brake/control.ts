// The item `control` as operators write it. Each change is one conditional write of its own attributes: of two operators at
// once neither undoes what the other did and he has not seen.

import { unmarshall } from '@aws-sdk/util-dynamodb'
import * as v from 'valibot'
import { CONTROL_ID, type ControlItem, parseControl } from '../../lib/aws/controls.ts'
import type { RecordsTable } from '../aws/table.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

/** A mini app, or every one. */
export type Scope = string | undefined
export type Reason = { readonly scope: Scope; readonly at: number; readonly text: string }
/** `stops` counts the stops, so that whoever takes the brake off learns of one that came meanwhile. */
export type Commands = ControlItem & { readonly stops: number; readonly reasons: readonly Reason[] }

/** Reasons that are kept: each stands there until its brake is taken off. */
const REASONS_MAX = 50
/** Two writes make the map of mini apps; a third round is for another operator between them. */
const ROUNDS_MAX = 5
const ONE = { N: '1' }

/** Beside what the service reads; it passes over these. */
const Kept = v.object({
  stops: v.fallback(v.optional(v.number(), 0), 0),
  reasons: v.fallback(
    v.optional(v.array(v.object({ scope: v.optional(v.string()), at: v.number(), text: v.string() })), []),
    [],
  ),
})

/** @throws CliError, also if the item is not one that the service can read */
export async function readCommands(table: RecordsTable, context: Context): Promise<Commands> {
  const item = await table.read(CONTROL_ID)
  try {
    return { ...parseControl(item), ...v.parse(Kept, item ? unmarshall(item) : {}) } as Commands
  } catch (error) {
    if (!(error instanceof v.ValiError)) throw error
    throw new CliError('control_malformed', context.m.brake.malformed(table.name, error.message))
  }
}

/** Since when the brake of a scope is on, in seconds; undefined if it is not. */
export function sinceOf({ stopped, stopped_all }: ControlItem, scope: Scope): number | undefined {
  if (scope === undefined) return stopped_all
  return Object.hasOwn(stopped, scope) ? stopped[scope] : undefined
}

/** Puts the brake on; one that is on already stays as it is. @throws CliError */
export async function putOn(table: RecordsTable, scope: Scope, now_s: number, context: Context): Promise<void> {
  const now = { N: String(now_s) }
  if (scope === undefined) {
    await table.update(CONTROL_ID, {
      UpdateExpression: 'SET stopped_all = if_not_exists(stopped_all, :now) ADD stops :one',
      ExpressionAttributeValues: { ':now': now, ':one': ONE },
    })
    return
  }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const added = await table.update(CONTROL_ID, {
      UpdateExpression: 'SET stopped.#miniapp = if_not_exists(stopped.#miniapp, :now) ADD stops :one',
      ConditionExpression: 'attribute_exists(stopped)',
      ExpressionAttributeNames: { '#miniapp': scope },
      ExpressionAttributeValues: { ':now': now, ':one': ONE },
    })
    if (added) return
    const first = await table.update(CONTROL_ID, {
      UpdateExpression: 'SET stopped = :stopped ADD stops :one',
      ConditionExpression: 'attribute_not_exists(stopped)',
      ExpressionAttributeValues: { ':stopped': { M: { [scope]: now } }, ':one': ONE },
    })
    if (first) return
  }
  throw new CliError('brake_changed', context.m.brake.changed)
}

/** Notes why. @returns false if there are too many reasons already */
export function addReason(table: RecordsTable, scope: Scope, at: number, text: string): Promise<boolean> {
  const reason = {
    M: { ...(scope !== undefined && { scope: { S: scope } }), at: { N: String(at) }, text: { S: text } },
  }
  return table.update(CONTROL_ID, {
    UpdateExpression: 'SET reasons = list_append(if_not_exists(reasons, :none), :reason) ADD stops :one',
    ConditionExpression: 'attribute_not_exists(reasons) OR size(reasons) < :most',
    ExpressionAttributeValues: {
      ':none': { L: [] },
      ':reason': { L: [reason] },
      ':most': { N: String(REASONS_MAX) },
      ':one': ONE,
    },
  })
}

/** Takes the brake off as it was seen. @returns false if it was changed since, or any brake was put on */
export function takeOff(table: RecordsTable, scope: Scope, seen: Commands): Promise<boolean> {
  const at = scope === undefined ? 'stopped_all' : 'stopped.#miniapp'
  const reasons = seen.reasons.filter((reason) => reason.scope !== scope)
  const counted = seen.stops > 0
  return table.update(CONTROL_ID, {
    UpdateExpression: `REMOVE ${at}${reasons.length < seen.reasons.length ? ' SET reasons = :reasons' : ''}`,
    ConditionExpression: `${at} = :since AND ${counted ? 'stops = :stops' : 'attribute_not_exists(stops)'}`,
    ...(scope !== undefined && { ExpressionAttributeNames: { '#miniapp': scope } }),
    ExpressionAttributeValues: {
      ':since': { N: String(sinceOf(seen, scope)) },
      ...(counted && { ':stops': { N: String(seen.stops) } }),
      ...(reasons.length < seen.reasons.length && {
        ':reasons': {
          L: reasons.map(({ scope, at, text }) => ({
            M: { ...(scope !== undefined && { scope: { S: scope } }), at: { N: String(at) }, text: { S: text } },
          })),
        },
      }),
    },
  })
}

/** Releases the epoch as it was seen. @returns false if another has begun or was released since */
export function releaseEpoch(table: RecordsTable, epoch: number): Promise<boolean> {
  return table.update(CONTROL_ID, {
    UpdateExpression: 'SET released_epoch = :epoch',
    ConditionExpression: 'epoch = :epoch AND (attribute_not_exists(released_epoch) OR released_epoch < :epoch)',
    ExpressionAttributeValues: { ':epoch': { N: String(epoch) } },
  })
}
