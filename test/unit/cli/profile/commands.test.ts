// Profiles as a person sees them: stored, chosen, shown in questions, and refused when others can read them.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../../../cli/run.ts'
import { isMadeBy, parseSignature } from '../../../../lib/http/signature.ts'
import { type Asked, PACKET, redpack, startService } from '../../../support/cli.ts'

const asked: string[] = []
let answer = true
vi.mock('@inquirer/prompts', () => ({
  confirm: async ({ message }: { message: string }) => {
    asked.push(message)
    return answer
  },
  password: async ({ message }: { message: string }) => {
    asked.push(message)
    return 'dHlwZWQ='
  },
}))

const ID = '5c474dd8e2aa136e58867af3'
const SENT = { return_code: 'SUCCESS', mch_billno: `RP${ID}`, send_listid: '1000', id: ID, outcome: 'sent' }
const EMPTY = { meta: { limit: 20, offset: 0, next: null, previous: null, total_count: 0 }, objects: [] }
const LIVE = 'https://prod.example.com'

let folder: string
let service: Awaited<ReturnType<typeof startService>>
beforeAll(async () => {
  service = await startService(({ method }) => ({ status: 200, body: method === 'POST' ? SENT : EMPTY }))
})
afterAll(() => service.stop())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-profiles-'))
  asked.length = 0
  service.asked.length = 0
  answer = true
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** An empty PATH: this machine's keychain is not the tests'. */
const env = (more: Record<string, string> = {}) => ({ REDPACK_CONFIG_DIR: folder, PATH: '', LANG: 'C', ...more })
const cli = (argv: string[], more?: Record<string, string>, stdin?: string) => redpack(argv, env(more), stdin)
const add = (name: string, endpoint: string, ...more: string[]) =>
  cli(
    ['profile', 'add', name, '--endpoint', endpoint, '--keyid', `of-${name}`, '--secret-file', '-', ...more],
    {},
    'c2VjcmV0\n',
  )
const callers = () =>
  service.asked.map(({ headers }) => /keyid="([^"]*)"/.exec(String(headers['signature-input']))?.[1])

/** At a terminal, in colour or not. */
async function seated(argv: string[], colour = false, more: Record<string, string> = {}) {
  const told = { out: '', err: '' }
  const code = await run(argv, {
    ...{ env: env(more), interactive: true, colour, stdin: async () => Buffer.alloc(0) },
    out: (text) => {
      told.out += text
    },
    err: (text) => {
      told.err += text
    },
  })
  return { code, ...told }
}

describe('redpack profile add', () => {
  it('keeps the secret in a file that only its owner can read, if there is no keychain, and never shows it', async () => {
    const told = await add('prod', LIVE)
    expect(told).toEqual({
      ...{ code: 0, err: '' },
      out: `✔ Profile prod is stored, its secret in: file\n  No keychain was used: the secret stands in ${folder}, readable by you alone\n  Check it: redpack --profile prod doctor\n`,
    })
    expect(readdirSync(folder).map((file) => [file, statSync(join(folder, file)).mode & 0o777])).toEqual([
      ['profiles.json', 0o600],
      ['secrets.json', 0o600],
    ])
    const shown = [
      await cli(['profile', 'list']),
      await cli(['profile', 'show', 'prod']),
      await cli(['profile', 'list', '--json']),
    ]
    expect(shown.map(({ out }) => out).join('')).not.toContain('c2VjcmV0')
    expect(readFileSync(join(folder, 'profiles.json'), 'utf8')).not.toContain('c2VjcmV0')
  })

  it('asks for the secret at a terminal', async () => {
    expect((await seated(['profile', 'add', 'prod', '--endpoint', LIVE, '--keyid', 'shop-1'])).code).toBe(0)
    expect(asked).toEqual(['Secret of shop-1 (base64):'])
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toContain('dHlwZWQ=')
  })

  it('takes all three from the environment, or none', async () => {
    const given = { REDPACK_ENDPOINT: service.url, REDPACK_KEYID: 'shop-1', REDPACK_SECRET: 'c2VjcmV0' }
    expect((await cli(['profile', 'add', 'dev'], given)).code).toBe(0)
    expect(JSON.parse((await cli(['profile', 'show', 'dev', '--json'])).out).profile).toEqual({
      ...{ name: 'dev', endpoint: service.url, keyid: 'shop-1', test: true, default: false, secret_in: 'file' },
    })
    // The secret of one service must not be stored for another.
    const mixed = await cli(['profile', 'add', 'other', '--endpoint', LIVE], given)
    expect(mixed).toMatchObject({ code: 1, err: expect.stringContaining('Give --endpoint and --keyid') })
  })

  it.each([
    [['prod', '--endpoint', LIVE, '--keyid', 'k', '--secret', 'c2VjcmV0'], 'not taken from the command line'],
    [['prod', '--endpoint', LIVE, '--keyid', 'k'], 'Cannot ask for the secret (no terminal)'],
    [['prod', '--endpoint', LIVE, '--keyid', 'k', '--secret-file', '-'], 'is empty'],
    [['prod', '--endpoint', 'prod.example.com', '--keyid', 'k', '--secret-file', '-'], 'must be the http(s) URL'],
    [['a b', '--endpoint', LIVE, '--keyid', 'k', '--secret-file', '-'], 'name is 1 to 40 letters'],
    [['constructor', '--endpoint', LIVE, '--keyid', 'k', '--secret-file', '-'], 'name is 1 to 40 letters'],
    [
      ['prod', '--store', 'keychain', '--endpoint', LIVE, '--keyid', 'k', '--secret-file', '-'],
      'cannot be kept in the keychain',
    ],
  ])('%j stores nothing', async (argv, why) => {
    const stdin = why === 'is empty' ? '' : 'c2VjcmV0'
    const { code, err } = await cli(['profile', 'add', ...argv], {}, stdin)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(why) })
    expect(err).not.toContain('c2VjcmV0')
    expect(readdirSync(folder)).toEqual([])
  })

  it('writes over a profile, and its secret, only with --replace', async () => {
    await add('prod', LIVE)
    expect((await add('prod', 'https://other.example.com')).err).toContain('There is a profile prod already')
    expect((await add('prod', 'https://other.example.com', '--replace')).code).toBe(0)
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')))).toHaveLength(1)
    expect(JSON.parse((await cli(['profile', 'list', '--json'])).out).profiles).toMatchObject([
      { endpoint: 'https://other.example.com' },
    ])
  })
})

describe('which profile is in effect', () => {
  const url = () => service.url
  const variables = () => ({ REDPACK_ENDPOINT: url(), REDPACK_KEYID: 'of-variables', REDPACK_SECRET: 'c2VjcmV0' })
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await add(name, url())
    await cli(['profile', 'use', 'c'])
  })

  it.each([
    ['--profile before all variables', ['--profile', 'a'], { REDPACK_PROFILE: 'b' }, true, 'of-a'],
    ['REDPACK_PROFILE before the other variables', [], { REDPACK_PROFILE: 'b' }, true, 'of-b'],
    ['the variables before the default', [], {}, true, 'of-variables'],
    ['the default last', [], {}, false, 'of-c'],
    ['flags before REDPACK_PROFILE', ['--keyid', 'of-flag'], { REDPACK_PROFILE: 'b' }, true, 'of-flag'],
  ])('%s', async (_, flags, more, withVariables, keyid) => {
    const { code } = await cli(['list', ...flags], { ...more, ...(withVariables && variables()) })
    expect({ code, callers: callers() }).toEqual({ code: 0, callers: [keyid] })
  })

  it('is never mixed: what flags or variables leave out is not taken from a profile', async () => {
    const some = { REDPACK_ENDPOINT: url() }
    for (const { code, err } of [await cli(['list'], some), await cli(['list', '--endpoint', url()])]) {
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringMatching(/Not set: --keyid .*\n {2}Or name a profile with --profile: a, b, c/),
      })
    }
    expect((await cli(['list', '--profile', 'a', '--endpoint', url()])).err).toContain('--profile cannot be combined')
    expect(service.asked).toEqual([])
  })

  it('says that variables are passed over, and which profiles there are', async () => {
    const told = await cli(['list'], { ...variables(), REDPACK_PROFILE: 'b' })
    expect(told.err).toContain(
      'Profile b (REDPACK_PROFILE) is used; also set and not used: REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET\n',
    )
    expect(await cli(['list', '--profile', 'nope'])).toEqual({
      ...{ code: 1, out: '', err: '✘ There is no profile nope. Those there are: a, b, c\n' },
    })
  })

  it('signs with the profile’s secret', async () => {
    await cli(['list', '--profile', 'a'])
    const [{ method, path: asked, headers }] = service.asked as [Asked]
    const { pathname: path, search } = new URL(asked, service.url)
    const request = { method, path, query: search.slice(1), headers: headers as Record<string, string> }
    const claim = parseSignature({ ...request, received_ms: Date.now(), body: Buffer.alloc(0) })
    expect('signature' in claim && isMadeBy(claim, [Buffer.from('secret')])).toBe(true)
  })

  it('is forgotten with its secret, and so is the default', async () => {
    expect((await cli(['profile', 'remove', 'c'])).err).toContain('Add --yes')
    expect((await cli(['profile', 'remove', 'c', '--yes'])).out).toBe('✔ Removed: c, with its secret\n')
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')))).toHaveLength(2)
    expect((await cli(['list'])).err).toContain('Not set')
    expect((await cli(['profile', 'use', 'a'])).code).toBe(0)
    expect((await cli(['profile', 'use', '--none'])).code).toBe(0)
    expect(JSON.parse((await cli(['profile', 'show', '--json'])).out)).toEqual({ profile: null })
  })
})

describe('files that others can reach', () => {
  it.each([
    ['secrets.json', 0o640],
    ['secrets.json', 0o604],
    ['profiles.json', 0o620],
    ['profiles.json', 0o602],
  ])('%s with mode %o is not used', async (name, mode) => {
    await add('a', service.url)
    const file = join(folder, name)
    chmodSync(file, mode)
    const { code, err } = await cli(['list', '--profile', 'a'])
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`it is not used. Only you may:\n    chmod 600 ${file}\n`),
    })
    expect(service.asked).toEqual([])
    // Who has an emergency and names the table is not stopped by it.
    for (const named of [{}, { REDPACK_PROFILE: 'a' }, { REDPACK_PROFILE: 'nobody' }]) {
      expect((await cli(['resume', '--table', 't'], { AWS_REGION: '', ...named })).err).not.toMatch(/chmod|nobody/)
    }
  })

  it('says so if a file is none of profiles', async () => {
    writeFileSync(join(folder, 'profiles.json'), '{"profiles": {"a": 1}}', { mode: 0o600 })
    expect((await cli(['profile', 'list'])).err).toContain('is not a file of profiles')
  })
})

describe('before money moves', () => {
  const SEND = ['send', ...PACKET, '--idempotency-key', 'k']
  beforeEach(async () => {
    await add('prod', service.url.replace('127.0.0.1', '0.0.0.0'))
    await add('dev', service.url)
  })

  it('asks with the profile’s name, that of a test in another colour and with the word', async () => {
    answer = false
    for (const name of ['prod', 'dev']) {
      expect(await seated(['--profile', name, ...SEND])).toMatchObject({ code: 1, err: '✘ Nothing was sent.\n' })
      await seated(['--profile', name, '--lang', 'zh', ...SEND], true)
    }
    expect(service.asked).toEqual([])
    const openid = 'oe2e7fK2mQ9xWb4LrT8sVn1Yc3Zd'
    expect(asked).toEqual([
      `[prod] Send 1.10 yuan to ${openid}?`,
      `\u001b[1m\u001b[31m[prod]\u001b[39m\u001b[22m 向 ${openid} 发送 1.10 元？`,
      `[dev, test] Send 1.10 yuan to ${openid}?`,
      `\u001b[1m\u001b[36m[dev，测试]\u001b[39m\u001b[22m 向 ${openid} 发送 1.10 元？`,
    ])
  })

  it('sends after a yes, or with --yes, and says under which profile', async () => {
    const told = await seated(['--profile', 'dev', ...SEND])
    expect(told).toMatchObject({ code: 0, err: '[dev, test] Sending with idempotency_key k\n' })
    await seated(['--profile', 'dev', ...SEND, '--yes'])
    expect({ asked: asked.length, sent: service.asked.length }).toEqual({ asked: 1, sent: 2 })
  })

  it('asks nobody who cannot answer, or who has no profile', async () => {
    expect((await cli(['--profile', 'dev', ...SEND])).code).toBe(0)
    expect((await seated(SEND, false, service.env)).code).toBe(0)
    expect(asked).toEqual([])
  })

  it('the commands that are printed name the profile again', async () => {
    const unknown = { err_code: 'SYSTEMERROR', err_code_des: '', mch_billno: `RP${ID}`, id: ID, outcome: 'unknown' }
    const other = await startService(() => ({ status: 200, body: unknown }))
    try {
      await add('odd name'.replace(' ', '-'), other.url)
      const { out } = await cli(['--profile', 'odd-name', ...SEND])
      expect(out).toContain(`redpack status ${ID} --profile odd-name\n`)
      expect(out).toMatch(/redpack --profile odd-name send .* --idempotency-key k/)
    } finally {
      await other.stop()
    }
  })
})

describe('the table and the prefix', () => {
  it('names the profile before the brake is taken off only if the table is the profile’s', async () => {
    const item = { stopped_all: { N: '1735689600' }, stops: { N: '1' } }
    const table = await startService(({ headers }) => ({
      status: 200,
      body: String(headers['x-amz-target']).endsWith('GetItem') ? { Item: item } : {},
    }))
    try {
      await add('prod', LIVE, '--table', 'own-table')
      const aws = { AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }
      for (const [name, value] of Object.entries({ ...aws, AWS_ENDPOINT_URL_DYNAMODB: table.url }))
        vi.stubEnv(name, value)
      answer = false
      expect(await seated(['--profile', 'prod', 'resume'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('still on'),
      })
      expect(asked).toEqual(['[prod] Let new red packets be sent again for all mini apps?'])
      await seated(['--profile', 'prod', 'resume', '--table', 'other'])
      expect(asked).toHaveLength(1)
    } finally {
      vi.unstubAllEnvs()
      await table.stop()
    }
  })

  it('of a named profile come before the variables, and a profile without one is not mixed with them', async () => {
    await add('with', service.url, '--table', 'own-table', '--prefix', 'own/prefix')
    await add('without', service.url)
    // A port where nobody is: the error names the table that was meant.
    const aws = { AWS_REGION: 'r', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }
    const away = { ...aws, AWS_ENDPOINT_URL_DYNAMODB: service.url, REDPACK_TABLE: 'variable' }
    const used = async (argv: string[]) => {
      service.asked.length = 0
      const { err } = await cli([...argv, '--json'], away)
      const [body] = service.asked.map(({ body }) => JSON.parse(body).TableName)
      return body ?? JSON.parse(err).error.code
    }
    expect(await used(['--profile', 'with', 'stop', '--show'])).toBe('own-table')
    expect(await used(['--profile', 'with', 'stop', '--show', '--table', 'flag'])).toBe('flag')
    expect(await used(['--profile', 'without', 'stop', '--show'])).toBe('not_configured')
    expect(await used(['stop', '--show'])).toBe('variable')
    await cli(['profile', 'use', 'with'])
    expect(await used(['stop', '--show'])).toBe('variable')
  })
})
