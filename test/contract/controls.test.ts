// What operators command, and the list of open sends: how often the table is asked, and what a refusal by AWS means.
import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CONTROL_ID, dynamoControls } from '../../lib/aws/controls.ts'
import type { Sender } from '../../lib/aws/dynamodb.ts'
import { dynamoLimits } from '../../lib/aws/limits.ts'
import { type DynamoBackend, dynalite, type Running } from '../support/databases.ts'
import { aRecord, MINIAPP_ID, NOW_S } from '../unit/records.ts'

let running: Running<DynamoBackend>
let backend: DynamoBackend
let now_ms = NOW_S * 1000
let sent = { reads: 0, writes: 0 }
const now = () => now_ms
beforeAll(async () => {
  running = await dynalite.start()
})
beforeEach(async () => {
  backend = await running.fresh()
  now_ms = NOW_S * 1000
  sent = { reads: 0, writes: 0 }
})
afterAll(() => running?.stop())

/** The client, with its calls counted. */
function counted(): Sender {
  const { client } = backend
  const send = (command: Parameters<DynamoDBClient['send']>[0]) => {
    if (command instanceof GetItemCommand) sent.reads += 1
    if (command instanceof UpdateItemCommand) sent.writes += 1
    return client.send(command)
  }
  return { send } as Sender
}

const controlsOf = (epoch = 1) => dynamoControls(counted(), backend.table, epoch, now)
const command = (item: object) =>
  backend.client.send(new PutItemCommand({ TableName: backend.table, Item: marshall({ id: CONTROL_ID, ...item }) }))

describe('what operators command', () => {
  test('without a command nothing is held and nothing stopped, for one read', async () => {
    const { held_before, isStopped } = await controlsOf().read()
    expect([held_before, isStopped(MINIAPP_ID), isStopped('toString')]).toEqual([0, false, false])
    expect(sent).toEqual({ reads: 1, writes: 0 })
  })

  test('the brake of one mini app stops that one', async () => {
    await command({ stopped: { [MINIAPP_ID]: NOW_S } })
    const { isStopped } = await controlsOf().read()
    expect([isStopped(MINIAPP_ID), isStopped('another'), isStopped('toString')]).toEqual([true, false, false])
  })

  test('the brake of all stops all', async () => {
    await command({ stopped_all: NOW_S })
    const { isStopped } = await controlsOf().read()
    expect([isStopped(MINIAPP_ID), isStopped('another')]).toEqual([true, true])
  })

  test('is seen 5 s later, and asked for once until then', async () => {
    const controls = controlsOf()
    await controls.read()
    await command({ stopped_all: NOW_S })
    now_ms += 4_999
    expect((await controls.read()).isStopped(MINIAPP_ID)).toBe(false)
    expect(sent.reads).toBe(1)
    now_ms += 1
    expect((await controls.read()).isStopped(MINIAPP_ID)).toBe(true)
    expect(sent.reads).toBe(2)
  })

  test('is asked for anew if the clock went back', async () => {
    const controls = controlsOf()
    await controls.read()
    now_ms -= 1
    await controls.read()
    expect(sent.reads).toBe(2)
  })

  test('is asked for once by many at once', async () => {
    const controls = controlsOf()
    await Promise.all(Array.from({ length: 20 }, () => controls.read()))
    expect(sent.reads).toBe(1)
  })
})

describe('what a page tells of the brake', () => {
  test.for([
    ['nothing', {}, undefined],
    ['that of all', { stopped_all: 7 }, 7],
    ['its own', { stopped: { [MINIAPP_ID]: 8 } }, 8],
    ["another's", { stopped: { another: 8 } }, undefined],
    ['the earlier of both', { stopped_all: 9, stopped: { [MINIAPP_ID]: 8 } }, 8],
    ['the earlier of both, the other way round', { stopped_all: 7, stopped: { [MINIAPP_ID]: 8 } }, 7],
  ] as const)('is %s', async ([, item, since]) => {
    await command(item)
    expect(await controlsOf().stoppedSince(MINIAPP_ID)).toBe(since)
  })

  test('is up to 5 s old, and begins no epoch: those who only read may not write', async () => {
    const controls = controlsOf(2)
    expect(await controls.stoppedSince(MINIAPP_ID)).toBe(undefined)
    await command({ stopped_all: 7 })
    now_ms += 4_999
    expect(await controls.stoppedSince(MINIAPP_ID)).toBe(undefined)
    now_ms += 1
    expect(await controls.stoppedSince(MINIAPP_ID)).toBe(7)
    expect(sent).toEqual({ reads: 2, writes: 0 })
  })
})

describe('an epoch', () => {
  test('begins once, when the first container of a higher one reads', async () => {
    expect((await controlsOf(2).read()).held_before).toBe(NOW_S)
    now_ms += 60_000
    expect((await controlsOf(2).read()).held_before).toBe(NOW_S)
    expect((await controlsOf(1).read()).held_before).toBe(NOW_S)
    expect((await controlsOf(3).read()).held_before).toBe(NOW_S + 60)
    expect(sent.writes).toBe(2)
  })

  test('begins at one time for 20 containers at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => controlsOf(2).read()))
    expect(new Set(all.map(({ held_before }) => held_before))).toEqual(new Set([NOW_S]))
  })

  test('holds nothing once it is released', async () => {
    await command({ epoch: 2, epoch_began_at: NOW_S, released_epoch: 2 })
    expect((await controlsOf(2).read()).held_before).toBe(0)
    await command({ epoch: 3, epoch_began_at: NOW_S, released_epoch: 2 })
    expect((await controlsOf(3).read()).held_before).toBe(NOW_S)
  })
})

describe('the list of open sends', () => {
  const record = aRecord('order-1')

  test.for([undefined, '2026-11-23'] as const)('of day %s costs one read, and none for 5 s', async (limit_day) => {
    const limits = dynamoLimits(counted(), backend.table, now)
    expect(await limits.openIds(record, limit_day)).toEqual([])
    now_ms += 4_999
    await limits.openIds(record, limit_day)
    expect(sent).toEqual({ reads: 1, writes: 0 })
    now_ms += 1
    await limits.openIds(record, limit_day)
    expect(sent).toEqual({ reads: 2, writes: 0 })
  })
})

describe('a refusal by AWS', () => {
  const refusing = (name: string): Sender => ({
    send: () => Promise.reject(Object.assign(new Error('refused'), { name })),
  })

  test.for([
    ['AccessDeniedException', 'misconfigured', true],
    ['ExpiredTokenException', 'misconfigured', true],
    ['KMSDisabledException', 'misconfigured', true],
    ['ResourceNotFoundException', 'misconfigured', false],
    ['SignatureDoesNotMatch', 'misconfigured', true],
    ['UnrecognizedClientException', 'misconfigured', true],
    ['CredentialsProviderError', 'misconfigured', true],
    // The table of another program: its key is not ours.
    ['ValidationException', 'misconfigured', true],
    ['KMSThrottlingException', 'store_unavailable', true],
    ['ProvisionedThroughputExceededException', 'store_unavailable', true],
    ['InternalServerError', 'store_unavailable', true],
    ['TimeoutError', 'store_unavailable', true],
  ] as const)('%s is %s, and a record may stand: %s', async ([name, code, maybe_sent]) => {
    const told = { name: 'AppError', code, maybe_sent }
    const limits = dynamoLimits(refusing(name), 'redpack', now)
    const controls = dynamoControls(refusing(name), 'redpack', 1, now)
    await expect(limits.openIds(aRecord('order-1'), undefined)).rejects.toMatchObject(told)
    await expect(limits.addOpen(aRecord('order-1'))).rejects.toMatchObject(told)
    await expect(controls.read()).rejects.toMatchObject(told)
  })

  test('of a read is not remembered', async () => {
    let isDown = true
    const client = counted()
    const controls = dynamoControls(
      {
        send: (...args: Parameters<Sender['send']>) =>
          isDown ? refusing('TimeoutError').send(...args) : client.send(...args),
      } as Sender,
      backend.table,
      1,
      now,
    )
    await expect(controls.read()).rejects.toMatchObject({ code: 'store_unavailable' })
    isDown = false
    expect((await controls.read()).held_before).toBe(0)
  })

  test('a table that does not exist is misconfigured', async () => {
    const controls = dynamoControls(backend.client, 'no-such-table', 1, now)
    await expect(controls.read()).rejects.toMatchObject({ name: 'AppError', code: 'misconfigured' })
  })
})
