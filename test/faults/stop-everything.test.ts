// docs/operations.md, "Stop everything now", typed on the local stack: what it stops, what goes on, and how sending goes on.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { COMMON, people, redpack, startRedpack } from '../support/cli.ts'
import { type FaultStack, KEY, startFaultStack } from '../support/fault-stack.ts'
import { signedHeaders } from '../support/signing.ts'

const ROWS = 235
/** Until a command is seen by every function. */
const SEEN_S = 5

const [, SECTION = ''] = /^## Stop everything now\n(.*?)^## /ms.exec(
  readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8'),
) ?? ['', '']
const COMMANDS = [...SECTION.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block)

let stack: FaultStack
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-stop-'))
  stack = await startFaultStack()
  env = { ...stack.parts.env }
})
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What a shell makes of the block, each command as its words. */
function wordsOf(block: string): string[][] {
  const print = `print() { printf '%s\\0' "$@"; printf '\\n\\0'; }; aws() { print aws "$@"; }; npx() { print npx "$@"; }`
  const words = execFileSync('sh', ['-c', `${print}\n${block}`], { encoding: 'utf8', env: { ...process.env, ...env } })
  const all = words.split('\0').slice(0, -1)
  const ends = all.flatMap((word, i) => (word === '\n' ? [i] : []))
  return ends.map((end, i) => all.slice(i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, end))
}

/** Does what the aws command line would: one command of the page, by its flags. */
async function aws(words: string[]): Promise<void> {
  const flag = (name: string) => words[words.indexOf(`--${name}`) + 1] ?? ''
  const values = words.includes('--expression-attribute-values')
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
  })
  await client.send(
    new UpdateItemCommand({
      TableName: flag('table-name'),
      Key: JSON.parse(flag('key')),
      UpdateExpression: flag('update-expression'),
      ...(values && { ExpressionAttributeValues: JSON.parse(flag('expression-attribute-values')) }),
    }),
  )
  client.destroy()
}

async function get(target: string) {
  const { keyid, secret } = stack.parts.identity.caller
  const response = await fetch(`${stack.url()}${target}`, { headers: signedHeaders({ target, keyid, secret }) })
  return { status: response.status, stopped: response.headers.get('redpack-stopped'), body: await response.json() }
}

/** A send that never arrives at WeChat, so that settle would send it again after 20 minutes. */
async function aLostSend(): Promise<string> {
  const key = KEY()
  await stack.fault('reset_before', { count: 3 })
  expect((await stack.send(key))?.body).toMatchObject({ outcome: 'unknown' })
  return key
}

const block = (matches: RegExp) => COMMANDS.find((one) => matches.test(one)) ?? ''
const STOP_BY = {
  'npx --no -- redpack stop': async () => {
    const words = wordsOf(block(/npx --no -- redpack stop/).replace(/^export.*\n/m, ''))[0] ?? []
    expect(await redpack(words.slice(4), env)).toMatchObject({ code: 0, out: expect.stringContaining('✔ Stopped') })
  },
  'aws dynamodb': () => aws(wordsOf(block(/SET stopped_all/))[0] ?? []),
}
const RESUME_BY = {
  'npx --no -- redpack stop': async () => {
    const words = wordsOf(block(/npx --no -- redpack resume/))[0] ?? []
    expect(await redpack(words.slice(4), env)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Resumed for all mini apps'),
    })
  },
  'aws dynamodb': () => aws(wordsOf(block(/REMOVE stopped_all/))[0] ?? []),
}

describe.each(['npx --no -- redpack stop', 'aws dynamodb'] as const)('%s, as the page has it', (how) => {
  it('stops sends and resends within five seconds, lets queries go on, and sending goes on after it', async () => {
    const sent = KEY()
    expect((await stack.send(sent))?.body).toMatchObject({ outcome: 'sent' })
    const lost = await aLostSend()
    await STOP_BY[how]()
    await stack.settle(SEEN_S)

    const fresh = KEY()
    const refused = await stack.send(fresh)
    expect({ status: refused?.status, ...refused?.body }).toMatchObject({
      ...{ status: 503, code: 'stopped', maybe_sent: false },
    })
    expect(await stack.record(fresh)).toBeUndefined()
    expect((await stack.send(lost))?.body).toMatchObject({ code: 'stopped', maybe_sent: true })
    expect((await stack.send(sent))?.body).toMatchObject({ outcome: 'sent' })

    const before = await stack.callsOf(lost)
    await stack.settle(61, 121, 301, 601, 1_201)
    const since = (await stack.callsOf(lost)).slice(before.length).map(({ op }) => op)
    expect(new Set(since)).toEqual(new Set(['gethbinfo']))
    expect(await stack.record(lost)).toMatchObject({ outcome: 'unknown' })

    const { id } = (await stack.record(sent)) ?? {}
    for (const target of [`/redpacks/status?id=${id}`, `/redpacks/${id}`, '/redpacks?limit=1']) {
      expect(await get(target)).toMatchObject({ status: 200, stopped: expect.stringMatching(/^\d{10}$/) })
    }
    expect((await get(`/redpacks/status?id=${id}`)).body).toMatchObject({ status: 'SENT' })
    expect((await redpack(['stop', '--show'], env)).out).toContain('Stopped for all mini apps')

    await RESUME_BY[how]()
    await stack.settle(SEEN_S)
    expect((await stack.send(fresh))?.body).toMatchObject({ outcome: 'sent' })
    // The looks at it have become rare by now.
    await stack.settle(3_601, 3_601)
    expect(await stack.record(lost)).toMatchObject({ outcome: 'sent' })
    expect(await stack.debitsOf(lost)).toHaveLength(1)
    expect(await get('/redpacks?limit=1')).toMatchObject({ status: 200, stopped: null })
  })
})

describe('the other commands of the page', () => {
  it('take away send, settle and the worker of campaigns, both ways, by the names that serverless gives them', () => {
    const lambda = COMMANDS.filter((one) => one.includes('aws lambda')).flatMap(wordsOf)
    const functions = ['redpack-prod-send', 'redpack-prod-settle', 'redpack-prod-campaignWorker']
    expect(lambda.map((words) => words.slice(0, 5))).toEqual([
      ...functions.map((name) => ['aws', 'lambda', 'put-function-concurrency', '--function-name', name]),
      ...functions.map((name) => ['aws', 'lambda', 'delete-function-concurrency', '--function-name', name]),
    ])
  })
})

it(`redpack stop in the middle of a campaign of ${ROWS} holds it; after resume it goes on by itself and pays each row once`, async () => {
  const { keyid, secret } = stack.parts.identity.caller
  const calling = { REDPACK_ENDPOINT: stack.url(), REDPACK_KEYID: keyid, REDPACK_SECRET: secret, LANG: 'C' }
  const file = join(folder, 'people.csv')
  writeFileSync(file, people(ROWS, 'oStop').csv)
  const argv = ['campaign', 'send', file, '--name', 'stopped', '--yes', '--interval', '0.2', ...COMMON]
  const paid = async () => {
    const debits = await stack.debits()
    return debits.map(({ re_openid }) => re_openid).filter((openid) => openid.startsWith('oStop'))
  }
  const show = async () => JSON.parse((await redpack(['campaign', 'show', 'stopped', '--json'], calling)).out)

  const { ended } = startRedpack(argv, calling)
  await expect.poll(async () => (await paid()).length, { timeout: 60_000 }).toBeGreaterThan(10)
  expect((await redpack(['stop'], env)).code).toBe(0)
  await expect.poll(async () => (await show()).hold?.code, { timeout: 60_000 }).toBe('stopped')

  const held = await paid()
  expect(held.length).toBeLessThan(ROWS)
  await stack.settle(61)
  await stack.campaigns()
  expect(await show()).toMatchObject({ state: 'running', counts: { sent: held.length, waiting: ROWS - held.length } })
  expect(await paid()).toEqual(held)

  expect((await redpack(['resume'], env)).code).toBe(0)
  // Once: a step of the clock while rows are under way would leave them unknown.
  await stack.advance(61)
  await stack.campaigns()
  const { code, err, out } = await ended
  expect({ code, held: err.includes('the operators have stopped all sending') }).toEqual({ code: 0, held: true })
  expect(out).toContain(`sent  ${ROWS} rows`)
  const all = await paid()
  expect({ all: all.length, people: new Set(all).size }).toEqual({ all: ROWS, people: ROWS })
})
