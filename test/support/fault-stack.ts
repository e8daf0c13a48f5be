// A stack whose every connection can be interfered with, and whose process can be killed and started again.

import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { type Parts, startParts } from '../../local/parts.ts'
import { type Offline, startOffline } from '../../local/serverless-offline.ts'
import { everything, type StoredRecord } from '../storm/audit.ts'
import { type DynamodbProxy, dynamodbProxy, type Gate, gate } from './interpose.ts'
import { signedHeaders } from './signing.ts'

export type Answer = { status: number; headers: Headers; text: string; body: Record<string, unknown> }

type NamedRecord = StoredRecord & { act_name?: string }
type Debit = { mch_billno: string; total_amount: number; re_openid: string }
type Call = { op: string; at_ms: number; mch_billno: string }
type Item = { TableName: string | undefined; Key: { id: { S: string } } }

export type FaultStack = {
  parts: Parts
  dynamodb: DynamodbProxy
  wechat: Gate
  /** The HTTP API's. */
  url(): string
  /** Sends a normal packet of `yuan`; undefined where the service was killed before it answered. */
  send(key: string, yuan?: number, re_openid?: string): Promise<Answer | undefined>
  /** Takes the record out of the table. */
  forget(key: string): Promise<void>
  /** Gives the record a status that no version of the service knows. */
  spoil(key: string): Promise<void>
  /** SIGKILL, and up again. */
  crash(): Promise<void>
  /** The same with another deployment, whose table is looked at from then on. */
  restore(deployed: { REDPACK_TABLE: string; REDPACK_EPOCH: string }): Promise<void>
  /** Moves the clock on and runs settle, once for each step (seconds). */
  settle(...steps: number[]): Promise<void>
  /** The minute of campaigns. */
  campaigns(): Promise<void>
  record(key: string): Promise<StoredRecord | undefined>
  calls(): Promise<Call[]>
  debits(): Promise<Debit[]>
  /** What WeChat debited, and was asked, under the key's number. */
  debitsOf(key: string): Promise<Debit[]>
  callsOf(key: string): Promise<Call[]>
  fault(kind: string, more?: object): Promise<void>
  /** Lets go of every call that hangs, unanswered and without a debit, and forgets all calls and debits so far. */
  release(): Promise<void>
  /** Moves the clock on (seconds). */
  advance(advance_s: number): Promise<void>
  /** A signed GET. */
  read(target: string): Promise<Answer>
  stop(): Promise<void>
}

/** WeChat's act_name is the mark by which a test finds its record. */
const NAME_LENGTH = 30

export const KEY = () => `faults-${randomUUID()}`

export async function startFaultStack(environment: Record<string, string> = {}): Promise<FaultStack> {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-faults-'))
  const parts = await startParts({ folder })
  const dynamodb = await dynamodbProxy(parts.env.AWS_ENDPOINT_URL_DYNAMODB ?? '')
  const wechat = await gate(parts.simulator.port)
  const env = {
    PATH: process.env.PATH,
    ...parts.env,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    WECHATPAY_ORIGIN: `https://127.0.0.1:${wechat.port}`,
    // settle runs when a test says so, and not in its midst at a full minute.
    REDPACK_SCHEDULE: 'off',
    ...environment,
  }
  let table = parts.env.REDPACK_TABLE
  let deployed = {}
  const start = (port: number) => startOffline({ port, env: { ...env, ...deployed }, clock_file: parts.clock_file })
  const service: { offline: Offline } = { offline: await start(0) }
  const { control_origin } = parts.simulator
  const { caller } = parts.identity

  async function onItem(key: string, act: (client: DynamoDBClient, item: Item) => Promise<unknown>): Promise<void> {
    const id = createHash('sha256').update(`redpack\0${caller.miniapp_id}\0${key}`).digest('hex').slice(0, 24)
    const client = new DynamoDBClient({
      endpoint: parts.env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
      region: 'local',
      credentials: LOCAL_CREDENTIALS,
    })
    await act(client, { TableName: table, Key: { id: { S: id } } })
    client.destroy()
  }

  async function record(key: string): Promise<NamedRecord | undefined> {
    const { records } = await everything({ ...parts.env, REDPACK_TABLE: table ?? '' })
    return (records as NamedRecord[]).find(({ act_name }) => act_name === key.slice(-NAME_LENGTH))
  }

  const debits = async () => (await read<{ debits: Debit[] }>(`${control_origin}/ledger`)).debits
  const calls = async () => (await read<{ calls: Call[] }>(`${control_origin}/calls`)).calls

  async function invoke(name: string): Promise<void> {
    const run = `${service.offline.lambda_url}/2015-03-31/functions/redpack-dev-${name}/invocations`
    const response = await fetch(run, { method: 'POST', body: '{}' })
    if (!response.ok) throw new Error(await response.text())
  }

  async function crash(): Promise<void> {
    const port = Number(new URL(service.offline.url).port)
    service.offline.kill()
    await service.offline.ended
    service.offline = await start(port)
  }

  return {
    parts,
    dynamodb,
    wechat,
    url: () => service.offline.url,
    send: (key, yuan = 1.5, re_openid = 'onqOjjmM1tad-3ROpncN-yUfa6uI') =>
      post(service.offline.url, caller, key, yuan, re_openid),
    forget: (key) => onItem(key, (client, item) => client.send(new DeleteItemCommand(item))),
    spoil: (key) =>
      onItem(key, (client, item) =>
        client.send(
          new UpdateItemCommand({
            ...item,
            UpdateExpression: 'SET #status = :status',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': { S: 'CANCELLED' } },
          }),
        ),
      ),
    crash,
    restore(deployment) {
      deployed = deployment
      table = deployment.REDPACK_TABLE
      return crash()
    },
    async settle(...steps) {
      for (const advance_s of steps) {
        await control(control_origin, '/clock', { advance_s })
        await invoke('settle')
      }
    },
    campaigns: () => invoke('campaignWorker'),
    record,
    calls,
    debits,
    async debitsOf(key) {
      const mch_billno = (await record(key))?.mch_billno
      return (await debits()).filter((debit) => debit.mch_billno === mch_billno)
    },
    async callsOf(key) {
      const mch_billno = (await record(key))?.mch_billno
      return (await calls()).filter((call) => call.mch_billno === mch_billno)
    },
    fault: (kind, more = {}) => control(control_origin, '/faults', { kind, ...more }),
    release: () => control(control_origin, '/reset', {}),
    advance: (advance_s) => control(control_origin, '/clock', { advance_s }),
    async read(target) {
      const response = await fetch(`${service.offline.url}${target}`, { headers: signedHeaders({ target, ...caller }) })
      return answerOf(response)
    },
    async stop() {
      await service.offline.stop()
      await wechat.stop()
      await dynamodb.stop()
      await parts.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function post(
  url: string,
  { keyid, secret }: { keyid: string; secret: string },
  key: string,
  yuan: number,
  re_openid: string,
): Promise<Answer | undefined> {
  const body = JSON.stringify({
    type: 'normal',
    official_account_id: 'wxcbda96de0b165486',
    send_name: '天虹百货',
    re_openid,
    total_amount: yuan,
    total_num: 1,
    wishing: '恭喜发财',
    act_name: key.slice(-NAME_LENGTH),
    remark: '新年红包',
  })
  const headers = signedHeaders({ method: 'POST', target: '/redpacks', body, idempotency_key: key, keyid, secret })
  try {
    const response = await fetch(`${url}/redpacks`, { method: 'POST', headers, body })
    return await answerOf(response)
  } catch {
    return undefined
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
}

async function read<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T
}

async function control(origin: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
}
