// find, list with a filter, report and mirror as a person sees them, against a service that answers what the test wants.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cellsOf } from '../../../../cli/cells.ts'
import type { RedPackRecord } from '../../../../client/src/index.ts'
import { type Answer, type Asked, problem, redpack, startService } from '../../../support/cli.ts'
import { aRow, NOON_S } from './records.ts'

let folder: string
let service: Awaited<ReturnType<typeof startService>>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-mirror-'))
})
afterEach(async () => {
  await service?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A service with these records; `status` gives WeChat's answer to any question. */
function answering(rows: readonly RedPackRecord[], status: () => object = () => ({})): (asked: Asked) => Answer {
  return ({ path }) => {
    const url = new URL(path, 'http://service')
    if (url.pathname === '/redpacks/status') return { status: 200, body: status() }
    if (url.pathname !== '/redpacks') {
      const body = rows.find(({ id }) => url.pathname.endsWith(id))
      return body ? { status: 200, body } : problem(404, 'not_found', '没有')
    }
    const [limit, offset] = ['limit', 'offset'].map((name) => Number(url.searchParams.get(name))) as [number, number]
    const objects = [...rows].reverse().slice(offset, offset + limit)
    const meta = { limit, offset, next: null, previous: null, total_count: rows.length }
    return { status: 200, body: { meta, objects: objects.map((row) => ({ ...row, pk: row.id })) } }
  }
}
async function started(rows: readonly RedPackRecord[], status?: () => object): Promise<void> {
  service = await startService(answering(rows, status))
}
const env = (lang = 'en') => ({ ...service.env, REDPACK_MIRROR_DIR: join(folder, 'copies'), LANG: lang })
const cli = (...argv: string[]) => redpack(argv, env())
const zh = (...argv: string[]) => redpack(argv, env('zh_CN.UTF-8'))
const asked = () => service.asked.map(({ path }) => path.replace(/\?.*/, ''))

const KEYS = `
  re_openid        oReceiver1
  act_name         新年红包
  id               ${aRow(1).id}
  mch_billno       ${aRow(1).mch_billno}
  send_listid      ${aRow(1).result?.send_listid}
  idempotency_key  order-1
`

describe('redpack find', () => {
  const told = { send_time: '2026-11-24 11:22:05', status: 'RECEIVED' }
  const receipt = { openid: 'oReceiver1', amount: '188', rcv_time: '2026-11-24 11:26:59' }
  const refused = { err_code: 'NOTENOUGH', err_code_des: '余额不足', mch_billno: 'RP' }

  it('asks about what is not at rest, says it in a sentence, and remembers the times', async () => {
    const row = aRow(1, { total_amount: 1.88, status: 'SENT' })
    await started([row], () => {
      // The service writes what WeChat says.
      Object.assign(row, { status: 'RECEIVED', updated_at: NOON_S + 60 })
      return { return_code: 'SUCCESS', ...told, hblist: [receipt] }
    })
    const sentence = '✔ sent 2026-11-24 11:22, received 11:26, 1.88 yuan (Beijing time, +08:00)'
    expect(await cli('find', 'oReceiver1')).toEqual({ code: 0, out: `${sentence}${KEYS}`, err: expect.any(String) })

    const questions = asked().filter((path) => path === '/redpacks/status').length
    expect((await cli('find', 'oReceiver1')).out).toBe(`${sentence}${KEYS}`)
    expect(asked().filter((path) => path === '/redpacks/status')).toHaveLength(questions)
    expect((await zh('find', 'Receiver1')).out).toBe(`✔ 2026-11-24 11:22 发出，11:26 领取，1.88 元（北京时间）${KEYS}`)
  })

  it.each([
    [{}, 0, '✔ sent 2026-11-24 08:00, received by 08:00, 1.00 yuan'],
    [
      { status: 'REFUND', updated_at: NOON_S + 86_400 + 600 },
      0,
      'not opened within 24 hours, returned by 2026-11-25 08:10',
    ],
    [{ status: 'RFUND_ING' }, 0, 'not opened within 24 hours, on its way back, 1.00 yuan'],
    [{ status: 'SENT' }, 0, 'not opened yet, 1.00 yuan'],
    [{ status: 'SENDING' }, 0, 'accepted by WeChat, not delivered yet'],
    [{ status: null }, 0, 'WeChat has not been asked what became of it yet'],
    [{ status: 'FAILED' }, 2, '✘ sent 2026-11-24 08:00, WeChat could not deliver it, not paid'],
    [
      { outcome: 'refused', status: null, result: refused },
      2,
      '✘ refused 2026-11-24 08:00, not paid: NOTENOUGH 余额不足',
    ],
    [{ outcome: 'unknown', status: null, result: null }, 3, '⚠ asked for 2026-11-24 08:00, result not known yet'],
    [{ outcome: 'pending', status: null, result: null }, 3, '⚠ asked for 2026-11-24 08:00, result not known yet'],
    [{ outcome: 'manual', status: null, result: null }, 3, 'look at the fund bill (redpack reconcile)'],
    [{ type: 'fission', total_num: 3, status: 'REFUND' }, 0, 'the rest returned, 1.00 yuan in 3 shares'],
  ] as const)('%j without asking: exit %i, %s', async (changes, code, sentence) => {
    await started([aRow(1, changes as never)])
    await cli('mirror')
    service.asked.length = 0
    const found = await cli('find', 'order-1', '--offline')
    expect({ code: found.code, out: found.out, asked: asked() }).toEqual({
      ...{ code, asked: [] },
      out: expect.stringContaining(sentence),
    })
  })

  it('tells the record as it was read last if nobody can be asked', async () => {
    await started([aRow(1, { status: 'SENT' })])
    await cli('mirror')
    const list = answering([aRow(1, { status: 'SENT' })])
    await service.stop()
    service = await startService((one) =>
      /status/.test(one.path) ? problem(400, 'certificate_missing', '没有') : list(one),
    )
    // Another address is another copy.
    const { code, out, err } = await cli('find', 'order-1')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('not opened yet') })
    expect(err).toContain(`${aRow(1).id}: could not be asked about`)
  })

  it('finds many, newest first, and says how many there are', async () => {
    await started(Array.from({ length: 30 }, (_, n) => aRow(n, { re_openid: 'oOften0000000000000000000000' })))
    const { objects, total_count } = JSON.parse((await cli('find', 'oOften0000000000000000000000', '--json')).out)
    expect({ total_count, shown: objects.length, first: objects[0].id }).toEqual({
      ...{ total_count: 30, shown: 20, first: aRow(29).id },
    })
    expect((await cli('find', 'oOften0000000000000000000000')).err).toContain('The newest 20 of 30')
  })

  it('lets nothing in a record steer the terminal', async () => {
    await started([aRow(1, { act_name: 'a\u001b[2Jb\u202ec' })])
    expect((await cli('find', 'order-1')).out).toContain('a\ufffd[2Jb\ufffdc')
  })
})

describe('redpack list with a filter', () => {
  const rows = [aRow(1), aRow(2, { act_name: '=周年庆', total_amount: 2 }), aRow(3, { created_at: NOON_S + 86_400 })]

  it('prints CSV with a byte order mark and no formula', async () => {
    await started(rows)
    const { code, out } = await cli('list', '--activity', '=周年庆', '--csv')
    const [head = '', row = '', ...more] = out.trim().split('\n')
    expect({ code, mark: out.codePointAt(0), lines: more.length }).toEqual({ code: 0, mark: 0xfeff, lines: 0 })
    expect(head).toMatch(/^\uFEFF?id,created_at/)
    expect(row).toContain(",'=周年庆,")
    expect(row).toContain('2026-11-24 08:00:02+08:00')
  })

  it('counts days in Beijing, both ends in', async () => {
    await started(rows)
    const total = async (...flags: string[]) => JSON.parse((await cli('list', ...flags, '--json')).out).total_count
    expect([
      await total('--from', '2026-11-24', '--to', '2026-11-24'),
      await total('--from', '2026-11-25'),
      await total('--to', '2026-11-23'),
      await total('--from', '2026-11', '--to', '2026-11'),
    ]).toEqual([2, 1, 0, 3])
  })

  it('shows a table of 80 columns, and says how many fit', async () => {
    await started(rows)
    const { out, err } = await cli('list', '--openid', 'Receiver1')
    expect(out).toMatch(/^created \(\+08:00\) +state .*\n2026-11-24 08:00 +RECEIVED +1\.00 +…ceiver1 +[0-9a-f]{24}\n$/)
    expect(err).toContain('1 of 1 that fit')
    expect((await cli('list', '--outcome', 'unknown')).err).toContain('No record fits.')
  })

  it.each(['list', 'report', 'reconcile'])('%s refuses a time that ends before it begins', async (command) => {
    await started([])
    expect(await cli(command, '--from', '2026-11-25', '--to', '2026-11-24')).toEqual({
      ...{ code: 1, out: '' },
      err: '✘ The time from is after the time to: nothing lies between them\n',
    })
  })

  it('refuses a day that is none', async () => {
    await started([])
    expect(await cli('list', '--from', '2026-02-30')).toEqual({
      ...{ code: 1, out: '' },
      err: '✘ --from <time>: must be 2026-11-24, 2026-11, "2026-11-24 08:30"\n',
    })
  })
})

describe('redpack report', () => {
  const rows = [
    ...[aRow(1), aRow(2, { total_amount: 12_345.67, status: 'REFUND' }), aRow(3, { status: 'SENT' })],
    aRow(4, {
      outcome: 'refused',
      status: null,
      result: { err_code: 'NOTENOUGH', err_code_des: '', mch_billno: 'RP' },
    }),
    aRow(5, { created_at: NOON_S + 86_400, act_name: '周年庆' }),
  ]

  it('by day is a table that fits, in count and in yuan', async () => {
    await started(rows)
    const { code, out } = await cli('report', '--by', 'day')
    expect(code).toBe(0)
    expect(Math.max(...out.split('\n').map(cellsOf))).toBeLessThanOrEqual(80)
    expect(out).toBe(`day (count)  sent  waiting  received  refunded  net  refused
2026-11-24      3        1         1         1    2        1
2026-11-25      1        0         1         0    1        0
total           4        1         2         1    3        1

day (yuan)       sent  waiting  received   refunded   net  refused
2026-11-24  12,347.67     1.00      1.00  12,345.67  2.00     1.00
2026-11-25       1.00     0.00      1.00       0.00  1.00     0.00
total       12,348.67     1.00      2.00  12,345.67  3.00     1.00

refused because of  count  yuan
  NOTENOUGH             1  1.00
`)
  })

  it('in Chinese lines its columns up by cells', async () => {
    await started(rows)
    const { out } = await zh('report', '--by', 'activity')
    const tables = out.split('\n\n').slice(0, 2)
    const widths = tables.map((text) => new Set(text.trim().split('\n').map(cellsOf)).size)
    expect({ widths, head: out.split('\n')[0] }).toEqual({
      widths: [1, 1],
      head: expect.stringMatching(/^活动名称（个数） +已发出/),
    })
  })

  describe('by campaign', () => {
    const id = '5c474dd8e2aa136e58867af3'
    const other = '0123456789abcdef01234567'
    const sent = [`campaign/${id}/1/1`, `campaign/${other}/2/1`, 'order-3'].map((idempotency_key, i) =>
      aRow(i + 1, { idempotency_key, status: 'SENT' }),
    )
    const page = { limit: 1000, offset: 0, next: null, previous: null, total_count: 1 }
    const listed: Answer = { status: 200, body: { meta: page, objects: [{ id, name: '2026 春节', pk: id }] } }
    const withCampaigns = async (answer: Answer) => {
      const records = answering(sent)
      service = await startService((one) => (one.path.startsWith('/campaigns') ? answer : records(one)))
    }
    const names = (out: string) =>
      out
        .split('\n\n')[0]
        ?.split('\n')
        .slice(1, -1)
        .map((line) => line.split('  ')[0])

    it('tells them by their names, and one without a name that is known by its whole id', async () => {
      await withCampaigns(listed)
      expect(names((await cli('report', '--by', 'campaign')).out)).toEqual(['(no campaign)', other, '2026 春节'])
      expect(names((await cli('report', '--by', 'campaign', '--offline')).out)).toEqual(['(no campaign)', other, id])
    })

    it('has ids and names for programs', async () => {
      await withCampaigns(listed)
      const { out } = await cli('report', '--by', 'campaign', '--csv')
      const cells = out
        .trim()
        .split('\n')
        .map((line) => line.split(',').slice(0, 2))
      expect(cells).toEqual([
        ['campaign', 'campaign_name'],
        ['', ''],
        [other, ''],
        [id, '2026 春节'],
        ['total', ''],
      ])
      const { groups } = JSON.parse((await cli('report', '--by', 'campaign', '--json')).out)
      expect(groups).toEqual([
        expect.objectContaining({ name: '', campaign: null }),
        expect.objectContaining({ name: other, campaign: null }),
        expect.objectContaining({ name: id, campaign: '2026 春节' }),
      ])
    })

    it('tells the sums also if the names cannot be had', async () => {
      await withCampaigns(problem(404, 'not_found', '没有'))
      const { code, out } = await cli('report', '--by', 'campaign')
      expect({ code, names: names(out) }).toEqual({ code: 0, names: ['(no campaign)', other, id] })
    })
  })

  it('is CSV with a byte order mark, whose last row is the whole', async () => {
    await started(rows)
    const { out } = await cli('report', '--by', 'month', '--csv')
    const lines = out.trim().split('\n')
    expect(out.codePointAt(0)).toBe(0xfeff)
    expect(lines.at(-1)).toBe(
      'total,4,12348.67,1,1.00,2,2.00,0,0.00,1,12345.67,0,0.00,3,3.00,1,1.00,0,0.00,NOTENOUGH 1 1.00',
    )
  })

  it('says that a group packet may have come back in part', async () => {
    await started([aRow(1, { type: 'fission', total_num: 3, total_amount: 6, status: 'REFUND' })])
    expect((await cli('report')).out).toContain('1 group packets (6.00 yuan) came back in whole or in part')
  })
})

describe('redpack mirror', () => {
  it('is a file for each service and caller, which only its owner can read, and clear removes one', async () => {
    await started([aRow(1)])
    await cli('mirror')
    await redpack(['mirror', '--keyid', 'shop-2'], env())
    const copies = join(folder, 'copies')
    const files = readdirSync(copies)
    expect(files).toHaveLength(2)
    expect(files.map((file) => statSync(join(copies, file)).mode & 0o777)).toEqual([0o600, 0o600])
    expect(statSync(copies).mode & 0o777).toBe(0o700)

    const { code, out } = await redpack(['mirror', 'clear'], { ...env(), REDPACK_SECRET: '' })
    const [left = '', ...more] = readdirSync(copies)
    expect({
      code,
      more,
      isOther: left.includes('shop-2'),
      isGone: !existsSync(out.trim().slice('Removed: '.length)),
    }).toEqual({
      ...{ code: 0, more: [], isOther: true, isGone: true },
    })
  })

  it('says what is missing with --offline before it was ever filled', async () => {
    await started([])
    expect(await cli('report', '--offline')).toEqual({
      ...{ code: 1, out: '' },
      err: '✘ There is no local copy of the records yet. Run the command once without --offline, or redpack mirror update\n',
    })
    expect(service.asked).toEqual([])
  })

  it('says how to get rid of a copy that is damaged', async () => {
    await started([aRow(1)])
    await cli('mirror')
    const [file = ''] = readdirSync(join(folder, 'copies'))
    writeFileSync(join(folder, 'copies', file), 'no database at all, but long enough to be taken for one')
    const { code, err } = await cli('find', 'order-1')
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/cannot be used .*redpack mirror clear/) })
    expect((await cli('mirror', 'clear')).code).toBe(0)
    expect((await cli('find', 'order-1')).code).toBe(0)
  })

  it('points to --offline if the service cannot be reached', async () => {
    await started([aRow(1)])
    await cli('mirror')
    const { env: settings, url } = service
    await service.stop()
    const gone = { ...settings, REDPACK_ENDPOINT: url, REDPACK_MIRROR_DIR: join(folder, 'copies') }
    const { code, err } = await redpack(['find', 'order-1'], gone)
    expect({ code, err }).toEqual({ code: 4, err: expect.stringMatching(/^--offline answers from the copy/) })
    expect((await redpack(['find', 'order-1', '--offline'], gone)).code).toBe(0)
  })

  it('takes half a copy for none', async () => {
    const list = answering(Array.from({ length: 3000 }, (_, n) => aRow(n)))
    service = await startService((one, n) => (n > 1 ? { status: 404, body: {} } : list(one)))
    expect((await cli('mirror')).code).toBe(1)
    expect((await cli('find', 'order-1', '--offline')).err).toContain('no local copy')
  })
})
