// What doctor makes of versions and of settle's last run, and that whatever the service refuses has its request id.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { RecordsTable } from '../../../cli/aws/table.ts'
import { contextOf } from '../../../cli/context.ts'
import { settleFinding } from '../../../cli/doctor/settle.ts'
import { serviceVersion } from '../../../cli/doctor/version.ts'
import { PACKET, problem, redpack, startService } from '../../support/cli.ts'

const context = contextOf([], {
  ...{ env: {}, interactive: false, colour: false, out: () => {}, err: () => {}, stdin: async () => Buffer.alloc(0) },
})
const ID = '5c474dd8e2aa136e58867af3'

describe('the service’s version', () => {
  it.each([
    ['0.3.1', 'good', 'Service: version 0.3.1'],
    ['0.3.9', 'good', 'Service: version 0.3.9'],
    ['0.4.0-rc.1', 'doubt', 'the service is newer than this command (0.3.0)'],
    ['1.0.0', 'doubt', 'the service is newer than this command (0.3.0)'],
    ['0.2.9', 'doubt', 'this command (0.3.0) is newer than the service'],
    [null, 'doubt', 'Service: version unknown, older than'],
    ['', 'doubt', 'Service: version unknown, older than'],
    ['nginx/1.2', 'doubt', 'Service: version unknown, older than'],
  ])('%j beside 0.3.0 is %s', (told, state, words) => {
    const finding = serviceVersion(told, context, '0.3.0')
    expect({ state: finding.state, text: `${finding.text} ${finding.hint}` }).toEqual({
      ...{ state, text: expect.stringContaining(words) },
    })
  })
})

describe('settle’s last run', () => {
  const now_ms = Date.parse('2026-11-25T12:00:00+08:00')
  const ago = (minutes: number) => ({ began_ms: now_ms - minutes * 60_000, until_ms: 0, holder: 'h' })
  const found = async (leases: Record<string, object>) => {
    const read = async (id: string) => (leases[id] ? marshall({ id, ...leases[id] }) : undefined)
    const { state, text } = await settleFinding({ read } as unknown as RecordsTable, now_ms, context)
    return `${state}: ${text}`
  }

  it.each([
    [
      'every entry in time',
      { 'settle#0': ago(1), 'settle#8': ago(2) },
      'good: settle last ran at 2026-11-25 11:58:00+08:00',
    ],
    [
      'one entry behind',
      { 'settle#0': ago(1), 'settle#8': ago(60) },
      'bad: settle last ran at 2026-11-25 11:00:00+08:00',
    ],
    ['all behind', { 'settle#0': ago(3000) }, 'bad: settle last ran at 2026-11-23 10:00:00+08:00'],
    [
      'an entry that is no more',
      { 'settle#0': ago(1), 'settle#8': ago(3000) },
      'good: settle last ran at 2026-11-25 11:59:00+08:00',
    ],
    ['none', {}, 'doubt: settle has never run on this table'],
    [
      'an older service',
      { 'settle#0': { until_ms: 0, holder: 'h' } },
      'none: settle: the time of its last run is not known (a service of an older version does not write it)',
    ],
    ['an item that is none of ours', { 'settle#0': { until_ms: 'x' } }, 'doubt: settle has never run on this table'],
  ])('%s', async (_, leases, finding) => {
    expect(await found(leases as Record<string, object>)).toBe(finding)
  })
})

describe('an error of the service', () => {
  let service: Awaited<ReturnType<typeof startService>>
  const folder = mkdtempSync(join(tmpdir(), 'redpack-doctor-'))
  afterEach(() => service.stop())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    [['list'], problem(503, 'misconfigured', '配置')],
    [['get', ID], problem(404, 'not_found', '没有')],
    [['status', ID], problem(400, 'certificate_missing', '没有')],
    [['send', ...PACKET, '--idempotency-key', 'k'], problem(422, 'key_reused', '已用于')],
    [['find', 'x'], problem(503, 'misconfigured', '配置')],
    [['campaign', 'list'], problem(400, 'invalid_parameters', '参数')],
    [['doctor'], problem(415, 'not_a_cloud_function', '不允许')],
  ])('%j tells its request id', async (argv, answer) => {
    service = await startService(() => answer)
    for (const [lang, words] of Object.entries({ en: '(request id r-1)', zh: '（request id：r-1）' })) {
      const { out, err } = await redpack([...argv, '--lang', lang], {
        ...service.env,
        REDPACK_MIRROR_DIR: folder,
      })
      expect(out + err).toContain(words)
    }
  })
})
