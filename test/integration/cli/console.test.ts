// redpack console as a process: it prints its link, lets one browser in, and ends when it is told to.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startRedpack, startService } from '../../support/cli.ts'
import { aRow } from '../../unit/cli/mirror/records.ts'

let folder: string
let service: Awaited<ReturnType<typeof startService>>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-console-'))
  service = await startService(() => {
    const meta = { limit: 1000, offset: 0, next: null, previous: null, total_count: 1 }
    return { status: 200, body: { meta, objects: [{ ...aRow(1), pk: aRow(1).id }] } }
  })
})
afterEach(async () => {
  await service.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('serves its page until it is ended, and says so with exit code 0', async () => {
  const { child, ended } = startRedpack(['console', '--port', '0', '--lang', 'en'], {
    ...service.env,
    REDPACK_MIRROR_DIR: folder,
  })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let out = ''
      child.stdout.on('data', (chunk) => {
        out += chunk
        const [link] = /http:\S+/.exec(out) ?? []
        if (link) resolve(link)
      })
      child.once('close', () => reject(new Error(out)))
    })
    const entered = await fetch(url)
    const [cookie = ''] = entered.headers.getSetCookie()
    const origin = new URL(url).origin
    const get = async (path: string) => (await fetch(`${origin}${path}`, { headers: { cookie } })).text()
    expect(await get('/')).toContain('<script src="/page.js" type="module">')
    expect((await get('/page.js')).length).toBeGreaterThan(20_000)
    expect(await get('/page.css')).toContain('prefers-reduced-motion')
    expect(JSON.parse(await get('/api/state')).keyid).toBe('shop-1')
  } finally {
    child.kill('SIGTERM')
  }
  const { code, out, err } = await ended
  expect({ code, err }).toEqual({ code: 0, err: 'The page only reads. --allow-actions lets it act, too\n' })
  expect(out).toMatch(
    /^Open this link in a browser on this machine\. It works once, and ends with this command \(Ctrl-C\):\n {2}http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/,
  )
})
