// redpack stop, resume and release against a table: what is written, what is told, and two operators at once.
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoControls } from '../../../lib/aws/controls.ts'
import { dynamoSequences } from '../../../lib/aws/sequences.ts'
import { createTable, type Dynamodb, LOCAL_CREDENTIALS, startDynamodb } from '../../../local/dynamodb.ts'
import { redpack } from '../../support/cli.ts'
import { type DynamodbProxy, dynamodbProxy } from '../../support/interpose.ts'

const SINCE = /since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+08:00/

let dynamodb: Dynamodb
let proxy: DynamodbProxy
let client: DynamoDBClient
let env: Record<string, string>
let table = ''
let tables = 0

beforeAll(async () => {
  dynamodb = await startDynamodb({})
  proxy = await dynamodbProxy(dynamodb.endpoint)
  client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
})
beforeEach(async () => {
  tables += 1
  table = `redpack-${tables}`
  await createTable(dynamodb.endpoint, table)
  env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    REDPACK_TABLE: table,
  }
})
afterAll(async () => {
  client?.destroy()
  await proxy?.stop()
  await dynamodb?.stop()
})

const item = async () => {
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { id: { S: 'control' } } }))
  return Item && unmarshall(Item)
}
const put = (control: object) =>
  client.send(new PutItemCommand({ TableName: table, Item: marshall({ id: 'control', ...control }) }))
const controls = () => dynamoControls(client, table, 1).read()
const json = async (...argv: string[]) => {
  const { code, out, err } = await redpack([...argv, '--json'], env)
  return { code, ...(JSON.parse(out || '{}') as object), ...(err && JSON.parse(err)) }
}

describe('redpack stop', () => {
  it('stops every mini app, and says since when, within what time, and what goes on', async () => {
    const { code, out, err } = await redpack(['stop'], env)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^✔ Stopped for all mini apps, since .*: no new red packet is sent$/m)
    expect(out).toMatch(SINCE)
    expect(out).toContain(`table ${table}, region us-east-1`)
    expect(out).toContain('within 5 s')
    expect(out).toContain('Still working: lists, records, status queries')
    expect(out).toContain('To resume sending: redpack resume')
    const { isStopped } = await controls()
    expect([isStopped('my-miniapp'), isStopped('another')]).toEqual([true, true])
  })

  it('says it in Chinese', async () => {
    const { out } = await redpack(['stop', '--lang', 'zh'], env)
    expect(out).toContain('已停止发送：所有小程序')
    expect(out).toContain('在 5 秒内生效')
  })

  it('stops one mini app, and warns if it never sent anything', async () => {
    await dynamoSequences(client, table).take('my-miniapp')
    const known = await redpack(['stop', '--miniapp', 'my-miniapp'], env)
    expect(known).toMatchObject({ code: 0, err: '', out: expect.stringContaining('the mini app my-miniapp') })
    expect(known.out).toContain('redpack resume --miniapp my-miniapp')
    expect(known.out).not.toContain('misspelled')
    const unknown = await redpack(['stop', '--miniapp', 'my-minapp'], env)
    expect(unknown).toMatchObject({ code: 0, out: expect.stringContaining('If the name is misspelled') })
    const { isStopped } = await controls()
    expect(['my-miniapp', 'my-minapp', 'another'].map(isStopped)).toEqual([true, true, false])
  })

  it('takes toString for a mini app like another', async () => {
    const miniapp = 'toString'
    expect(await json('stop', '--miniapp', miniapp)).toMatchObject({ code: 0, brakes: [{ miniapp_id: miniapp }] })
    expect((await controls()).isStopped(miniapp)).toBe(true)
    expect(await json('resume', '--miniapp', miniapp)).toMatchObject({ code: 0, brakes: [] })
    expect((await controls()).isStopped(miniapp)).toBe(false)
  })

  it('a second time leaves the time of the first and keeps both reasons', async () => {
    await put({ stopped_all: 1_700_000_000 })
    await redpack(['stop', '--reason', 'a leaked key'], env)
    const { out } = await redpack(['stop', '--reason', '金额有误'], env)
    expect(out).toContain('since 2023-11-15 06:13:20+08:00')
    expect(await json('stop', '--show')).toEqual({
      ...{ code: 0, table, region: 'us-east-1', epoch: 1, held_before: null },
      brakes: [
        {
          miniapp_id: null,
          since: 1_700_000_000,
          reasons: [
            { at: expect.any(Number), text: 'a leaked key' },
            { at: expect.any(Number), text: '金额有误' },
          ],
        },
      ],
    })
  })

  it.each([
    ['--reason', 'two\nlines'],
    ['--reason', ''],
    ['--reason', 'x'.repeat(201)],
    ['--miniapp', 'a b'],
    ['--miniapp', ''],
    ['--miniapp', '__proto__'],
    ['--miniapp', 'constructor'],
    ['--show', '--miniapp', 'a'],
    ['--show', '--reason', 'b'],
  ])('refuses %j and writes nothing', async (...flags) => {
    expect(await redpack(['stop', ...flags], env)).toMatchObject({ code: 1, out: '' })
    expect(await item()).toBeUndefined()
  })

  it('keeps at most 50 reasons, and is on all the same', async () => {
    const reasons = Array.from({ length: 50 }, () => ({ at: 1, text: 'x' }))
    await put({ reasons })
    const { code, out } = await redpack(['stop', '--reason', 'one more'], env)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('The reason was not stored') })
    expect((await controls()).isStopped('any')).toBe(true)
    expect((await item())?.reasons).toEqual(reasons)
  })

  it('shows what is stopped without a change', async () => {
    expect((await redpack(['stop', '--show'], env)).out).toContain('Sending is not stopped')
    expect(await item()).toBeUndefined()
    await put({ stopped: { a: 1_700_000_000 }, stopped_all: 1_700_000_100, epoch: 2, epoch_began_at: 1_700_000_000 })
    const { out } = await redpack(['stop', '--show'], env)
    expect(out).toContain('Stopped for all mini apps, since 2023-11-15 06:15:00+08:00')
    expect(out).toContain('Stopped for the mini app a, since 2023-11-15 06:13:20+08:00')
    expect(out).toContain('Epoch 2: records created before 2023-11-15 06:13:20+08:00 are held')
  })
})

describe('redpack resume', () => {
  it('takes off what is on, with its reasons, and nothing else', async () => {
    await put({ stopped_all: 1_700_000_000, stopped: { a: 1_700_000_001, b: 2 }, epoch: 3, later: 'kept' })
    await redpack(['stop', '--reason', 'all'], env)
    await redpack(['stop', '--miniapp', 'a', '--reason', 'one'], env)
    const { code, out } = await redpack(['resume'], env)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('every function sends again within 5 s') })
    expect(out).toContain('): all')
    expect(out).toContain('Still stopped for the mini app a')
    expect(await item()).toEqual({
      ...{ id: 'control', stopped: { a: 1_700_000_001, b: 2 }, epoch: 3, later: 'kept', stops: 4 },
      reasons: [{ scope: 'a', at: expect.any(Number), text: 'one' }],
    })
    await redpack(['resume', '--miniapp', 'a'], env)
    expect(await item()).toMatchObject({ stopped: { b: 2 }, reasons: [] })
  })

  it('of one mini app says that all are still stopped', async () => {
    await put({ stopped_all: 1_700_000_000, stopped: { a: 5 } })
    expect((await redpack(['resume', '--miniapp', 'a'], env)).out).toContain('Still stopped for all mini apps')
  })

  it('of what is not on changes nothing and says so', async () => {
    const { code, out } = await redpack(['resume'], env)
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('Sending was not stopped for all mini apps. Nothing was changed'),
    })
    expect(await item()).toBeUndefined()
  })

  it.each([
    ['the first brake of the table', {}, []],
    ['one that aws put on', { stopped_all: 5 }, []],
    ['a second one', { stopped_all: 5, stops: 3 }, []],
    ['that of one mini app', { stopped: { a: 5 } }, ['--miniapp', 'a']],
  ])('leaves a brake on that another puts on meanwhile: %s', async (_, before, scope) => {
    await put(before)
    if (Object.keys(before).length === 0) await redpack(['stop'], env)
    // The write of this one waits until the other has stopped.
    const release = proxy.delay('UpdateItem', 'REMOVE')
    const resuming = redpack(['resume', ...scope], env)
    await release.waiting
    expect((await redpack(['stop', ...scope], env)).code).toBe(0)
    release.go()
    const { code, out, err } = await resuming
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining('so nothing was changed') })
    expect((await controls()).isStopped('a')).toBe(true)
  })

  it('knows its own write after a lost answer', async () => {
    await put({ stopped_all: 5 })
    proxy.interfere('lose', 'UpdateItem', 1, 'REMOVE')
    expect(await json('resume')).toMatchObject({ code: 0, brakes: [] })
  })
})

describe('redpack release', () => {
  const HELD = { epoch: 2, epoch_began_at: 1_700_000_000 }
  const held = async () => (await dynamoControls(client, table, 1).read()).held_before

  it('says what it means, and does nothing unless it is told to', async () => {
    await put(HELD)
    const { code, out, err } = await redpack(['release'], env)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('records created before 2023-11-15 06:13:20+08:00 are held')
    expect(err).toContain('settle sends a packet again')
    expect(err).toContain('a person who was paid with another key')
    expect(err).toContain('Add --yes')
    expect(await held()).toBe(1_700_000_000)
  })

  it('releases the epoch, and says that the brake is still on', async () => {
    await put({ ...HELD, stopped_all: 1_700_000_001, released_epoch: 1 })
    const { code, out } = await redpack(['release', '--yes'], env)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('✔ Released: the records created before') })
    expect(out).toContain('Still stopped for all mini apps')
    expect(await item()).toMatchObject({ ...HELD, stopped_all: 1_700_000_001, released_epoch: 2 })
    expect(await held()).toBe(0)
  })

  it.each([
    ['no item', undefined],
    ['the first epoch', { epoch: 1 }],
    ['a released one', { ...HELD, released_epoch: 2 }],
  ])('has nothing to release with %s, and says how an epoch begins', async (_, before) => {
    if (before) await put(before)
    const { code, out } = await redpack(['release'], env)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('nothing to release') })
    expect(out).toContain(`REDPACK_EPOCH=${(before?.epoch ?? 1) + 1}`)
    expect(await item()).toEqual(before && { id: 'control', ...before })
  })

  it('releases no epoch that began after it looked', async () => {
    await put(HELD)
    const release = proxy.delay('UpdateItem', 'released_epoch = :epoch')
    const releasing = json('release', '--yes')
    await release.waiting
    await dynamoControls(client, table, 3, () => 1_800_000_000_000).read()
    release.go()
    expect(await releasing).toMatchObject({ code: 1, error: { code: 'epoch_changed' } })
    expect(await held()).toBe(1_800_000_000)
  })

  it('that another has done at the same time is done', async () => {
    await put(HELD)
    const runs = await Promise.all([1, 2, 3].map(() => json('release', '--yes')))
    expect(runs).toMatchObject(runs.map(() => ({ code: 0, released: true, held_before: null })))
  })
})

describe('redpack doctor', () => {
  const findings = async () => {
    const { out } = await redpack(['doctor', '--json'], env)
    const all = JSON.parse(out).findings as { check: string; state: string; text: string; hint?: string }[]
    return all.filter(({ check }) => check === 'brake' || check === 'epoch')
  }

  it('names the brake and the epoch', async () => {
    expect(await findings()).toEqual([
      { check: 'brake', state: 'good', text: 'Sending is not stopped' },
      { check: 'epoch', state: 'good', text: 'Epoch 1: no record is held' },
    ])
    await put({ stopped_all: 1_700_000_000, stopped: { a: 1_700_000_001 }, epoch: 2, epoch_began_at: 1_700_000_000 })
    expect(await findings()).toMatchObject([
      { state: 'doubt', text: expect.stringContaining('Stopped for all mini apps'), hint: 'redpack resume' },
      { state: 'doubt', text: expect.stringContaining('the mini app a'), hint: 'redpack resume --miniapp a' },
      { state: 'doubt', text: expect.stringContaining('are held'), hint: expect.stringContaining('redpack release') },
    ])
  })

  it('names the table and the region that it does not find', async () => {
    env.REDPACK_TABLE = 'no-such-table'
    expect(await findings()).toMatchObject([
      { check: 'brake', state: 'bad', text: expect.stringContaining('no table no-such-table in us-east-1') },
    ])
  })
})

describe('ten operators at once', () => {
  it('stop ten mini apps: none is lost', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `mini-${i}`)
    const runs = await Promise.all(names.map((name) => redpack(['stop', '--miniapp', name, '--reason', name], env)))
    expect(runs.map(({ code }) => code)).toEqual(names.map(() => 0))
    const { stopped, reasons } = (await item()) ?? {}
    expect(Object.keys(stopped).sort()).toEqual(names)
    expect(reasons.map(({ text }: { text: string }) => text).sort()).toEqual(names)
  })
})

describe('a table that is not what it should be', () => {
  it.each([['stop'], ['resume'], ['stop', '--show']])('is named with its region: %j', async (...argv) => {
    const run = await redpack([...argv, '--table', 'no-such-table'], env)
    expect({ code: run.code, out: run.out }).toEqual({ code: 1, out: '' })
    expect(run.err).toContain('no table no-such-table in us-east-1')
  })

  it('is named when AWS denies it', async () => {
    proxy.interfere('deny', 'UpdateItem', 1)
    expect(await json('stop')).toMatchObject({
      code: 1,
      error: { code: 'aws_access_denied', name: table, region: 'us-east-1', message: expect.stringContaining(table) },
    })
  })

  it('has to be named', async () => {
    const { REDPACK_TABLE: _, ...rest } = env
    expect(await redpack(['stop'], rest)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--table (REDPACK_TABLE)'),
    })
  })

  it('that cannot be reached was not changed; one that stops answering may have been', async () => {
    const away = await redpack(['stop', '--json'], { ...env, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' })
    expect({ code: away.code, ...JSON.parse(away.err).error }).toMatchObject({ code: 'aws_unreachable', exit_code: 4 })
    proxy.interfere('lose', 'UpdateItem', 2)
    expect(await json('stop')).toMatchObject({ code: 3, error: { code: 'table_in_doubt', exit_code: 3 } })
    expect((await controls()).isStopped('any')).toBe(true)
  })

  it('holds an item that the service cannot read: it is left as it is', async () => {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: 'control' } },
        UpdateExpression: 'SET stopped_all = :text',
        ExpressionAttributeValues: { ':text': { S: 'yes' } },
      }),
    )
    expect(await json('resume')).toMatchObject({ code: 1, error: { code: 'control_malformed' } })
  })
})
