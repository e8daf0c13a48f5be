// npm run screenshots: the pictures of docs/console.md, made from made-up records.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { startDemo } from './demo.ts'

const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../../docs/images/', import.meta.url))

type Shot = { name: string; width: number; height: number; dark?: true; lang: 'en' | 'zh'; hash: string; ready: string }

const DESKTOP = { width: 1200, height: 720 }
const PHONE = { width: 360, height: 740 }
const SHOTS: readonly Shot[] = [
  { name: 'console-overview', ...DESKTOP, lang: 'en', hash: '#/overview', ready: '.legend' },
  { name: 'console-overview.zh-CN', ...DESKTOP, lang: 'zh', hash: '#/overview', ready: '.legend' },
  { name: 'console-story', ...DESKTOP, lang: 'en', hash: '#/packets?kind=unknown', ready: '.packets' },
  { name: 'console-story.zh-CN', ...DESKTOP, lang: 'zh', hash: '#/packets?kind=unknown', ready: '.packets' },
  { name: 'console-campaigns', ...DESKTOP, lang: 'en', hash: '#/campaigns', ready: '.campaign' },
  { name: 'console-campaigns.zh-CN', ...DESKTOP, lang: 'zh', hash: '#/campaigns', ready: '.campaign' },
  { name: 'console-dark', ...DESKTOP, dark: true, lang: 'en', hash: '#/overview', ready: '.legend' },
  { name: 'console-phone', ...PHONE, lang: 'zh', hash: '#/overview', ready: '.legend' },
  { name: 'console-phone-dark', ...PHONE, dark: true, lang: 'zh', hash: '#/packets', ready: '.packets' },
]

async function take(page: Page, { name, width, height, dark, lang, hash, ready }: Shot): Promise<void> {
  // The whole plot stands in the picture.
  await page.setViewportSize({ width, height: hash.includes('overview') && width > 1000 ? 880 : height })
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
  await page.evaluate(`localStorage.setItem('redpack-lang', '${lang}')`)
  await page.goto(`${page.url().split('#')[0]}${hash}`)
  await page.reload()
  await page.waitForSelector(ready)
  if (name.includes('story')) {
    await page.click('.packets tbody tr:first-child a')
    await page.waitForSelector('.events')
  }
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
}

const found = findChromium()
if (!found) throw new Error('No Chromium on this machine: apt-get install chromium, or npm run browser')
mkdirSync(FOLDER, { recursive: true })
const demo = await startDemo({ may_act: true })
const browser = await launch(found)
try {
  const page = await browser.newPage({ locale: 'en-GB' })
  page.on('console', (message) => console.error(message.text()))
  page.on('pageerror', (error) => console.error(error))
  await page.goto(demo.url)
  await page.waitForURL(/\/$/)
  for (const shot of SHOTS) await take(page, shot)
} finally {
  await browser.close()
  await demo.stop()
}
