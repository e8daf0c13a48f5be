// The filters of resources/events.yml against records of the table's stream, made by the code that writes the table; and the events that
// come out, as docs/events.md describes them.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AttributeValue, PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dynamoCampaigns } from '../../../lib/aws/campaigns.ts'
import type { Sender } from '../../../lib/aws/dynamodb.ts'
import { dynamoRecords } from '../../../lib/aws/records.ts'
import type { Campaign } from '../../../lib/campaigns/campaign.ts'
import type { RedpackRecord, State } from '../../../lib/redpack/record.ts'
import { matches, type Pattern } from '../../support/event-pattern.ts'
import { aRecord } from '../records.ts'

type Item = Record<string, AttributeValue>
type Change = { eventName: 'INSERT' | 'MODIFY' | 'REMOVE'; dynamodb: { Keys: Item; OldImage?: Item; NewImage?: Item } }
type Pipe = {
  Properties: {
    SourceParameters: { FilterCriteria: { Filters: { Pattern: string }[] } }
    TargetParameters: { EventBridgeEventBusParameters: { Source: string; DetailType: string }; InputTemplate: string }
  }
}
const { EVENTS, choose }: { EVENTS: string[]; choose(stage: string, params: object): { openid_of_events: string } } =
  createRequire(import.meta.url)('../../../deploy/choices.cjs')

const parts: Record<string, { Resources: Record<string, Pipe> }> = parse(
  readFileSync(new URL('../../../resources/events.yml', import.meta.url), 'utf8'),
  { logLevel: 'error' },
)
const pipes = EVENTS.map((name) => {
  // Its alarm is the second.
  const [pipe] = Object.values(parts[name.replace('.', '_')]?.Resources ?? {})
  if (!pipe) throw new Error(`${name} has no pipe`)
  return pipe.Properties
})

/** The events that a change of the table becomes: name and detail. */
function eventsOf(change: Change, choices: object = {}): [string, Record<string, string>][] {
  const { openid_of_events } = choose('dev', choices)
  return pipes.flatMap(({ SourceParameters, TargetParameters }) => {
    const { Filters } = SourceParameters.FilterCriteria
    if (!Filters.some(({ Pattern }) => matches(JSON.parse(Pattern) as Pattern, change))) return []
    const { EventBridgeEventBusParameters, InputTemplate } = TargetParameters
    const template = InputTemplate.replace(/\$\{self:custom\.choices\.openid_of_events\}/, openid_of_events)
    return [[EventBridgeEventBusParameters.DetailType, JSON.parse(filled(template, change))]]
  })
}
const namesOf = (change: Change) => eventsOf(change).map(([name]) => name)

/** Paths into the change; one that leads nowhere is empty. */
function filled(template: string, change: Change): string {
  return template.replace(/<\$\.([\w.]+)>/g, (_, path: string) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], change)
    return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : ''
  })
}

/** A table of one item, which writers write to; `changes` is its stream. */
function table() {
  const changes: Change[] = []
  let item: Item | undefined
  const send = async ({ input }: { input: PutItemCommandInput & UpdateItemCommandInput }) => {
    const before = item
    item = input.Item ?? updated(before ?? {}, input)
    const images = { ...(before && { OldImage: before }), NewImage: item }
    changes.push({
      eventName: before ? 'MODIFY' : 'INSERT',
      dynamodb: { Keys: { id: item.id as AttributeValue }, ...images },
    })
    return { Attributes: item }
  }
  return { client: { send } as unknown as Sender, changes }
}

/** The update expressions of lib/aws: SET #a = :a, … REMOVE #b, … */
function updated(
  item: Item,
  { UpdateExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: UpdateItemCommandInput,
) {
  const [set = '', remove = ''] = UpdateExpression.replace(/^SET /, '').split(' REMOVE ')
  const next = { ...item }
  for (const one of set.split(', ')) {
    const [name = '', value = ''] = one.split(' = ')
    const attribute = ExpressionAttributeValues[value]
    if (attribute === undefined) throw new Error(`no value in ${one}`)
    next[ExpressionAttributeNames[name] ?? name] = attribute
  }
  for (const name of remove === '' ? [] : remove.split(', ')) delete next[ExpressionAttributeNames[name] ?? name]
  return next
}

/** A packet's changes: it is claimed, and then brought to each of the states. */
async function packet(...states: Partial<State>[]): Promise<Change[]> {
  const { client, changes } = table()
  const surroundings = { now: () => 1_795_627_497_222, token: () => 'writer', unreadable: () => {} }
  const store = dynamoRecords(client, 'redpack-dev', surroundings)
  let { record } = await store.insert(aRecord('order-1', { outcome: 'pending' }))
  for (const state of states) {
    const next: RedpackRecord = { ...record, ...state }
    record = (await store.prepare(record, next)(1_000)).record
  }
  return changes
}
const namesAfter = async (...states: Partial<State>[]) => (await packet(...states)).map(namesOf)

describe('a packet', () => {
  it.each<[string, Partial<State>[], string[][]]>([
    [
      'is sent, received',
      [{ outcome: 'sent', status: 'SENT' }, { status: 'RECEIVED' }],
      [[], ['packet.sent'], ['packet.received']],
    ],
    [
      'is sent without a status, and refunded',
      [{ outcome: 'sent' }, { status: 'REFUND' }],
      [[], ['packet.sent'], ['packet.refunded']],
    ],
    [
      'is on the way back for a while',
      [{ outcome: 'sent' }, { status: 'RFUND_ING' }, { status: 'REFUND' }],
      [[], ['packet.sent'], [], ['packet.refunded']],
    ],
    ['is refused', [{ outcome: 'refused', err_code: 'NOTENOUGH' }], [[], ['packet.refused']]],
    [
      'is unknown, and found to be sent',
      [{ outcome: 'unknown' }, { outcome: 'sent', status: 'SENT' }],
      [[], [], ['packet.sent']],
    ],
    [
      'is unknown, and found to be received',
      [{ outcome: 'unknown' }, { outcome: 'sent', status: 'RECEIVED' }],
      [[], [], ['packet.sent', 'packet.received']],
    ],
    ['is unknown for good', [{ outcome: 'unknown' }, { outcome: 'manual' }], [[], [], []]],
    [
      'is refused, and received against the record',
      [{ outcome: 'refused' }, { status: 'RECEIVED' }],
      [[], ['packet.refused'], ['packet.received']],
    ],
    [
      'is written again without a change',
      [{ outcome: 'sent', status: 'RECEIVED' }, { looks: 2 }, { seq: 7 }],
      [[], ['packet.sent', 'packet.received'], [], []],
    ],
    [
      'is erased',
      [{ outcome: 'sent', status: 'RECEIVED' }, { erased_at: 1_795_627_497 }],
      [[], ['packet.sent', 'packet.received'], []],
    ],
  ])('that %s', async (_, states, expected) => {
    expect(await namesAfter(...states)).toEqual(expected)
  })

  it('has an event as it is documented, without the openid', async () => {
    const [, sent, received] = await packet(
      { outcome: 'sent', status: 'SENT', send_listid: '100000000020150520314766074200' },
      { status: 'RECEIVED' },
    )
    const { id, mch_billno } = aRecord('order-1')
    const shared = {
      id,
      mch_billno,
      miniapp_id: 'miniapp-1',
      mch_id: '10000098',
      total_amount_fen: '100',
      total_num: '1',
    }
    const times = { created_at: expect.stringMatching(/^\d{10}$/), at: '1795627497' }
    expect(eventsOf(sent as Change)).toEqual([
      [
        'packet.sent',
        { ...shared, ...times, outcome: 'sent', send_listid: '100000000020150520314766074200', version: '2' },
      ],
    ])
    expect(eventsOf(received as Change)).toEqual([
      ['packet.received', { ...shared, ...times, outcome: 'sent', status: 'RECEIVED', version: '3' }],
    ])
    const [, refused] = await packet({ outcome: 'refused', err_code: 'NOTENOUGH', err_code_des: '余额"不足"' })
    expect(eventsOf(refused as Change)).toEqual([
      ['packet.refused', { ...shared, ...times, outcome: 'refused', err_code: 'NOTENOUGH', version: '2' }],
    ])
  })

  it.each([true, false])('with events_openid %s', async (events_openid) => {
    const changes = await packet({ outcome: 'sent', status: 'RECEIVED' }, { status: 'REFUND' })
    const events = changes.flatMap((change) => eventsOf(change, { events_openid }))
    const { re_openid } = aRecord('order-1')
    expect(events.map(([name, detail]) => [name, detail.re_openid])).toEqual(
      ['packet.sent', 'packet.received', 'packet.refunded'].map((name) => [
        name,
        events_openid ? re_openid : undefined,
      ]),
    )
    expect(JSON.stringify(events).includes(re_openid)).toBe(events_openid)
  })
})

describe('a campaign', () => {
  const totals = { rows: { sent: 3 }, fen: { sent: 300 } }
  const campaign = {
    ...{ id: '0123456789abcdef01234567', miniapp_id: 'miniapp-1', mch_id: '10000098', name: 'a "name"', rows_count: 3 },
    ...{
      total_amount: 300,
      created_ms: 1_795_627_000_000,
      version: 4,
      state: 'settling',
      totals,
      defaults: { re_openid: 'o' },
    },
  } as unknown as Campaign

  async function moves(...states: Campaign['state'][]): Promise<Change[]> {
    const { client, changes } = table()
    const store = dynamoCampaigns(client, 'redpack-dev', { now: () => 1_795_627_497_222 })
    await store.create(campaign)
    for (const state of states)
      await store.save(campaign.id, 'worker', { state, ...(state === 'done' && { finished_at: 1_795_627_497 }) })
    return changes
  }

  it('is done once each time that it comes to rest', async () => {
    const changes = await moves('done', 'done', 'settling', 'done')
    expect(changes.map(namesOf)).toEqual([[], ['campaign.done'], [], [], ['campaign.done']])
  })

  it('is not done if it is cancelled or stopped', async () => {
    expect((await moves('running', 'stopped', 'cancelled')).flatMap(namesOf)).toEqual([])
  })

  it('has an event as it is documented, without its name and its rows', async () => {
    const [, done] = await moves('done')
    expect(eventsOf(done as Change)).toEqual([
      [
        'campaign.done',
        {
          ...{ item: 'campaign#0123456789abcdef01234567', miniapp_id: 'miniapp-1', mch_id: '10000098' },
          ...{ rows_count: '3', total_amount_fen: '300', sent_rows: '3', sent_fen: '300', version: '4' },
          finished_at: '1795627497',
        },
      ],
    ])
  })
})

describe('nothing is told of', () => {
  const S = (text: string) => ({ S: text })
  it.each<[string, Item, Item]>([
    ['the brake', { id: S('control') }, { id: S('control'), stopped_all: { N: '1' } }],
    ['a sequence', { id: S('seq#miniapp-1'), last: { N: '1' } }, { id: S('seq#miniapp-1'), last: { N: '2' } }],
    ['a chunk of rows', { id: S('campaign#0#rows#1') }, { id: S('campaign#0#rows#1'), rows: { B: new Uint8Array() } }],
    ['the line of a merchant', { id: S('line#1'), version: { N: '1' } }, { id: S('line#1'), version: { N: '2' } }],
  ])('%s', (_, OldImage, NewImage) => {
    const dynamodb = { Keys: { id: NewImage.id as AttributeValue }, OldImage, NewImage }
    expect(eventsOf({ eventName: 'MODIFY', dynamodb })).toEqual([])
  })

  it('a record that is removed', async () => {
    const [, sent] = await packet({ outcome: 'sent', status: 'RECEIVED' })
    const { Keys, NewImage } = (sent as Change).dynamodb
    expect(eventsOf({ eventName: 'REMOVE', dynamodb: { Keys, OldImage: NewImage as Item } })).toEqual([])
  })
})

it('every event has source redpack and its own name', () => {
  expect(pipes.map(({ TargetParameters }) => TargetParameters.EventBridgeEventBusParameters)).toEqual(
    EVENTS.map((DetailType) => ({ Source: 'redpack', DetailType })),
  )
})

it.each(['events.md', 'events.zh-CN.md'])('%s describes each event and each field', (page) => {
  const doc = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8')
  const fields = pipes.flatMap(({ TargetParameters }) =>
    [...TargetParameters.InputTemplate.matchAll(/"(\w+)": "</g)].map(([, field]) => field),
  )
  expect([...new Set([...EVENTS, ...fields, 're_openid'])].filter((name) => !doc.includes(`\`${name}\``))).toEqual([])
})
