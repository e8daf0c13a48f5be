// The system's keychain through its program: what is called, that no secret is an argument, and what happens if it does not work.
// The programs here are stand-ins that note their arguments; what they keep, they keep in a file.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keychainOf } from '../../../../cli/profile/keychain.ts'
import { redpack, startService } from '../../../support/cli.ts'

const ACCOUNT = '0123456789abcdef'
const SECRET = 'c2VjcmV0L3dpdGgrc2lnbnM='

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-keychain-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** `keeps`: what the program does with its arguments, in sh. */
function program(name: string, keeps: string): void {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/calls\nkept=${folder}/kept\n${keeps}\n`)
  chmodSync(file, 0o755)
}
const env = () => ({ PATH: `${folder}:${process.env.PATH}` })
const calls = () => readFileSync(join(folder, 'calls'), 'utf8')

const WORKING = {
  linux: ['secret-tool', 'case "$1" in store) cat > "$kept" ;; lookup) cat "$kept" ;; clear) rm -f "$kept" ;; esac'],
  darwin: [
    'security',
    'case "$1" in -i) sed -n \'s/.* -w "\\(.*\\)"$/\\1/p\' > "$kept" ;; find-generic-password) cat "$kept" ;; delete-generic-password) rm -f "$kept" ;; esac',
  ],
  win32: [
    'powershell.exe',
    'case "$4" in *ReadLine*) cat > "$kept" ;; *Remove*) rm -f "$kept" ;; *Retrieve*) [ "$REDPACK_KEYCHAIN_ACCOUNT" = 0123456789abcdef ] && cat "$kept" ;; esac',
  ],
} as const

describe.each(['linux', 'darwin', 'win32'] as const)('on %s', (platform) => {
  it('puts a secret in, gets it back and removes it, and never as an argument', () => {
    const [name, keeps] = WORKING[platform]
    program(name, keeps)
    const keychain = keychainOf(env(), platform)
    expect(keychain?.put(ACCOUNT, SECRET, 'redpack: prod')).toBe(true)
    expect(keychain?.get(ACCOUNT)).toBe(SECRET)
    keychain?.remove(ACCOUNT)
    expect(keychain?.get(ACCOUNT)).toBeUndefined()
    expect(calls()).not.toContain(SECRET)
    if (platform !== 'win32') expect(calls()).toContain(ACCOUNT)
  })

  it.each([
    ['is not there', undefined],
    ['fails', 'exit 1'],
    ['says nothing is wrong and keeps nothing', 'exit 0'],
    ['gives back something else', 'echo other'],
  ])('does not count on it if it %s', (_, does) => {
    if (does !== undefined) program(WORKING[platform][0], does)
    const path = does === undefined ? { PATH: '' } : env()
    expect(keychainOf(path, platform)?.put(ACCOUNT, SECRET, 'redpack: prod')).toBe(false)
  })
})

it('knows none for other systems', () => expect(keychainOf({}, 'aix')).toBeUndefined())

it.runIf(process.platform === 'linux')('a profile whose secret is in the keychain signs with it', async () => {
  program(...WORKING.linux)
  const empty = { meta: { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }, objects: [] }
  const service = await startService(() => ({ status: 200, body: empty }))
  const given = { ...env(), REDPACK_CONFIG_DIR: join(folder, 'config') }
  try {
    const argv = ['profile', 'add', 'prod', '--endpoint', service.url, '--keyid', 'k', '--secret-file', '-']
    expect(await redpack([...argv, '--json'], given, SECRET)).toMatchObject({
      out: expect.stringContaining('"secret_in": "keychain"'),
    })
    expect((await redpack(['list', '--profile', 'prod'], given)).code).toBe(0)
    expect(readFileSync(join(folder, 'config/profiles.json'), 'utf8')).not.toContain(SECRET)

    rmSync(join(folder, 'kept'))
    const { code, err } = await redpack(['list', '--profile', 'prod'], given)
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('The secret of the profile prod cannot be read (keychain)'),
    })
  } finally {
    await service.stop()
  }
})
