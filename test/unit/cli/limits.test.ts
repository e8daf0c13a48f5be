// What WeChat refuses is told before anything is sent, for one packet and for lists alike.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startCampaigns, ZERO } from '../../support/campaigns.ts'
import { COMMON, PACKET, redpack, startService } from '../../support/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let service: { stop(): Promise<void> } | undefined
afterEach(async () => {
  await service?.stop()
  service = undefined
})

const id = '5c474dd8e2aa136e58867af3'
const SENT = { return_code: 'SUCCESS', mch_billno: `RP${id}`, send_listid: '1', id, outcome: 'sent' }

async function send(flags: string[]) {
  const single = await startService(() => ({ status: 200, body: SENT }))
  service = single
  const { code, err } = await redpack(['send', ...PACKET, ...flags], single.env)
  return { code, err, asked: single.asked.length }
}

/** The same packet as the only row of a list, with what differs in a column of its own. */
async function list(name: string, value: string, amount = '1.10', flags: string[] = []) {
  const file = join(folder, `${Math.random()}.csv`)
  const cells = { re_openid: 'oA', total_amount: amount, wishing: '恭喜', ...(value && { [name]: value }) }
  writeFileSync(
    file,
    `${Object.keys(cells).join()}\n${Object.values(cells)
      .map((cell) => `"${cell}"`)
      .join()}\n`,
  )
  const campaigns = await startCampaigns({ looks: [{ rows_count: 1, counts: { ...ZERO, sent: 1 } }] })
  service = campaigns
  const argv = ['campaign', 'send', file, '--yes', '--interval', '0.1', ...COMMON, ...flags]
  const { code, err } = await redpack(argv, campaigns.env)
  return { code, err, asked: campaigns.uploaded.length }
}

describe.each([
  ['send_name', '--send-name', 32],
  ['act_name', '--act-name', 32],
  ['wishing', '--wishing', 128],
  ['remark', '--remark', 256],
])('%s', (name, flag, most) => {
  const han = (bytes: number) => '恭'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)

  it.each([
    ['Chinese', han],
    ['emoji', (bytes: number) => '🧧'.repeat(bytes / 4) + 'x'.repeat(bytes % 4)],
  ])('of WeChat’s limit and one more byte in %s is refused, of the limit doubted, of less sent', async (_, text) => {
    const told = `${most + 1} bytes in UTF-8; WeChat accepts at most ${most}`
    const over = text(most + 1)
    expect(await send([flag, over])).toEqual({ code: 1, asked: 0, err: expect.stringContaining(`${name}: ${told}`) })
    await service?.stop()
    const inList = new RegExp(`line 2: ${name} “.*”: ${told}`)
    expect(await list(name, over)).toEqual({ code: 1, asked: 0, err: expect.stringMatching(inList) })
    await service?.stop()

    expect(await send([flag, text(most)])).toEqual({
      code: 0,
      asked: 1,
      err: expect.stringContaining(`may refuse this: ${name}`),
    })
    await service?.stop()
    expect(await list(name, text(most))).toEqual({
      code: 0,
      asked: 1,
      err: expect.stringContaining('1 row with a text (first: line 2)'),
    })
    await service?.stop()

    const less = await send([flag, text(most - 1)])
    expect({ ...less, err: /refuse/.test(less.err) }).toEqual({ code: 0, asked: 1, err: false })
    await service?.stop()
    expect(await send([flag, over, '--let-wechat-decide'])).toMatchObject({ code: 0, asked: 1 })
    await service?.stop()
    expect(await list(name, over, '1.10', ['--let-wechat-decide'])).toMatchObject({ code: 0, asked: 1 })
  })
})

describe('re_openid', () => {
  it.each([
    ['oA\u200bB', 'invisible characters (U+200B)'],
    ['\ufeffoAB', 'invisible characters (U+FEFF)'],
    ['oAB\u00ad', 'invisible characters (U+00AD)'],
    ['o\u202eAB\u2066', 'invisible characters (U+202E, U+2066)'],
    ['oA\u0007B', 'invisible characters (U+0007)'],
    ['oA\u3164B', 'invisible characters (U+3164)'],
    ['oA B', 'an openid cannot have: U+0020'],
    ['oA\u00a0B', 'an openid cannot have: U+00A0'],
    ['oA\u3000B', 'an openid cannot have: U+3000'],
    ['oA.B', 'an openid cannot have: .'],
    ['2.0201E+17', 'an openid cannot have: ., +'],
    ['oА', 'an openid cannot have: А'],
    ['ｏA', 'an openid cannot have: ｏ'],
    ['[object Object]', 'an openid cannot have: ['],
    ['undefined', 'is not an openid'],
    ['null', 'is not an openid'],
    ['UNDEFINED', 'is not an openid'],
    ['None', 'is not an openid'],
    ['nil', 'is not an openid'],
    ['NaN', 'is not an openid'],
    [`o${'A'.repeat(32)}`, '33 characters; an openid has at most 32'],
  ])('%j is refused, and what is wrong is named', async (openid, told) => {
    const refused = { code: 1, asked: 0, err: expect.stringContaining(told) }
    expect(await send(['--re-openid', openid])).toEqual(refused)
    await service?.stop()
    if (!/^\s|\s$|\ufeff/.test(openid)) expect(await list('re_openid', openid)).toEqual(refused)
    await service?.stop()
    expect(await send(['--re-openid', openid, '--let-wechat-decide'])).toEqual(refused)
  })

  it.each(['oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd', 'onqOjjmM1tad-3ROpncN-yUfa6uI', 'o_-', `o${'A'.repeat(31)}`])(
    '%s is sent',
    async (openid) => {
      expect(await send(['--re-openid', openid])).toMatchObject({ code: 0, asked: 1 })
    },
  )
})

describe('scene_id', () => {
  it.each([
    ['0.99', [], 1],
    ['200.01', [], 1],
    ['1.00', [], 0],
    ['200.00', [], 0],
    ['0.99', ['--scene-id', 'PRODUCT_2'], 0],
    ['2.99', ['--type', 'fission', '--total-num', '3'], 1],
    ['3.00', ['--type', 'fission', '--total-num', '3'], 0],
    ['600.01', ['--type', 'fission', '--total-num', '3'], 1],
    ['0.99', ['--scene-id', ''], 1],
    ['0.99', ['--let-wechat-decide'], 0],
  ])('of %s yuan with %j: exit code %i', async (amount, flags, code) => {
    const told = await send(['--total-amount', amount, ...flags])
    expect({ code: told.code, asked: told.asked }).toEqual({ code, asked: code === 0 ? 1 : 0 })
    if (code === 1) expect(told.err).toContain('scene_id: missing: WeChat requires it above 200 yuan and below 1 yuan')
    await service?.stop()
    expect(await list('', '', amount, flags)).toMatchObject({ code, asked: code === 0 ? 1 : 0 })
  })
})
