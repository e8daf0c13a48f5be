// What the page reads: the sums of the report, the table, one packet's story, campaigns; each whole, over HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KINDS, kindOf } from '../../../../cli/mirror/kinds.ts'
import { groupsOf, totalOf } from '../../../../cli/report/sums.ts'
import type { RedPackRecord } from '../../../../client/src/index.ts'
import { NOW_S } from '../../../browser/demo-records.ts'
import { aRow, idAt } from '../mirror/records.ts'
import { aConsole } from './asking.ts'

const DAY_S = 86_400
const TODAY_S = Date.parse('2026-11-25T00:00:00+08:00') / 1000
const refusal = { err_code: 'NO_AUTH', err_code_des: '被拦截', mch_billno: 'RP' }

/** One of each, amounts that floats add up wrongly, and days on both sides of every edge. */
const ROWS: RedPackRecord[] = [
  aRow(1, { created_at: TODAY_S - 30 * DAY_S, total_amount: 9.99 }),
  aRow(2, { created_at: TODAY_S - 29 * DAY_S - 1, total_amount: 8.88 }),
  aRow(3, { created_at: TODAY_S - 29 * DAY_S, total_amount: 0.1, status: 'REFUND', updated_at: TODAY_S }),
  aRow(4, { created_at: TODAY_S - DAY_S, total_amount: 0.2, outcome: 'manual', status: null, result: null }),
  aRow(5, { created_at: TODAY_S - 1, total_amount: 0.3, outcome: 'refused', status: null, result: refusal }),
  aRow(6, { created_at: TODAY_S, total_amount: 0.7, status: 'SENT', act_name: '=HYPERLINK("x")' }),
  aRow(7, { created_at: TODAY_S + 60, total_amount: 1.1, outcome: 'unknown', status: null, result: null }),
  aRow(8, { created_at: TODAY_S + 120, total_amount: 2.2, status: 'RFUND_ING' }),
  aRow(9, { created_at: TODAY_S + 180, total_amount: 3.3, status: 'FAILED' }),
  aRow(10, { created_at: NOW_S - 2, total_amount: 4.4, outcome: 'pending', status: null, result: null }),
  aRow(11, { created_at: NOW_S - 1, total_amount: 5.5, idempotency_key: `campaign/${idAt(77)}/3/1` }),
]

let desk: Awaited<ReturnType<typeof aConsole>>
beforeAll(async () => {
  desk = await aConsole({ rows: ROWS })
})
afterAll(() => desk?.stop())

const read = async (path: string) => {
  const { status, body } = await desk.get(path)
  expect({ path, status, body: status === 200 ? '' : body }).toEqual({ path, status: 200, body: '' })
  return JSON.parse(body)
}
const ids = (packets: { objects: { id: string }[] }) => packets.objects.map(({ id }) => Number.parseInt(id, 16))

describe('the overview', () => {
  it('has 30 Beijing days, today last, whose sums are those of redpack report', async () => {
    const { days, total, today, reasons, partly, undecided } = await read('/api/overview')
    const span = { from_s: TODAY_S - 29 * DAY_S, to_s: TODAY_S + DAY_S }
    const report = groupsOf(desk.store, 'day', span)

    expect([days.length, days[0].day, days.at(-1).day]).toEqual([30, '2026-10-27', '2026-11-25'])
    const busy = days.filter(({ sums }: { sums: { sent: { count: number } } }) => JSON.stringify(sums).match(/[1-9]/))
    expect(busy).toEqual(report.map(({ name, sums }) => ({ day: name, sums })))
    expect(total).toEqual(totalOf(desk.store, span).sums)
    expect(today).toEqual(report.at(-1)?.sums)
    expect(total.sent).toEqual({ count: 5, fen: 10 + 70 + 220 + 330 + 550 })
    expect(reasons).toEqual([{ err_code: 'NO_AUTH', count: 1, fen: 30 }])
    expect([partly, undecided]).toEqual([
      { count: 0, fen: 0 },
      { pending: 1, unknown: 1, manual: 1 },
    ])
  })
})

describe('the state', () => {
  it('says where the records come from, how new they are, and what may be done', async () => {
    expect(await read('/api/state')).toEqual({
      ...{
        endpoint: 'https://redpack.example.com/prod',
        keyid: 'shop-1',
        profile: null,
        may_act: false,
        may_brake: false,
      },
      ...{ is_offline: false, as_of: '2026-11-25 15:30:00+08:00', revision: NOW_S, records: 11 },
      ...{ filling: { is_running: false, done: 11, total: 11 }, error: null, stopped_since: null },
    })
  })
})

describe('the table', () => {
  it('has those without a result first, then the newest, on every page', async () => {
    const order = [10, 7, 4, 11, 9, 8, 6, 5, 3, 2, 1]
    expect(ids(await read('/api/packets'))).toEqual(order)
    for (const limit of [1, 2, 3, 4, 200]) {
      const pages = []
      for (let offset = 0; offset < order.length; offset += limit) {
        pages.push(...ids(await read(`/api/packets?limit=${limit}&offset=${offset}`)))
      }
      expect({ limit, pages }).toEqual({ limit, pages: order })
    }
    expect(ids(await read('/api/packets?offset=11'))).toEqual([])
  })

  it.each(KINDS)('has as many and as much of %s as the sums', async (kind) => {
    const { objects, total } = await read(`/api/packets?kind=${kind}`)
    const { count, fen } = totalOf(desk.store, {}).sums[kind]
    expect(total).toEqual({ count, fen })
    expect(objects.map((one: { kind: string }) => one.kind)).toEqual(Array(count).fill(kind))
    expect(ROWS.filter((row) => kindOf(row) === kind).length).toBe(count)
  })

  it.each([
    ['from=2026-11-25', [10, 7, 11, 9, 8, 6]],
    ['from=2026-11-24&to=2026-11-24', [4, 5]],
    ['to=2026-10-27', [3, 2, 1]],
    [`activity=${encodeURIComponent('=HYPERLINK("x")')}`, [6]],
    [`campaign=${idAt(77)}`, [11]],
    ['kind=unknown&from=2026-11-25', [10, 7]],
    ['kind=sent&from=2026-11-25', [11, 9, 8, 6]],
    ['q=Receiver4', [4]],
    ['q=oReceiver1', [1]],
    [`q=RP${idAt(5)}`, [5]],
    [`q=${idAt(5).toUpperCase()}`, [5]],
    ['q=order-6', [6]],
    [`q=${idAt(77)}/3`, [11]],
    [`q=${encodeURIComponent(' 新年红包 ')}&kind=waiting`, []],
    [`q=${encodeURIComponent('新年红包')}&kind=failed`, [9]],
    ['q=%27%20OR%201=1%20--', []],
    ['q=&kind=&from=&to=&activity=&campaign=&kind=refused', [10, 7, 4, 11, 9, 8, 6, 5, 3, 2, 1]],
  ])('%s finds %j', async (query, found) => {
    const packets = await read(`/api/packets?${query}`)
    expect([ids(packets), packets.total.count]).toEqual([found, found.length])
  })

  it('says that nothing can lie between two days in the wrong order', async () => {
    const { status, body } = await desk.get('/api/packets?from=2026-11-25&to=2026-11-24')
    const message = 'The time from is after the time to: nothing lies between them'
    expect([status, JSON.parse(body)]).toEqual([400, { code: 'invalid_parameters', message }])
  })

  it('shows a row whole', async () => {
    const [row] = (await read('/api/packets?kind=refused')).objects
    expect(row).toEqual({
      ...{ id: idAt(5), at: '2026-11-24 23:59', kind: 'refused', outcome: 'refused', yuan: '0.30', shares: 1 },
      ...{ re_openid: 'oReceiver5', act_name: '新年红包', err_code: 'NO_AUTH' },
    })
  })

  it('offers the activities, the largest first', async () => {
    expect(await read('/api/activities')).toEqual({ objects: ['新年红包', '=HYPERLINK("x")'] })
  })

  it('exports what it shows, for a spreadsheet that runs nothing', async () => {
    const { status, type, headers, body } = await desk.get('/export.csv?from=2026-11-25&kind=waiting')
    expect([status, type, headers['content-disposition']]).toEqual([
      200,
      'text/csv; charset=utf-8',
      'attachment; filename="redpack.csv"',
    ])
    const [head, row, ...rest] = body.split('\n')
    expect(head).toMatch(/^\ufeffid,created_at,/)
    expect(row).toContain(`"'=HYPERLINK(""x"")"`)
    expect(row).toContain('2026-11-25 00:00:00+08:00')
    expect(rest).toEqual([''])
  })
})

describe('a story', () => {
  it('of a refused packet says that it is not paid, why, and what to do', async () => {
    const story = await read(`/api/packets/${idAt(5)}`)
    const { fields, ...told } = story
    expect(told).toEqual({
      ...{
        id: idAt(5),
        kind: 'refused',
        outcome: 'refused',
        yuan: '0.30',
        is_open: false,
        answer: [],
        not_asked: null,
      },
      raw_result: '<xml/>',
      receiver: { name: null, openid: 'oReceiver5' },
      sentence: 'refused 2026-11-24 23:59, not paid: NO_AUTH 被拦截, 0.30 yuan (Beijing time, +08:00)',
      events: [
        { at: '2026-11-24 23:59:59', by: 'caller', text: 'shop-1 asked for it', detail: 'order-5' },
        {
          ...{ at: '2026-11-24 23:59:59', by: 'service', text: 'The record was written, with its order number' },
          detail: `RP${idAt(5)}`,
        },
        { at: '2026-11-24 08:00:05', by: 'wechat', text: 'WeChat said no: no money moved', detail: 'NO_AUTH 被拦截' },
        { at: '2026-11-24 08:00:05', by: 'service', text: 'Last change of the record', detail: 'refused' },
      ],
      advice: [
        {
          text: 'Not paid, and never will be. To pay this person, mend the reason and send under a new idempotency key',
          command: null,
        },
        {
          text: 'NO_AUTH: WeChat’s risk control stopped it: tell the person; if everybody gets it, look at the IP list in the merchant platform',
          command: null,
        },
      ],
    })
    expect(fields.slice(0, 2)).toEqual([
      ['id', idAt(5)],
      ['mch_billno', `RP${idAt(5)}`],
    ])
  })

  it.each([
    [3, 'The money came back. To pay this person, send under a new idempotency key'],
    [6, 'Paid. The receiver has 24 hours to open it'],
    [8, 'Pay again only once it is refunded'],
    [9, 'whether the money came back before it is sent again'],
    [11, 'The receiver has the money. There is nothing to do'],
  ])('of packet %i advises: %s', async (n, advice) => {
    const story = await read(`/api/packets/${idAt(n)}`)
    expect(story.advice.map(({ text }: { text: string }) => text).join('\n')).toContain(advice)
  })

  it.each([
    [4, '--to 2026-11-24', 'Do not pay again'],
    [7, `find ${idAt(7)}`, 'Never under another key'],
    [10, `find ${idAt(10)}`, 'Look again then'],
  ])('of packet %i, which may be paid, never advises to send it anew', async (n, command, text) => {
    const { advice, is_open } = await read(`/api/packets/${idAt(n)}`)
    const told = advice.map((one: { text: string; command: string }) => `${one.text} ${one.command}`).join('\n')
    expect(told).toContain(command)
    expect(told).toContain(text)
    expect(told).not.toMatch(/under a new idempotency key/)
    expect(is_open).toBe(true)
  })

  it('is told in the reader’s language', async () => {
    const { sentence, events } = await read(`/api/packets/${idAt(5)}?lang=zh`)
    expect(sentence).toBe('2026-11-24 23:59 被拒绝，没有付款：NO_AUTH 被拦截，0.30 元（北京时间）')
    expect(events[2].text).toBe('微信拒绝：没有扣款')
    const { advice } = await read(`/api/packets/${idAt(7)}?lang=zh`)
    expect(advice[0].command).toBe(`redpack find ${idAt(7)} --lang zh`)
  })

  it('of a packet that is not there is not found', async () => {
    const { status, body } = await desk.get(`/api/packets/${idAt(99)}`)
    expect([status, JSON.parse(body)]).toEqual([404, { code: 'not_found', message: 'There is no such record' }])
  })
})

describe('campaigns', () => {
  it('have their counts, what halts them, and what their state allows', async () => {
    const { objects, total } = await read('/api/campaigns')
    const short = objects.map((one: Record<string, unknown>) => [one.name, one.state, one.halt, one.may])
    expect([total, ...short]).toEqual([
      3,
      ['冬季会员日', 'running', null, ['pause']],
      [
        '新店开业 · 杭州',
        'stopped',
        'NOTENOUGH: the balance of the merchant is too small: top up, then resume',
        ['resume'],
      ],
      ['双十一红包雨', 'done', null, ['retry']],
    ])
    expect(objects[0].amounts.sent).toBe(2_370_680)
  })
})
