// redpack campaign result: every row as CSV that a spreadsheet neither runs nor rounds.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { asText } from '../../../cli/csv.ts'
import { ID, rowOf, startCampaigns } from '../../support/campaigns.ts'
import { problem, redpack } from '../../support/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-result-'))
let service: Awaited<ReturnType<typeof startCampaigns>> | undefined
afterEach(async () => {
  await service?.stop()
  service = undefined
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const ROWS = [
  rowOf(),
  rowOf({ row: 2, status: 'REFUND', re_openid: '-5', wishing: '=1+1' }),
  rowOf({ row: 3, outcome: 'refused', status: null, err_code: 'OPENID_ERROR', err_code_des: '@x', send_listid: null }),
  rowOf({ row: 4, outcome: null, status: null, send_listid: null, created_at: null, updated_at: null }),
  rowOf({ row: 5, status: 'RFUND_ING', wishing: '3-4', id: '12345678901e123456789012' }),
]

async function result(flags: string[] = []) {
  service = await startCampaigns({ rows: ROWS })
  service.put({})
  return redpack(['campaign', 'result', ID, ...flags], { ...service.env, LANG: 'C' })
}

const read = (csv: string) => parse(csv, { columns: true, bom: true }) as Record<string, string>[]

describe('result', () => {
  it('has a row’s status, receipt and refund, with times of Beijing and their zone in the header', async () => {
    const { code, out } = await result()
    expect(code).toBe(0)
    expect(out.charCodeAt(0)).toBe(0xfeff)
    const rows = read(out)
    expect(rows[0]).toEqual({
      ...{ row: '1', re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI', total_amount: '1.10', outcome: 'sent' },
      ...{ status: 'RECEIVED', receipt: 'received', received_yuan: '1.10', refund: '', refunded_yuan: '' },
      ...{ err_code: '', err_code_des: '', what_to_do: '', attempt: '1' },
      ...{ 'begun_at (UTC+08:00)': '2026-02-16 08:00:00', 'updated_at (UTC+08:00)': '2026-02-16 09:00:00' },
      send_listid: "'1000000000201505203147660742",
      ...{ mch_billno: 'RP5c474dd8e2aa136e58867af3', id: '5c474dd8e2aa136e58867af3', type: 'normal', total_num: '1' },
      ...{ official_account_id: 'wxcbda96de0b165486', send_name: '天虹百货', act_name: '新年红包' },
      ...{ wishing: '恭喜发财', remark: '新年红包', scene_id: '', risk_info: '' },
    })
    const told = rows.map((row) => [
      row.outcome,
      row.status,
      row.receipt,
      row.refund,
      row.received_yuan,
      row.refunded_yuan,
    ])
    expect(told).toEqual([
      ['sent', 'RECEIVED', 'received', '', '1.10', ''],
      ['sent', 'REFUND', 'not received', 'refunded', '', '1.10'],
      ['refused', '', '', '', '', ''],
      ['waiting', '', '', '', '', ''],
      ['sent', 'RFUND_ING', 'not received', 'on its way', '', ''],
    ])
    expect(rows[2]?.what_to_do).toContain('the openid does not belong to this account')
  })

  it('has no cell that a spreadsheet runs, rounds or takes for a date', async () => {
    const [, second, third, , fifth] = read((await result()).out)
    expect([second?.re_openid, second?.wishing, third?.err_code_des]).toEqual(["'-5", "'=1+1", "'@x"])
    expect([fifth?.wishing, fifth?.id]).toEqual(["'3-4", "'12345678901e123456789012"])
  })

  it('is written whole to a file that only its owner reads', async () => {
    const out = join(folder, 'result.csv')
    const run = await result(['--out', out, '--outcome', 'sent'])
    expect(run).toEqual({ code: 0, out: `5 rows written to ${out}\n`, err: '' })
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const text = readFileSync(out, 'utf8')
    expect([text.charCodeAt(0), text.includes('\r\n'), read(text).length]).toEqual([0xfeff, true, 5])
    expect(service?.asked.at(-1)?.path).toBe(`/campaigns/${ID}/rows?limit=1000&offset=0&outcome=sent`)
  })

  it('leaves no file behind if it ends early, and says why', async () => {
    const out = join(folder, 'none.csv')
    service = await startCampaigns({
      answer: ({ path }) => (path.includes('/rows') ? problem(404, 'not_found', '名单已删除') : 'own'),
    })
    service.put({})
    const { code, err } = await redpack(['campaign', 'result', ID, '--out', out], { ...service.env, LANG: 'C' })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('名单已删除') })
    expect([existsSync(out), readdirSync(folder).filter((name) => name.includes('none'))]).toEqual([false, []])
  })

  it('that cannot be written is told', async () => {
    const { code, err } = await result(['--out', join(folder, 'no', 'folder.csv')])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/cannot be written: ENOENT/) })
  })

  it('is one document with --json', async () => {
    expect(JSON.parse((await result(['--json'])).out)).toEqual({ id: ID, name: 'new-year', objects: ROWS })
  })
})

describe('a text for a spreadsheet', () => {
  it.each([
    '1000000000201505203147660742',
    '123456789012',
    '00123',
    '1e5',
    '12345678901e123456789012',
    '3-4',
    '1/2',
    '12:30',
    '2026-01-02',
    '1.2.3',
    '3月4日',
    '2026年',
    'Mar 4',
    'MAR1',
    '4-mar',
    'TRUE',
    ' 00123',
    '=1',
    '+8613800000000',
    '-5',
    '@x',
    '\t=1',
  ])('%j is kept as it is', (text) => {
    expect(asText(text)).toBe(`'${text}`)
  })

  it.each([
    '恭喜',
    '5c474dd8e2aa136e58867af3',
    '1.10',
    '123',
    'wxcbda96de0b165486',
    'marry me',
    'SENT',
    '',
    'onqOjjmM1tad',
  ])('%j needs no help', (text) => {
    expect(asText(text)).toBe(text)
  })
})
