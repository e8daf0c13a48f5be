// Checks of time: containers that are frozen for minutes, between invocations and within one, and time-outs in the midst of a call.
import assert from 'node:assert/strict'
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { localSecrets } from '../../local/merchants.ts'
import { packet } from '../storm/callers.ts'
import { atWeChat, functionOf, minute, nextPacket, recordOf, send, sendEvent, sendWell, until } from './caller.ts'
import type { Check } from './check.ts'
import type { Container } from './container.ts'
import type { World } from './world.ts'

const MINUTE_S = 60
/** The servers here close a connection that is idle for 5 s. */
const REALLY_FROZEN_MS = 6_000
/** A lease of send: its time-out and 5 s. */
const LEASE_S = 35

async function frozenBetween(world: World): Promise<string> {
  await world.lambda.recycle(functionOf(world, 'send'))
  await sendWell(world, nextPacket())
  const [container] = alive(world, 'send')
  await new Promise((resolve) => setTimeout(resolve, REALLY_FROZEN_MS))
  await world.control.clock.advance(10 * MINUTE_S)
  const n = nextPacket()
  await sendWell(world, n)
  assert.deepEqual(await atWeChat(world, n), { sends: 1, queries: 0, debits: 1 })
  assert.deepEqual(alive(world, 'send'), [container])
  return 'after 10 minutes, its connections closed meanwhile, the same container sends at the first call'
}

async function changedMeanwhile(world: World): Promise<string> {
  await sendWell(world, nextPacket())
  await brake(world, true)
  await world.control.clock.advance(3 * MINUTE_S)
  const stopped = await send(world, nextPacket())
  assert.deepEqual([stopped?.status, JSON.parse(stopped?.text ?? '{}').code], [503, 'stopped'])
  await brake(world, false)
  await world.control.clock.advance(MINUTE_S)
  await sendWell(world, nextPacket())
  const { callers } = localSecrets(world.identity) as { callers: Record<string, { secrets: string[] }> }
  const others = Object.entries(callers).map(([keyid, one]) => [
    keyid,
    { ...one, secrets: [Buffer.alloc(32, 7).toString('base64')] },
  ])
  await world.putCallers(Object.fromEntries(others))
  await world.control.clock.advance(10 * MINUTE_S)
  assert.equal((await send(world, nextPacket()))?.status, 415)
  await world.putCallers(callers)
  await world.control.clock.advance(10 * MINUTE_S)
  await sendWell(world, nextPacket())
  return 'the brake pulled, and a key rotated out, while the container was frozen: 503 and 415 at once'
}

/** The service's own limits are over before Lambda's: it answers while WeChat hangs, and is not killed. */
async function weChatHangs(world: World): Promise<string> {
  const n = nextPacket()
  await faultOn(world, 'hang_before', n, 10)
  const begun = performance.now()
  const answer = await send(world, n)
  const seconds = (performance.now() - begun) / 1000
  assert.deepEqual([answer?.status, JSON.parse(answer?.text ?? '{}').outcome], [202, 'unknown'])
  assert.equal((await recordOf(world, n))?.outcome, 'unknown')
  return `202 after ${seconds.toFixed(0)} s, of the 29 that the function has`
}

/** A container that gets no processor, until Lambda kills it. @returns the number of its packet */
async function starve(world: World, kind: string): Promise<number> {
  const n = nextPacket()
  await faultOn(world, kind, n, 1)
  const container = await world.lambda.start(functionOf(world, 'send'))
  const invoking = container.invoke(sendEvent(world, n))
  await until('WeChat is called', async () => (await atWeChat(world, n)).sends === 1)
  container.freeze()
  const record = await recordOf(world, n)
  assert.equal(record?.outcome, 'pending')
  const outcome = await invoking
  assert.deepEqual([outcome.kind, 'type' in outcome && outcome.type], ['error', 'Sandbox.Timedout'])
  assert.ok(!container.alive())
  // Nobody was told anything, and the record says that nothing is known.
  assert.deepEqual(await recordOf(world, n), record)
  return n
}

async function timedOut(world: World): Promise<string> {
  const [debited, undebited, alone] = await Promise.all([
    starve(world, 'hang_after'),
    starve(world, 'hang_before'),
    starve(world, 'hang_after'),
  ])
  const early = await send(world, debited)
  assert.deepEqual([early?.status, JSON.parse(early?.text ?? '{}').maybe_sent], [409, true])
  await world.control.clock.advance(LEASE_S)
  for (const n of [debited, undebited]) {
    await sendWell(world, n)
    assert.equal((await recordOf(world, n))?.outcome, 'sent')
    assert.deepEqual(await atWeChat(world, n), { sends: 2, queries: 0, debits: 1 })
  }
  await world.control.clock.advance(2 * MINUTE_S)
  await until('settle finds what nobody repeats', async () => {
    await minute(world, 'settle')
    return (await recordOf(world, alone))?.outcome === 'sent'
  })
  assert.deepEqual(await atWeChat(world, alone), { sends: 1, queries: 1, debits: 1 })
  return 'killed after 29 s in mid-call: pending; 409 under its lease, then the same number, one debit; settle finds the third'
}

/** A machine that stalls: the invocation is past its lease when it goes on, and another has taken over. */
async function frozenWithin(world: World): Promise<string> {
  const n = nextPacket()
  await faultOn(world, 'hang_after', n, 1)
  const container = await world.lambda.start(functionOf(world, 'send'))
  const invoking = container.invoke(sendEvent(world, n))
  await until('WeChat is called', async () => (await atWeChat(world, n)).sends === 1)
  container.freeze()
  await world.control.clock.advance(3 * MINUTE_S)
  await sendWell(world, n)
  container.thaw()
  const outcome = await invoking
  assert.equal(outcome.kind, 'response', JSON.stringify(outcome))
  const late = outcome.kind === 'response' ? JSON.parse(JSON.parse(outcome.payload).body) : {}
  assert.ok(['sent', 'unknown'].includes(late.outcome), `the late one says ${JSON.stringify(late)}`)
  assert.deepEqual(await atWeChat(world, n), { sends: 2, queries: 0, debits: 1 })
  assert.equal((await recordOf(world, n))?.outcome, 'sent')
  await container.kill()
  return `3 minutes in mid-call: another took over and sent; the late one called nobody and says ${late.outcome}`
}

function alive(world: World, name: string): Container[] {
  return world.lambda.containers(functionOf(world, name)).filter((one) => one.alive())
}

async function faultOn(world: World, kind: string, n: number, count: number): Promise<void> {
  await world.control.fault(kind, { re_openid: String(packet(n).re_openid), count })
}

/** What `redpack stop` and `redpack resume` write. */
async function brake({ env, now }: World, on: boolean): Promise<void> {
  const { AWS_ENDPOINT_URL_DYNAMODB: endpoint = '', REDPACK_TABLE: TableName } = env
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
  const since = { ':now': { N: String(Math.floor(now() / 1000)) } }
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: { id: { S: 'control' } },
      UpdateExpression: on ? 'SET stopped_all = :now' : 'REMOVE stopped_all',
      ...(on && { ExpressionAttributeValues: since }),
    }),
  )
  client.destroy()
}

export const STALLS: readonly Check[] = [
  ['frozen for 10 minutes between two sends', frozenBetween],
  ['commands while it is frozen', changedMeanwhile],
  ['WeChat hangs', weChatHangs],
  ['time-out in mid-call', timedOut],
  ['frozen in mid-call, past its lease', frozenWithin],
]
