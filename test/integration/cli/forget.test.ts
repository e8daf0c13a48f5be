// redpack forget against a table on this machine: what of a person is left, and what is told.
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoRecords } from '../../../lib/aws/records.ts'
import type { RedpackRecord } from '../../../lib/redpack/record.ts'
import { createTable, type Dynamodb, LOCAL_CREDENTIALS, startDynamodb } from '../../../local/dynamodb.ts'
import { redpack } from '../../support/cli.ts'
import { aRecord, aSend } from '../../unit/records.ts'

const OPENID = aSend().re_openid
const OTHER = 'oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd'
const AT_REST = { outcome: 'sent', status: 'RECEIVED', open: undefined, due_at: undefined, lease_until_ms: 0 } as const
const OPEN = { outcome: 'unknown', lease_until_ms: 0, due_at: 1_795_392_060 } as const
const SENDING = { lease_until_ms: Date.now() + 3_600_000 } as const

let dynamodb: Dynamodb
let client: DynamoDBClient
let table = 0
const env = () => ({
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
  REDPACK_TABLE: `records-${table}`,
})
beforeAll(async () => {
  dynamodb = await startDynamodb({})
  client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
})
beforeEach(async () => {
  table += 1
  await createTable(dynamodb.endpoint, `records-${table}`)
})
afterAll(async () => {
  client?.destroy()
  await dynamodb?.stop()
})

async function put(...records: RedpackRecord[]): Promise<void> {
  const store = dynamoRecords(client, `records-${table}`, { now: Date.now, token: () => 'w', unreadable: () => {} })
  for (const record of records) await store.insert(record)
}
const everything = async () =>
  JSON.stringify((await client.send(new ScanCommand({ TableName: `records-${table}` }))).Items)
const forget = (flags: string[] = [], stdin = '') =>
  redpack(['forget', '--openid', OPENID, ...flags], { ...env(), LANG: 'en_US.UTF-8' }, stdin)

describe('redpack forget', () => {
  it("finds who has received of another's packet for several people", async () => {
    const raw_result = `<xml><hblist><hbinfo><openid>${OPENID}</openid></hbinfo></hblist></xml>`
    await put(aRecord('order-1', { ...AT_REST, type: 'fission', re_openid: OTHER, raw_result }))

    const { code, out } = await forget(['--json', '--yes'])

    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, found: 1, erased: 1 })
    const left = await everything()
    expect([left.includes(OPENID), left.includes(OTHER)]).toEqual([false, true])
  })

  it('erases what is at rest, marks what is open, leaves what is being sent, and touches nobody else', async () => {
    await put(
      aRecord('order-1', AT_REST),
      aRecord('order-2', AT_REST),
      aRecord('order-3', OPEN),
      aRecord('order-4', SENDING),
      aRecord('order-5', { ...AT_REST, re_openid: OTHER }),
    )

    const { code, out, err } = await forget(['--json', '--yes'])

    expect({ code, err, ...JSON.parse(out) }).toEqual({
      ...{ code: 3, err: '', table: `records-${table}`, looked_at: 5, found: 4, dry_run: false },
      ...{ erased: 2, marked: 1, busy: 1 },
      ids: { marked: [aRecord('order-3').id], busy: [aRecord('order-4').id] },
    })
    const left = await everything()
    expect(left.match(new RegExp(OPENID, 'g'))).toHaveLength(2)
    expect(left).toContain(OTHER)
    expect(left).toContain('forget_asked_at')
  })

  it('again finds what is left, and says what it did not touch', async () => {
    await put(aRecord('order-1', AT_REST), aRecord('order-2', OPEN))

    const first = await forget(['--yes'])
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/^✔ Erased: 1\..*\n⚠ Still open: 1\./)
    expect(first.err).toContain('docs/privacy.md')
    expect(first.out + first.err).not.toContain(OPENID)

    const again = await forget(['--yes'])
    expect(again.out).toMatch(/^✔ Erased: 0\..*\n⚠ Still open: 1\./)
  })

  it('counts and changes nothing with --dry-run, and takes the openid from standard input', async () => {
    await put(aRecord('order-1', AT_REST))
    const before = await everything()

    const { code, out } = await redpack(['forget', '--openid', '-', '--dry-run', '--json'], env(), `${OPENID}\n`)

    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, found: 1, dry_run: true, erased: 0 })
    expect(await everything()).toBe(before)
  })

  it('says that nobody is there', async () => {
    expect(await forget(['--yes'])).toMatchObject({
      code: 0,
      out: `– Records of this openid in the table records-${table}: 0. Nothing was changed\n`,
    })
  })

  it.each([
    ['without --yes where nobody can be asked', ['forget', '--openid', OPENID], 'usage'],
    ['without an openid', ['forget'], 'usage'],
    ['of an openid that is none', ['forget', '--openid', 'undefined', '--yes'], 'usage'],
    ['of an openid with an invisible character', ['forget', '--openid', `${OPENID}\u200b`, '--yes'], 'usage'],
    ['of a table that is not there', ['forget', '--openid', OPENID, '--yes', '--table', 'none'], 'aws_refused'],
  ])('changes nothing %s', async (_, argv, code) => {
    await put(aRecord('order-1', AT_REST))
    const before = await everything()

    const { code: exit, err } = await redpack([...argv, '--json'], env())

    expect({ exit, code: JSON.parse(err).error.code }).toEqual({ exit: 1, code })
    expect(await everything()).toBe(before)
  })

  it('says that no table is named, or that DynamoDB is away', async () => {
    const { code, err } = await redpack(['forget', '--openid', OPENID, '--yes', '--json'], {
      ...env(),
      REDPACK_TABLE: '',
    })
    expect({ code, error: JSON.parse(err).error.code }).toEqual({ code: 1, error: 'not_configured' })
    const away = await redpack(['forget', '--openid', OPENID, '--yes', '--json'], {
      ...env(),
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
    })
    expect({ code: away.code, error: JSON.parse(away.err).error.code }).toEqual({ code: 4, error: 'aws_unreachable' })
  })
})
