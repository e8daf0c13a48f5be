// What the operator's commands do to secrets that others change at the same time, that are full, or are none of theirs.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { SecretsManager as Aws } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LOCAL_CREDENTIALS } from '../../../local/dynamodb.ts'
import { startSecretsManager } from '../../../local/secrets-manager.ts'
import { createCa, createMerchantCertificate } from '../../../simulator/src/certificates.ts'
import { getSecret, putSecret } from '../../support/callers.ts'
import { redpack } from '../../support/cli.ts'

const API_KEY = '0123456789abcdefABCDEF0123456789'
const SECRET = Buffer.alloc(32, 7).toString('base64')
const CALLERS = 'redpack/test/callers'
const MERCHANTS = 'redpack/test/merchants/my-miniapp'
const pair = createMerchantCertificate(createCa(), '1900000109')

let folder: string
let aws: Aws
let env: Record<string, string>
let stops: (() => Promise<void> | void)[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-secrets-'))
  const manager = await startSecretsManager({})
  aws = new Aws({ endpoint: manager.endpoint, region: 'local', credentials: LOCAL_CREDENTIALS })
  stops = [manager.stop, () => aws.destroy(), () => rmSync(folder, { recursive: true, force: true })]
  env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.endpoint,
    REDPACK_SECRET_PREFIX: 'redpack/test',
    WECHATPAY_API_KEY: API_KEY,
  }
  writeFileSync(path('cert'), pair.cert)
  writeFileSync(path('key'), pair.key)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const stop of stops.reverse()) await stop()
})

const path = (name: string) => join(folder, name)
const caller = (...argv: string[]) => redpack(['caller', ...argv], env)
const put = (gateway_type: string) =>
  redpack(['merchant', 'put', 'my-miniapp', gateway_type, '--cert', path('cert'), '--key', path('key')], env)
const callers = () => getSecret(env, 'callers') as Promise<Record<string, { miniapp_id: string; secrets: string[] }>>

/** Makes every call of the commands take so long on its way there, and as long on its way back. */
async function slow(delay_ms: number): Promise<void> {
  const there = String(env.AWS_ENDPOINT_URL_SECRETS_MANAGER)
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming)
    await sleep(delay_ms)
    const { method, headers } = incoming
    request(there, { method, headers }, async (answer) => {
      const told = await buffer(answer)
      await sleep(delay_ms)
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(told)
    }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    server.closeAllConnections()
    server.close()
  })
  // Of commands that run at the same time, the first to end must not take the environment from the others.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  env = { ...env, AWS_ENDPOINT_URL_SECRETS_MANAGER: String(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER) }
}

describe('two operators at once, 300 ms from AWS and back', () => {
  it('a caller that one removes does not come back when the other adds one', async () => {
    await putSecret(env, 'callers', { leaked: { miniapp_id: 'my-miniapp', secrets: [SECRET] } })
    await slow(150)

    const removing = caller('remove', 'leaked', '--yes')
    await sleep(75)
    const adding = caller('add', 'b', 'my-miniapp')

    expect([(await removing).code, (await adding).code]).toEqual([0, 0])
    expect(Object.keys(await callers())).toEqual(['b'])
  })

  it('each of three callers that are added has the secret that its operator was shown', async () => {
    await slow(150)

    const shown = await Promise.all(
      ['a', 'b', 'c'].map(async (keyid) => JSON.parse((await caller('add', keyid, 'my-miniapp', '--json')).out)),
    )

    const stored = await callers()
    expect(shown.map(({ keyid, secret }) => stored[keyid]?.secrets[0] === secret)).toEqual([true, true, true])
  })

  it('the same caller is added once, and the other operator hears that it is there', async () => {
    await slow(150)

    const runs = await Promise.all([1, 2].map(() => caller('add', 'a', 'my-miniapp', '--json')))

    expect(runs.map(({ code }) => code).sort()).toEqual([0, 1])
    const [done, refused] = runs.sort((a, b) => a.code - b.code)
    expect((await callers()).a?.secrets).toEqual([JSON.parse(done?.out ?? '').secret])
    expect(JSON.parse(refused?.err ?? '').error.code).toBe('caller_exists')
  })

  it('two rotations at once give one new secret', async () => {
    await putSecret(env, 'callers', { a: { miniapp_id: 'my-miniapp', secrets: [SECRET] } })
    await slow(150)

    const runs = await Promise.all([1, 2].map(() => caller('rotate', 'a', '--json')))

    expect(runs.map(({ code }) => code).sort()).toEqual([0, 1])
    const done = runs.find(({ code }) => code === 0)
    expect((await callers()).a?.secrets).toEqual([SECRET, JSON.parse(done?.out ?? '').secret])
  })

  it('two gateway types that are put at once are both there', async () => {
    await slow(150)

    const runs = await Promise.all([put('weixin_tenpay'), put('weixin_tenpay_js')])

    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect(Object.keys(await getSecret(env, 'merchants/my-miniapp')).sort()).toEqual([
      'weixin_tenpay',
      'weixin_tenpay_js',
    ])
  })
})

describe('a secret that is none of this service’s is left as it is', () => {
  it.each<[string, { SecretString?: string; SecretBinary?: Uint8Array }, string, string]>([
    ['bytes', { SecretBinary: Buffer.from('{}') }, 'holds bytes (SecretBinary)', '存的是二进制（SecretBinary）'],
    ['nothing', { SecretString: '' }, 'is empty', '是空的'],
    ['blanks', { SecretString: ' \n' }, 'is empty', '是空的'],
    ['text', { SecretString: 'sk_live_0123' }, 'holds text that is not JSON', '存的文字不是 JSON'],
    ['half of JSON', { SecretString: '{"a":' }, 'holds text that is not JSON', '存的文字不是 JSON'],
    ['null', { SecretString: 'null' }, 'holds null', '存的是 null'],
    ['a list', { SecretString: '["a"]' }, 'holds a list', '存的是列表'],
    ['a string', { SecretString: '"a"' }, 'holds a string', '存的是字符串'],
    ['a number', { SecretString: '1' }, 'holds a number', '存的是数字'],
    ['a boolean', { SecretString: 'false' }, 'holds true or false', '存的是 true 或 false'],
  ])('%s', async (_, value, english, chinese) => {
    for (const Name of [CALLERS, MERCHANTS]) await aws.createSecret({ Name, ...value })

    for (const run of [() => caller('add', 'a', 'my-miniapp'), () => caller('remove', 'a', '--yes')]) {
      expect(await run()).toEqual({
        code: 1,
        out: '',
        err: `✘ The secret ${CALLERS} ${english}, not a JSON object; it was not changed. Correct it, or use another --prefix\n`,
      })
    }
    env.LC_ALL = 'zh_CN.UTF-8'
    expect(await put('weixin_tenpay')).toEqual({
      code: 1,
      out: '',
      err: `✘ 密钥 ${MERCHANTS} ${chinese}，不是 JSON 对象；没有改动它。请先把它改正，或换一个 --prefix\n`,
    })
    for (const SecretId of [CALLERS, MERCHANTS]) {
      const { SecretString, SecretBinary } = await aws.getSecretValue({ SecretId })
      expect({ SecretString, SecretBinary: SecretBinary && Buffer.from(SecretBinary) }).toEqual({
        SecretString: value.SecretString,
        SecretBinary: value.SecretBinary,
      })
      expect(Object.keys((await aws.describeSecret({ SecretId })).VersionIdsToStages ?? {})).toHaveLength(1)
    }
  })

  it('one that is marked for deletion, with how to have it back', async () => {
    await putSecret(env, 'callers', {})
    await aws.deleteSecret({ SecretId: CALLERS })

    expect(await caller('add', 'a', 'my-miniapp')).toEqual({
      code: 1,
      out: '',
      err: `✘ The secret ${CALLERS} is marked for deletion. To restore it: aws secretsmanager restore-secret --secret-id ${CALLERS}\n`,
    })
  })

  it('but one without any value gets its first', async () => {
    await aws.createSecret({ Name: CALLERS })

    expect((await caller('add', 'a', 'my-miniapp')).code).toBe(0)
    expect(Object.keys(await callers())).toEqual(['a'])
  })
})

it('a full secret is said to be full, and keeps what is in it', async () => {
  const entries = Array.from({ length: 565 }, (_, i) => [
    `cloud-function-${i}`,
    { miniapp_id: 'my-miniapp', secrets: [SECRET] },
  ])
  const full = Object.fromEntries(entries)
  full.last = { miniapp_id: 'x'.repeat(65_536 - JSON.stringify(full).length - 100), secrets: [] }
  await putSecret(env, 'callers', full)

  const { code, err } = await caller('add', 'one-more', 'my-miniapp')

  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(
      /would have 65\d\d\d bytes; AWS allows 65536 \(about 565 callers\)\. Nothing was changed\./,
    ),
  })
  expect(await callers()).toEqual(full)
})

describe('one entry is changed, and the others stay as they are', () => {
  const others = { old: { miniapp_id: 'my-miniapp', secrets: ['c2hvcnQ='], note: 'made in 2024' }, odd: 'not an entry' }

  it('also those that the service cannot use, and members that nobody knows', async () => {
    await putSecret(env, 'callers', others)

    expect((await caller('add', 'a', 'my-miniapp')).code).toBe(0)
    expect(await callers()).toMatchObject(others)
    expect((await caller('rotate', 'old')).code).toBe(0)
    expect((await callers()).old).toEqual({ ...others.old, secrets: ['c2hvcnQ=', expect.any(String)] })
    expect((await caller('list')).out).toBe(
      [
        'old  my-miniapp  (two secrets: rotation not finished)  (a secret under 32 bytes is refused: rotate it)',
        'odd  (the service cannot use this entry: remove it and add it again)',
        'a  my-miniapp\n',
      ].join('\n'),
    )
    expect(await caller('rotate', 'odd')).toMatchObject({
      code: 1,
      err: expect.stringContaining('remove it and add it again'),
    })
    expect((await caller('remove', 'odd', '--yes')).code).toBe(0)
    expect(Object.keys(await callers())).toEqual(['old', 'a'])
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'and a caller may be called %s',
    async (keyid) => {
      await caller('add', 'a', 'my-miniapp')
      const { secret } = JSON.parse((await caller('add', keyid, 'my-miniapp', '--json')).out)

      const stored = Object.entries(await callers())
      expect(stored[1]).toEqual([keyid, { miniapp_id: 'my-miniapp', secrets: [secret] }])
      expect((await caller('rotate', keyid)).code).toBe(0)
      expect((await caller('remove', keyid, '--yes')).code).toBe(0)
      expect(Object.keys(await callers())).toEqual(['a'])
    },
  )
})

describe('a secret of the operator’s own', () => {
  it('is read from a file or standard input, and not shown again', async () => {
    writeFileSync(path('secret'), `\uFEFF${SECRET}\r\n`)
    const added = await caller('add', 'a', 'my-miniapp', '--secret-file', path('secret'))
    const rotated = await redpack(
      ['caller', 'rotate', 'a', '--secret-file', '-'],
      env,
      Buffer.alloc(48, 9).toString('base64'),
    )

    expect([added.code, rotated.code]).toEqual([0, 0])
    expect((await callers()).a?.secrets).toEqual([SECRET, Buffer.alloc(48, 9).toString('base64')])
    for (const secret of (await callers()).a?.secrets ?? []) expect(added.out + rotated.out).not.toContain(secret)
  })

  it.each([
    [
      '31 bytes',
      Buffer.alloc(31).toString('base64'),
      'The secret has 31 bytes and needs 32 at least: openssl rand -base64 32',
    ],
    ['one byte', 'AA==', 'The secret has 1 bytes and needs 32 at least: openssl rand -base64 32'],
    ['words', 'correct horse battery staple', 'The secret must be base64: openssl rand -base64 32'],
    ['nothing', ' \n', '- is empty'],
  ])('of %s is refused', async (_, stdin, line) => {
    const run = await redpack(['caller', 'add', 'a', 'my-miniapp', '--secret-file', '-'], env, stdin)

    expect(run).toEqual({ code: 1, out: '', err: `✘ ${line}\n` })
    await expect(callers()).rejects.toThrow("can't find")
  })
})

describe('--out', () => {
  it('puts the secret into a file that only its owner can read, and nowhere else', async () => {
    const { code, out, err } = await caller('add', 'a', 'my-miniapp', '--out', path('a.env'))

    const [secret = ''] = (await callers()).a?.secrets ?? []
    expect({ code, text: readFileSync(path('a.env'), 'utf8'), mode: statSync(path('a.env')).mode & 0o777 }).toEqual({
      code: 0,
      text: `REDPACK_KEYID=a\nREDPACK_SECRET=${secret}\n`,
      mode: 0o600,
    })
    expect(out + err).not.toContain(secret)
  })

  it('is not overwritten, and then nothing is stored', async () => {
    writeFileSync(path('a.env'), 'mine')

    expect(await caller('add', 'a', 'my-miniapp', '--out', path('a.env'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('already exists and is not overwritten'),
    })
    expect(readFileSync(path('a.env'), 'utf8')).toBe('mine')
    await expect(callers()).rejects.toThrow("can't find")
  })

  it('is not left behind if nothing is stored', async () => {
    await caller('add', 'a', 'my-miniapp')
    expect((await caller('add', 'a', 'my-miniapp', '--out', path('a.env'))).code).toBe(1)
    expect(() => statSync(path('a.env'))).toThrow('ENOENT')
  })
})
