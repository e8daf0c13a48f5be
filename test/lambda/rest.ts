// The last checks: memory, processes that ended by themselves, what was printed, and the money at rest.
import assert from 'node:assert/strict'
import { audit } from '../storm/audit.ts'
import { settle } from '../storm/storm.ts'
import { signedHeaders } from '../support/signing.ts'
import { eventOf, functionOf, nextPacket, sendWell, told } from './caller.ts'
import type { Check } from './check.ts'
import { PAYLOAD_MAX_BYTES } from './runtime-api.ts'
import type { World } from './world.ts'

const SENDS = 1_500
/** Until then the heap grows to what the flags of AWS's bootstrap let it have. */
const WARM_UP = 1_000
const GROWTH_MAX = 0.1

async function memory(world: World): Promise<string> {
  const name = functionOf(world, 'send')
  await world.lambda.recycle(name)
  const used: number[] = []
  for (let i = 0; i < SENDS; i += 1) {
    await sendWell(world, nextPacket())
    const [container] = world.lambda.containers(name).filter((one) => one.alive())
    used.push(container?.memory_mb().now ?? 0)
  }
  const [warm = 0, last = 0] = [used[WARM_UP], used.at(-1)]
  assert.ok(last <= warm * (1 + GROWTH_MAX), `from ${warm} to ${last} MB over ${SENDS - WARM_UP} sends`)
  const peaks = new Map<string, number>()
  for (const container of world.lambda.containers()) {
    const { peak } = container.memory_mb()
    peaks.set(container.fn.name, Math.max(peak, peaks.get(container.fn.name) ?? 0))
    assert.ok(peak < container.fn.memory_mb, `${container.fn.name} took ${peak} of ${container.fn.memory_mb} MB`)
  }
  const [most] = [...peaks].sort(([, a], [, b]) => b - a)
  return `send: ${warm.toFixed(0)} MB after ${WARM_UP} sends, ${last.toFixed(0)} MB after ${SENDS}; the most of any function: ${most?.[1].toFixed(0)} MB (${most?.[0]})`
}

/** Lambda hands out 6 MB, and counts the body with what JSON escapes of it. */
async function largestPage(world: World): Promise<string> {
  const { keyid, secret } = world.identity.caller
  const target = '/redpacks?limit=1000&offset=0'
  const event = eventOf(world, { method: 'GET', target, headers: signedHeaders({ target, keyid, secret }) })
  const outcome = await world.lambda.invoke(functionOf(world, 'list'), event)
  if (outcome.kind === 'error') assert.fail(JSON.stringify(outcome))
  const { statusCode, body } = JSON.parse(outcome.payload)
  assert.deepEqual([statusCode, JSON.parse(body).objects.length], [200, 1000])
  const bytes = Buffer.byteLength(outcome.payload)
  assert.ok(bytes < PAYLOAD_MAX_BYTES / 2, `${bytes} bytes`)
  return `1,000 records are ${(bytes / 1024 / 1024).toFixed(1)} of the 6 MB that Lambda hands out`
}

/** Node ends a process for a rejection that nobody handles; serverless-offline's threads hide that. */
async function noneEnded(world: World): Promise<string> {
  const all = world.lambda.containers()
  const ended = all.filter((one) => one.endedByItself())
  assert.deepEqual(
    ended.map(({ fn }) => fn.name),
    [],
  )
  const rejections = world.lines.filter(({ line }) => /unhandled|UnhandledPromiseRejection|ExitError/i.test(line))
  assert.deepEqual(rejections, [])
  return `${all.length} containers: none ended by itself, no rejection that nobody handled`
}

async function printed(world: World): Promise<string> {
  const { caller, merchants } = world.identity
  const confidential = [
    caller.secret,
    ...merchants.flatMap(({ api_key, key, cert }) => [api_key, ...pemLines(key), ...pemLines(cert)]),
  ]
  const json = { log: 0, metrics: 0 }
  for (const { name, line } of world.lines) {
    assert.ok(!confidential.some((one) => line.includes(one)), `${name} printed what is confidential`)
    assert.ok(!/oStorm0{10}/.test(line), `${name} printed a whole openid: ${line}`)
    if (!line.startsWith('{')) continue
    if ('_aws' in JSON.parse(line)) json.metrics += 1
    else json.log += 1
  }
  assert.ok(json.log > 0 && json.metrics > 0)
  const plain = world.lines.filter(({ line }) => !line.startsWith('{') && !/\tERROR\tInvoke Error /.test(line))
  assert.deepEqual(plain, [])
  return `${json.log} log lines and ${json.metrics} metrics, each whole JSON; no key, certificate or openid`
}

/** Its lines of base64. */
function pemLines(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length > 40 && !line.startsWith('--'))
}

async function atRest(world: World): Promise<string> {
  const { env, control_origin, identity, gateway } = world
  const resting = { parts: { env, simulator: { control_origin } }, offline: { lambda_url: world.lambda.url } }
  const { settle_runs } = await settle(resting, {})
  const audited = await audit({ url: gateway.url, control_origin, env, caller: identity.caller, told })
  assert.deepEqual(audited.findings, [])
  return `${audited.debits} debits, ${audited.debited_fen} fen, each with one record that says sent; ${audited.same} of ${audited.replayed} answers the same again (settle ran ${settle_runs} times)`
}

export const REST: readonly Check[] = [
  ['memory', memory],
  ['the largest page', largestPage],
  ['everything comes to rest, equal to the fen', atRest],
  ['no container ended by itself', noneEnded],
  ['what was printed', printed],
]
