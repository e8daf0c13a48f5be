// The examples of the platform's page, run as programs against the service: only their import and constructor are ours.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildClient } from '../../client/build.ts'
import * as page from '../../client/test/page.ts'
import { callers, NORMAL, sent, stack, useStack } from '../support/service.ts'

useStack()

const folder = mkdtempSync(join(tmpdir(), 'redpack-page-'))
const { keyid, secret } = callers.own
const env = { PATH: process.env.PATH, REDPACK_ENDPOINT: stack.url, REDPACK_KEYID: keyid, REDPACK_SECRET: secret }
const IMPORTS = { cjs: "const BaaS = require('redpack-client')", mjs: "import * as BaaS from 'redpack-client'" }

beforeAll(async () => {
  const installed = join(folder, 'node_modules/redpack-client')
  mkdirSync(installed, { recursive: true })
  copyFileSync('client/package.json', join(installed, 'package.json'))
  await buildClient(join(installed, 'dist'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program; out: what it printed. */
async function run(format: keyof typeof IMPORTS, code: string): Promise<string> {
  const file = join(folder, `example.${format}`)
  writeFileSync(file, `${IMPORTS[format]}\n${code}\n`)
  return (await promisify(execFile)(process.execPath, [file], { env })).stdout
}

/** What console.log(value) prints of a JSON value, read back. */
const asJson = (code: string) => code.replace(/console\.log\((.*)\)/, 'console.log(JSON.stringify($1))')

describe.each(['cjs', 'mjs'] as const)('from a .%s file', (format) => {
  it('发送红包 prints true', async () => {
    expect(await run(format, page.SEND)).toBe('true\n')
  })

  it('查询发送记录 prints records with the fields of the page', async () => {
    await sent(NORMAL)
    const [record] = JSON.parse(await run(format, asJson(page.LIST)))
    expect(Object.keys(record)).toEqual(expect.arrayContaining([...Object.keys(page.RECORD), 'pk']))
  })

  it('获取单个发送记录详情 prints the record, with the id of one that was sent and the name that the page forgot', async () => {
    const { id } = await sent(NORMAL)
    const example = page.GET.replace('i5c46d771b1b9de0ab5e3c4eed', id).replace('then(() =>', 'then(res =>')
    const record = JSON.parse(await run(format, asJson(example)))
    expect(record).toMatchObject({ id, total_amount: NORMAL.total_amount, type: 'normal' })
    expect(Object.keys(record)).toEqual(expect.arrayContaining(Object.keys(page.RECORD)))
  })

  it("查询发送状态 answers with WeChat's fields of the page, with the id of one that was sent", async () => {
    const { id, mch_billno } = await sent(NORMAL)
    const example = page.STATUS.replace('i5c46d771b1b9de0ab5e3c4eed', id)
    const code = `const redPack = new BaaS.RedPack()\n${example}.then(res => console.log(JSON.stringify(res.data)))`
    const status = JSON.parse(await run(format, code))
    expect(status).toMatchObject({ mch_billno, status: 'SENT', total_amount: '110', hb_type: 'NORMAL' })
    expect(Object.keys(status)).toEqual(expect.arrayContaining(Object.keys(page.WECHAT_STATUS)))
  })
})
