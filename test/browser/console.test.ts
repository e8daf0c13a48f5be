// The console's page in a real browser: its flows, its look at 360 px and in the dark, and what axe says of each view.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageFiles } from '../../cli/console/files.ts'
import { groupsOf, totalOf } from '../../cli/report/sums.ts'
import { count, yuan } from '../../cli/yuan.ts'
import { findChromium, launch } from './chromium.ts'
import { type Demo, startDemo } from './demo.ts'
import { NOW_S, records } from './demo-records.ts'

const found = findChromium()
if (!found)
  console.log('Tests in a browser are skipped: there is no Chromium on this machine (npm run browser gets one)')

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const GRAVE: readonly (string | null | undefined)[] = ['serious', 'critical']
const PHONE = { width: 360, height: 740 }

let browser: Browser
const opened: { demo: Demo; context: BrowserContext }[] = []

/** What the page said that nobody should have to hear, and whom it asked besides its own command. */
type Heard = { errors: string[]; elsewhere: string[] }

async function open(options: Parameters<typeof startDemo>[0] = {}) {
  const files = await pageFiles()
  const demo = await startDemo({ files, ...options })
  const looks = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'en-US' } as const
  const context = await browser.newContext(looks)
  opened.push({ demo, context })
  const page = await context.newPage()
  const heard: Heard = { errors: [], elsewhere: [] }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      heard.errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => heard.errors.push(String(error)))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== `http://127.0.0.1:${demo.port}`) heard.elsewhere.push(request.url())
  })
  await page.goto(demo.url)
  await page.waitForSelector('.tiles')
  return { demo, page, heard }
}

async function go(page: Page, hash: string, ready: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
  await page.waitForSelector(ready)
}

/** The address follows a moment after: another address that is set before would be lost. */
async function closeStory(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await expect.poll(() => page.url()).not.toContain('packet=')
}

/** @returns what axe finds grave, by rule and place. Evaluated from outside, so that the page's CSP does not stand in its way */
async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  return violations
    .filter(({ impact }) => GRAVE.includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth')

describe.skipIf(!found)('the page of redpack console', () => {
  beforeAll(async () => {
    if (found) browser = await launch(found)
  })
  afterAll(async () => {
    await browser?.close()
    for (const { demo } of opened) await demo.stop()
  })

  describe('that only reads', () => {
    let page: Page
    let demo: Demo
    let heard: Heard
    beforeAll(async () => {
      ;({ page, demo, heard } = await open())
    })

    it('is opened by its link, which then stands neither in the address nor in the history', async () => {
      expect(page.url()).toBe(`http://127.0.0.1:${demo.port}/`)
      expect(await page.title()).toBe('Overview · redpack console')
      expect(await page.evaluate('document.cookie')).toBe('')
      await page.reload()
      await page.waitForSelector('.tiles')
      const again = await page.request.get(demo.url)
      expect([again.status(), (await again.json()).code]).toEqual([401, 'token_used'])
    })

    it('shows the sums of today and of 30 days that redpack report has, to the fen', async () => {
      const day = Date.parse('2026-11-25T00:00:00+08:00') / 1000
      const today = totalOf(demo.store, { from_s: day, to_s: day + 86_400 }).sums
      const tiles = await page.locator('.tile a').allInnerTexts()
      const names = ['sent', 'received', 'waiting', 'refunded', 'refused', 'unknown'] as const
      expect(tiles.map((text) => text.split('\n').slice(1))).toEqual(
        names.map((name) => [count(today[name].count), `¥${yuan(today[name].fen)}`]),
      )
      const span = { from_s: day - 29 * 86_400, to_s: day + 86_400 }
      await page.getByText('Yuan', { exact: true }).click()
      await page.getByText('The same as a table').click()
      const total = totalOf(demo.store, span).sums
      const shown = (await page.locator('tfoot td').allInnerTexts()).slice(0, 2)
      expect(shown).toEqual([yuan(total.sent.fen), yuan(total.received.fen)])
      expect(await page.locator('.card tbody tr').count()).toBe(groupsOf(demo.store, 'day', span).length)
      await page.getByText('Packets', { exact: true }).last().click()
    })

    it('tells a day of the plot by the arrow keys', async () => {
      const plot = page.getByRole('slider')
      await plot.focus()
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('ArrowLeft')
      await expect.poll(() => page.locator('.legend strong').innerText()).toBe('2026-11-24')
      expect(await plot.getAttribute('aria-valuetext')).toMatch(/^2026-11-24, Received \d+/)
    })

    it('leads from what has no result to those packets, which stand first among all', async () => {
      await page.getByRole('link', { name: 'Show them' }).click()
      await page.waitForSelector('.packets tbody tr')
      const undecided = records().filter(({ outcome }) => outcome !== 'sent' && outcome !== 'refused').length
      expect(await page.locator('.packets tbody tr').count()).toBe(undecided)
      await page.getByRole('button', { name: 'Clear' }).click()
      await expect.poll(() => page.locator('.packets tbody tr').count()).toBe(50)
      const first = await page.locator('.packets tbody .chip').allInnerTexts()
      expect(first.slice(0, undecided).every((text) => text === 'Unknown' || text === 'Manual')).toBe(true)
    })

    it('finds a person by the end of the openid, and shows the story by keys alone', async () => {
      const row = records().find(({ status }) => status === 'RECEIVED')
      const end = row?.re_openid.slice(-9) ?? ''
      await page.getByRole('searchbox').fill(end)
      await expect.poll(() => page.locator('.packets tbody tr').count()).toBe(1)
      expect(page.url()).toContain(new URLSearchParams({ q: end }).toString())
      const link = page.locator('.packets tbody a')
      await link.focus()
      await page.keyboard.press('Enter')
      await page.waitForSelector('.events')
      expect(await page.getByRole('dialog').locator('.sentence').innerText()).toContain('received by')
      expect(await page.getByRole('dialog').locator('.pairs').first().innerText()).toBeDefined()
      await closeStory(page)
      expect(await page.getByRole('dialog').count()).toBe(0)
      expect(await page.evaluate('document.activeElement.matches(".packets tbody a")')).toBe(true)
    })

    it('exports what is shown', async () => {
      await go(page, '#/packets?kind=unknown', '.packets tbody')
      await expect.poll(() => page.locator('#found').innerText()).toMatch(/^6 packets/)
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Export CSV').click()])
      const csv = readFileSync(await download.path(), 'utf8')
      expect([download.suggestedFilename(), csv.charCodeAt(0), csv.trim().split('\n').length]).toEqual([
        'redpack.csv',
        0xfeff,
        7,
      ])
    })

    it('lets nothing be done', async () => {
      await page.locator('.packets tbody a').first().click()
      await page.waitForSelector('.events')
      expect(await page.getByRole('button', { name: 'Ask WeChat now' }).isDisabled()).toBe(true)
      await closeStory(page)
      await go(page, '#/campaigns', '.campaign')
      expect(await page.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true)
      expect(await page.getByText('Stop all sending').count()).toBe(0)
      expect(demo.service.asked.filter(({ method }) => method !== 'GET')).toEqual([])
    })

    it('is accessible in every view, fits 360 px, and is so in the dark', async () => {
      for (const [hash, ready] of [
        ['#/overview', '.legend'],
        ['#/packets', '.packets'],
        ['#/campaigns', '.campaign'],
      ] as const) {
        await page.setViewportSize({ width: 1280, height: 800 })
        await page.emulateMedia({ colorScheme: 'light' })
        await go(page, hash, ready)
        expect(await axe(page)).toEqual([])
        await page.setViewportSize(PHONE)
        await page.emulateMedia({ colorScheme: 'dark' })
        expect({ hash, overflow: await overflow(page) }).toEqual({ hash, overflow: 0 })
        expect(await axe(page)).toEqual([])
      }
      await go(page, `#/packets?packet=${records()[0]?.id}`, '.events')
      await page.getByText('The record', { exact: true }).click()
      expect(await axe(page)).toEqual([])
      expect(await overflow(page)).toBe(0)
      await closeStory(page)
    })

    it('speaks Chinese, too, and remembers it', async () => {
      await page.getByRole('button', { name: '切换到中文' }).click()
      await expect.poll(() => page.title()).toBe('红包 · redpack 控制台')
      await page.reload()
      await page.waitForSelector('.packets')
      expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN')
      expect(await page.locator('#found').innerText()).toMatch(/^[\d,]+ 个红包，/)
    })

    it('has broken no rule of its own on the way, and asked nobody else', () => {
      expect(heard).toEqual({ errors: [], elsewhere: [] })
    })
  })

  describe('with --allow-actions, while sending is stopped', () => {
    let page: Page
    let demo: Demo
    beforeAll(async () => {
      ;({ page, demo } = await open({
        may_act: true,
        stopped_since: NOW_S - 600,
        profile: { name: 'prod', is_test: false },
      }))
    })

    it('says whose service it is, that the brake is on, and since when', async () => {
      expect(await page.locator('header .profile.is-live').innerText()).toBe('prod')
      expect(await page.getByRole('heading', { name: /^All sending is stopped/ }).innerText()).toBe(
        'All sending is stopped, since 2026-11-25 15:20:00',
      )
      expect(await axe(page)).toEqual([])
    })

    it('pauses a campaign, and resumes it after a question that names the sum and the service', async () => {
      await go(page, '#/campaigns', '.campaign')
      const first = page.locator('.campaign').first()
      await first.getByRole('button', { name: 'Pause' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
      await first.getByText('paused').waitFor()
      await first.getByRole('button', { name: 'Resume' }).click()
      expect(await page.locator('#question').innerText()).toBe(
        'Resume "冬季会员日" at [prod] https://redpack.example.com/prod? It sends the 7,240 rows that are left, 13,611.20 yuan.',
      )
      await page.getByRole('button', { name: 'Do nothing' }).click()
      const posted = demo.service.asked
        .filter(({ method }) => method === 'POST')
        .map(({ path }) => path.split('/').at(-1))
      expect(posted).toEqual(['pause'])
    })

    it('asks WeChat about a packet and tells what came of it', async () => {
      await go(page, '#/packets?kind=unknown', '.packets tbody')
      await page.locator('.packets tbody a').first().click()
      await page.getByRole('button', { name: 'Ask WeChat now' }).click()
      await page.locator('.story .chip.is-received').waitFor()
      expect(await page.locator('.said').innerText()).toContain('WeChat was asked: RECEIVED, opened')
      expect(await page.locator('.events').innerText()).toContain('2026-11-25 15:24:41')
    })

    it('says when its command has ended', async () => {
      await closeStory(page)
      await demo.close()
      await page.getByRole('button', { name: 'Update now' }).click()
      await page.getByText('The command redpack console has ended').first().waitFor()
    })
  })
})
