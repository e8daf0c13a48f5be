// While the service's operators have stopped all sending: what list, get, status, send and doctor say of it.
import { afterEach, describe, expect, it } from 'vitest'
import { type Answer, type Asked, PACKET, problem, redpack, startService } from '../../support/cli.ts'

const ID = '5c474dd8e2aa136e58867af3'
const RECORD = {
  ...{ id: ID, mch_billno: `RP${ID}`, outcome: 'sent', status: 'SENT', created_at: 1, updated_at: 1, result: null },
  ...{ total_amount: 1, total_num: 1, re_openid: 'o1', act_name: 'a', raw_result: null, pk: ID },
}
const LIST = { meta: { limit: 20, offset: 0, next: null, previous: null, total_count: 1 }, objects: [RECORD] }
const LINE = 'The operators of the service have stopped all sending, since 2025-01-01 08:00:00+08:00'

let service: Awaited<ReturnType<typeof startService>>
afterEach(() => service?.stop())

const pages = (headers: Record<string, string>) => (asked: Asked) => {
  const status = { return_code: 'SUCCESS', status: 'SENT', mch_billno: `RP${ID}` }
  const body = asked.path.startsWith('/redpacks/status') ? status : /\/redpacks\?|s$/.test(asked.path) ? LIST : RECORD
  return { status: 200, body, headers }
}
const ON = pages({ 'redpack-stopped': '1735689600' })

async function against(argv: string[], answer: (asked: Asked, n: number) => Answer) {
  service = await startService(answer)
  return redpack(argv, service.env)
}

describe.each([
  [['list']],
  [['list', '--csv']],
  [['list', '--all']],
  [['list', '--all', '--csv']],
  [['get', ID]],
  [['status', ID]],
  [['status', ID, '--watch', '--interval', '1', '--timeout', '1']],
])('redpack %j', (argv) => {
  it('says so once, on standard error', async () => {
    const { code, out, err } = await against(argv, ON)
    expect({ code, times: err.split(LINE).length - 1 }).toEqual({ code: 0, times: 1 })
    expect(out).not.toContain('stopped')
  })

  it('says nothing while the brake is off', async () => {
    expect((await against(argv, pages({}))).err).not.toContain('stopped')
  })
})

it.each([[['list']], [['list', '--all']], [['get', ID]], [['status', ID]]])(
  'redpack %j --json has the time in its document, and only then',
  async (argv) => {
    const { out, err } = await against([...argv, '--json'], ON)
    expect({ ...JSON.parse(out), err }).toMatchObject({ stopped_since: 1_735_689_600, err: '' })
    await service.stop()
    expect(JSON.parse((await against([...argv, '--json'], pages({}))).out)).not.toHaveProperty('stopped_since')
  },
)

it('redpack send says that nothing was sent, and does not wait', async () => {
  const stopped = problem(503, 'stopped', '维护者已暂停发送')
  const { code, err } = await against(['send', ...PACKET, '--idempotency-key', 'k'], () => stopped)
  expect({ code, asked: service.asked.length }).toEqual({ code: 4, asked: 1 })
  expect(err).toContain('The operator has stopped all sending')
  expect(err).toContain('This request sent nothing')
})

it('redpack doctor names it', async () => {
  const { code, out } = await against(['doctor'], ON)
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`⚠ ${LINE}`) })
})
