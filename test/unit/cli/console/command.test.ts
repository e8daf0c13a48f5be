// redpack console as a command: what it says if it cannot begin.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redpack } from '../../../support/cli.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-console-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const env = (lang = 'C') => ({
  ...{ REDPACK_ENDPOINT: 'http://127.0.0.1:9', REDPACK_KEYID: 'shop-1', REDPACK_SECRET: 'c2VjcmV0' },
  ...{ REDPACK_MIRROR_DIR: folder, LANG: lang },
})

describe('redpack console', () => {
  it('names another port if this one is taken, and leaves nothing open', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    try {
      const argv = ['console', '--port', String(port)]
      expect(await redpack(argv, env())).toEqual({
        ...{ code: 1, out: '' },
        err: `✘ Port ${port} is in use, perhaps by another console: give another --port (0 takes any that is free)\n`,
      })
      expect((await redpack(argv, env('zh_CN.UTF-8'))).err).toBe(
        `✘ 端口 ${port} 已被占用，可能是另一个 console：请用 --port 换一个（0 表示任意空闲端口）\n`,
      )
      expect(readdirSync(folder).filter((name) => name.endsWith('-wal'))).toEqual([])
    } finally {
      other.close()
    }
  })

  it('needs a copy for --offline', async () => {
    expect(await redpack(['console', '--offline'], env())).toEqual({
      ...{ code: 1, out: '' },
      err: '✘ There is no local copy of the records yet. Run the command once without --offline, or redpack mirror update\n',
    })
  })

  it.each([
    [['--port', '65536'], '✘ --port <n>: must be 0…65535\n'],
    [['--port', 'x'], '✘ --port <n>: must be 0…65535\n'],
  ])('refuses %j', async (flags, err) => {
    expect(await redpack(['console', ...flags], env())).toEqual({ code: 1, out: '', err })
  })
})
