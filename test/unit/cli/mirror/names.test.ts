// Names of a campaign's file, which only this machine has: kept when the list is sent, found again, and told beside the packet.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { campaignId } from '../../../../cli/campaign/find.ts'
import type { RedPackRecord } from '../../../../client/src/index.ts'
import { campaignOf, startCampaigns } from '../../../support/campaigns.ts'
import { type Asked, COMMON, problem, redpack } from '../../../support/cli.ts'
import { aRow } from './records.ts'

const ID = '3f1c9a0b5d7e2468ace01357'
const LIST =
  'openid,金额,祝福语,姓名\noAaaaaaaaaaaaaaaa,1.88,恭喜发财,张三\noBbbbbbbbbbbbbbbb,6.66,新年快乐,李 四\noCccccccccccccccc,1.00,新年快乐,Zhang Li\n'

let folder: string
let service: Awaited<ReturnType<typeof startCampaigns>>
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-names-'))
})
afterEach(async () => {
  await service?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A campaign of three rows, of which some have a record. */
async function started(rows: readonly RedPackRecord[], answer: (asked: Asked) => object | undefined = () => undefined) {
  service = await startCampaigns({
    looks: [{ rows_count: 3, total_amount: 9.54 }],
    answer: (asked) => {
      const own = answer(asked)
      if (own) return own as never
      const { pathname, searchParams } = new URL(asked.path, 'http://service')
      if (pathname !== '/redpacks') return 'own'
      const [limit = 0, offset = 0] = ['limit', 'offset'].map((name) => Number(searchParams.get(name)))
      const objects = [...rows]
        .reverse()
        .slice(offset, offset + limit)
        .map((row) => ({ ...row, pk: row.id }))
      return {
        status: 200,
        body: { meta: { limit, offset, next: null, previous: null, total_count: rows.length }, objects },
      }
    },
  })
}
const row = (n: number) => aRow(n, { idempotency_key: `campaign/${ID}/${n}/1`, re_openid: `oReceiver${n}` })
const env = (lang: string) => ({ ...service.env, REDPACK_MIRROR_DIR: join(folder, 'mirror'), LANG: lang })
const cli = (argv: string[], lang = 'C') => redpack(argv, env(lang))
const send = (text = LIST, ...flags: string[]) => {
  const file = join(folder, 'list.csv')
  writeFileSync(file, text)
  return cli(['campaign', 'send', file, '--name', 'new-year', '--yes', '--interval', '0.1', ...COMMON, ...flags])
}

describe('redpack campaign send', () => {
  it('keeps the names of the list, and sends none of them', async () => {
    await started([])
    const { err } = await send()
    expect(err).toContain('3 names of the column 姓名 are kept on this machine')
    expect(JSON.stringify(service.asked.map(({ body }) => body))).not.toMatch(/张三|Zhang/)
  })

  it.each([
    ['no such column', LIST.replace('姓名', '工号'), [], ''],
    [
      'another column by its flag',
      LIST.replace('姓名', '工号'),
      ['--name-column', '工号'],
      '3 names of the column 工号',
    ],
  ])('with %s', async (_, text, flags, told) => {
    await started([])
    const { err } = await send(text, ...flags)
    expect(err.includes('are kept on this machine')).toBe(told !== '')
    expect(err).toContain(told)
  })

  it('refuses a column that is not there, before anything is asked', async () => {
    await started([])
    expect(await send(LIST, '--name-column', 'who')).toMatchObject({ code: 1, err: expect.stringContaining('who') })
    expect(service.asked).toEqual([])
  })
})

describe('redpack find', () => {
  it.each([
    ['张三', 1],
    ['李四', 2],
    ['ZHANG  LI', 3],
    ['hang', 3],
  ])('%s is the receiver of row %i', async (text, n) => {
    await started([row(1), row(2), row(3)])
    await send()
    const { objects } = JSON.parse((await cli(['find', text, '--json'])).out)
    expect(objects.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([
      [row(n).id, ['张三', '李 四', 'Zhang Li'][n - 1]],
    ])
    expect((await cli(['find', text])).out).toContain(`  name             ${objects[0].name}\n`)
    // By anything else the name is told, too.
    expect((await cli(['find', row(n).id])).out).toContain(`  name             ${objects[0].name}\n`)
  })

  it('says in which row somebody stands who has no packet yet', async () => {
    await started([row(1)])
    await send()
    const { code, out, err } = await cli(['find', '李四'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /✘ No packet yet for this name, as of .*\. It stands in:\n {4}李 四: campaign new-year, row 2\n$/,
    )
    expect((await cli(['find', '李四'], 'zh_CN')).err).toContain('李 四：活动 new-year，第 2 行')
    expect((await cli(['find', '王五'])).err).toContain('Nothing is known by 王五')
  })

  it('knows a name no more once the copy is cleared', async () => {
    await started([row(1)])
    await send()
    await cli(['mirror', 'clear'])
    expect((await cli(['find', '张三'])).err).toContain('Nothing is known by 张三')
  })
})

describe('redpack list --campaign', () => {
  const miniapp_id = campaignOf().miniapp_id
  const named = campaignId(miniapp_id, 'new-year')
  const mine = (n: number) => ({ ...row(n), miniapp_id, idempotency_key: `campaign/${named}/${n}/1` })
  const other = { ...row(4), miniapp_id, idempotency_key: 'order-4' }
  /** The service knows the campaign by its id. */
  const known = ({ path }: Asked) => {
    if (path === `/campaigns/${named}`) return { status: 200, body: campaignOf({ id: named }) }
    if (path.startsWith('/campaigns?')) return { status: 200, body: { meta: {}, objects: [campaignOf()] } }
    return path.startsWith('/campaigns/') ? problem(404, 'not_found', '没有') : undefined
  }

  it.each([['new-year'], [named]])('%s shows its records, online and offline', async (which) => {
    await started([mine(1), mine(2), other], known)
    for (const flags of [[], ['--offline']]) {
      const { out } = await cli(['list', '--campaign', which, '--json', ...flags])
      expect(JSON.parse(out).objects.map(({ id }: { id: string }) => id)).toEqual([mine(2).id, mine(1).id])
    }
  })

  it('says that there is no such campaign', async () => {
    await started([mine(1)], known)
    for (const flags of [[], ['--offline']]) {
      expect(await cli(['list', '--campaign', 'old-year', ...flags])).toMatchObject({
        ...{ code: 1, out: '', err: expect.stringContaining('old-year') },
      })
    }
  })
})
