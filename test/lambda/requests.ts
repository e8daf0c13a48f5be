// Checks of single requests: cold starts, the shapes of real events, what is read-only, and what is away at a cold start.
import assert from 'node:assert/strict'
import { RedPack } from '../../client/src/index.ts'
import { freePort } from '../../local/listen.ts'
import { everything } from '../storm/audit.ts'
import { forward } from '../support/forward.ts'
import {
  atWeChat,
  eventOf,
  functionOf,
  keyOf,
  minute,
  nextPacket,
  recordOf,
  scheduledEvent,
  send,
  sendEvent,
  sendWell,
  told,
} from './caller.ts'
import { type Check, NotHere } from './check.ts'
import type { Container } from './container.ts'
import type { Outcome } from './runtime-api.ts'
import type { World } from './world.ts'

const SAMPLE = { '{id}': '0123456789abcdef01234567', '{chunk}': '0' }

type Answer = { statusCode: number; headers: Record<string, string>; body: string }

/** @throws if the function failed */
function answerOf(outcome: Outcome): Answer {
  if (outcome.kind === 'error') assert.fail(JSON.stringify(outcome))
  return JSON.parse(outcome.payload)
}

function assertNoCloudFunction(answer: Answer): void {
  assert.equal(answer.statusCode, 415)
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.equal(JSON.parse(answer.body).code, 'not_a_cloud_function')
}

async function coldStarts(world: World): Promise<string> {
  const started: Container[] = []
  const routes = new Map([...world.packaged.routes].map(([route, name]) => [name, route]))
  for (const { name } of world.packaged.functions) {
    const container = await world.lambda.start(name)
    const route = routes.get(name)
    if (route === undefined) {
      const outcome = await container.invoke(scheduledEvent(name))
      assert.equal(outcome.kind, 'response', `${name}: ${JSON.stringify(outcome)}`)
    } else {
      const [method = '', path = ''] = route.split(' ')
      const target = path.replaceAll(/\{\w+\}/g, (part) => SAMPLE[part as keyof typeof SAMPLE])
      assertNoCloudFunction(answerOf(await container.invoke(eventOf(world, { method, target, headers: {} }))))
    }
    container.memory_mb()
    started.push(container)
  }
  const inits = started.map(({ init_ms }) => init_ms).sort((a, b) => a - b)
  return `${started.length} functions, ready after ${inits[0]?.toFixed(0)} to ${inits.at(-1)?.toFixed(0)} ms`
}

async function sendsAndReads(world: World): Promise<string> {
  // The first takes longer than a number of the list is waited for.
  await sendWell(world, nextPacket())
  const n = nextPacket()
  const text = await sendWell(world, n)
  // The container is frozen by now, and may never go on: nothing may be left to be written.
  const record = await recordOf(world, n)
  assert.deepEqual([record?.outcome, record?.open, typeof record?.seq], ['sent', 'status', 'number'])
  const { keyid, secret } = world.identity.caller
  const redPack = new RedPack({ endpoint: world.gateway.url, keyid, secret })
  const { id } = JSON.parse(text)
  const { objects, meta } = (await redPack.getSentRedPackList({ limit: 1 })).data
  assert.deepEqual([objects[0]?.id, meta.total_count], [id, (await everything(world.env)).records.length])
  assert.equal((await redPack.getSentRedPack(id)).data.outcome, 'sent')
  assert.equal((await redPack.getRedPackStatus({ id })).data.status, 'SENT')
  return 'sent, listed, read and asked for, through events of payload 2.0'
}

async function base64Bodies(world: World): Promise<string> {
  const n = nextPacket()
  const event = sendEvent(world, n)
  const body = Buffer.from(event.body ?? '').toString('base64')
  const name = functionOf(world, 'send')
  const answer = answerOf(await world.lambda.invoke(name, { ...event, body, isBase64Encoded: true }))
  assert.equal(answer.statusCode, 200, answer.body)
  told.push({ key: keyOf(n), status: answer.statusCode, text: answer.body, tries: 1 })
  const again = answerOf(await world.lambda.invoke(name, event))
  assert.deepEqual([again.body, again.headers['idempotent-replayed']], [answer.body, 'true'])
  assert.deepEqual(await atWeChat(world, n), { sends: 1, queries: 0, debits: 1 })
  return 'the same bytes as base64 and as text are the same send'
}

/** Three containers, none of which knows of the others. */
async function atOnce(world: World): Promise<string> {
  const n = nextPacket()
  await world.lambda.recycle(functionOf(world, 'send'))
  const answers = await Promise.all([send(world, n), send(world, n), send(world, n)])
  const said = answers.map((answer) => (answer?.status === 200 ? JSON.parse(answer.text).outcome : answer?.status))
  assert.ok(said.includes('sent') && said.every((one) => one === 'sent' || one === 409), JSON.stringify(said))
  assert.deepEqual(await atWeChat(world, n), { sends: 1, queries: 0, debits: 1 })
  return `one key in three cold containers: ${said.join(', ')}; one call, one debit`
}

/** What API Gateway adds if somebody puts an authorizer before the route; a forged one looks the same. */
const AUTHORIZERS = [
  { jwt: { claims: { sub: 'somebody', iss: 'https://issuer' }, scopes: ['redpack/send'] } },
  { lambda: { keyid: 'local-cloud-function', miniapp_id: 'local-miniapp' } },
  { iam: { accountId: '123456789012', userArn: 'arn:aws:iam::123456789012:root' } },
]

async function authorizers(world: World): Promise<string> {
  const [calls, items] = [await world.control.calls(), await everything(world.env)]
  for (const authorizer of AUTHORIZERS) {
    const { signature: _, ...headers } = sendEvent(world, nextPacket()).headers as Record<string, string>
    const event = { ...sendEvent(world, nextPacket()), headers }
    const requestContext = { ...event.requestContext, authorizer, identity: { user: 'root' } }
    const outcome = await world.lambda.invoke(functionOf(world, 'send'), { ...event, requestContext })
    assertNoCloudFunction(answerOf(outcome))
  }
  assert.deepEqual([await world.control.calls(), await everything(world.env)], [calls, items])
  return '415 for each of jwt, lambda and iam; nothing written, nobody called'
}

async function schedules(world: World): Promise<string> {
  assert.equal(typeof (await minute(world, 'settle')), 'object')
  const outcome = await world.lambda.invoke(functionOf(world, 'settle'), { shards: ['0', '1'], of: 8 })
  assert.equal(outcome.kind, 'response', JSON.stringify(outcome))
  assert.equal(await minute(world, 'campaignWorker'), null)
  const wrong = await world.lambda.invoke(functionOf(world, 'settle'), { shards: 'all' })
  assert.equal(wrong.kind, 'error')
  // A handler that throws has not ended its process.
  assert.equal(typeof (await minute(world, 'settle')), 'object')
  return "EventBridge's event, a part of the shards, a wrong input: an error, and the container lives"
}

async function readOnly(world: World): Promise<string> {
  if (world.sandbox.name === undefined) throw new NotHere('unshare(1) may not make a mount namespace here')
  const before = world.lines.length
  const container = await world.lambda.start(functionOf(world, 'send'))
  const n = nextPacket()
  const answer = answerOf(await container.invoke(sendEvent(world, n)))
  assert.equal(answer.statusCode, 200, answer.body)
  told.push({ key: keyOf(n), status: answer.statusCode, text: answer.body, tries: 1 })
  const complaints = world.lines.slice(before).filter(({ line }) => /EROFS|EACCES|read-only/i.test(line))
  assert.deepEqual(complaints, [])
  return `${world.sandbox.name}: all containers run with everything but /tmp mounted read-only`
}

async function servicesAway(world: World): Promise<string> {
  const names = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'] as const
  for (const name of names) {
    const away = `http://127.0.0.1:${await freePort(0, name)}`
    const container = await world.lambda.start(functionOf(world, 'send'), { [name]: away })
    const n = nextPacket()
    const answer = answerOf(await container.invoke(sendEvent(world, n)))
    assert.equal(answer.statusCode, 503, answer.body)
    assert.ok(container.alive(), 'the container has ended')
    const door = await forward(away, world.endpoints[name])
    try {
      const later = answerOf(await container.invoke(sendEvent(world, n)))
      assert.equal(later.statusCode, 200, later.body)
      told.push({ key: keyOf(n), status: later.statusCode, text: later.body, tries: 2 })
    } finally {
      await door.close()
      await container.kill()
    }
  }
  return '503 from a cold start without DynamoDB, and without Secrets Manager; the same container sends once they are back'
}

export const REQUESTS: readonly Check[] = [
  ['every function starts cold and answers', coldStarts],
  ['sends and reads', sendsAndReads],
  ['bodies as base64', base64Bodies],
  ['three at once', atOnce],
  ['no authorizer is believed', authorizers],
  ['scheduled and direct invocations', schedules],
  ['read-only file system', readOnly],
  ['AWS is away at a cold start', servicesAway],
]
