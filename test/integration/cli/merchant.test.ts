// redpack merchant, caller and doctor against the stand-in for Secrets Manager and the WeChat Pay simulator.
import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { merchants } from '../../../lib/aws/merchants.ts'
import { type SecretsManager, startSecretsManager } from '../../../local/secrets-manager.ts'
import {
  createCa,
  createMerchantCertificate,
  createServerCertificate,
  type KeyPair,
} from '../../../simulator/src/certificates.ts'
import { type Simulator, startSimulator } from '../../../simulator/src/server.ts'
import { getSecret, putSecret } from '../../support/callers.ts'
import { selfSigned } from '../../support/certificates.ts'
import { type Run, redpack } from '../../support/cli.ts'

const MCH_ID = '1900000109'
const API_KEY = '0123456789abcdefABCDEF0123456789'
const APPID = 'wxcbda96de0b165486'
const MERCHANT = ['my-miniapp', 'weixin_tenpay'] as const

const ca = createCa()
const pair = createMerchantCertificate(ca, MCH_ID)
const other = createMerchantCertificate(ca, '1900000110')
const curve = selfSigned(MCH_ID, ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'])
const expired = createMerchantCertificate(ca, MCH_ID, {
  not_before: new Date('2020-01-01'),
  not_after: new Date('2024-12-31T12:00:00Z'),
})
const future = createMerchantCertificate(ca, MCH_ID, {
  not_before: new Date('2040-01-01T12:00:00Z'),
  not_after: new Date('2045-01-01'),
})

let folder: string
let secrets: SecretsManager
let simulator: Simulator
let env: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redpack-cli-'))
  simulator = await startSimulator({
    port: 0,
    control_port: 0,
    tls: { ca: ca.cert, ...createServerCertificate(ca) },
    merchants: [{ mch_id: MCH_ID, api_key: API_KEY, appids: [APPID] }],
  })
  const files = { ca: ca.cert, cert: pair.cert, key: pair.key, other_key: other.key, api_key: `${API_KEY}\n` }
  for (const [name, data] of Object.entries(files)) writeFileSync(path(name), data)
})
beforeEach(async () => {
  await secrets?.stop()
  secrets = await startSecretsManager({})
  env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    REDPACK_SECRET_PREFIX: 'redpack/test',
    WECHATPAY_ORIGIN: simulator.origin,
    WECHATPAY_CA: path('ca'),
    WECHATPAY_API_KEY: API_KEY,
  }
})
afterAll(async () => {
  await secrets?.stop()
  await simulator?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** WeChat's own encryption of apiclient_cert.p12; OpenSSL 3 makes it with its legacy provider only. */
const RC2 = ['-legacy', '-certpbe', 'PBE-SHA1-RC2-40', '-keypbe', 'PBE-SHA1-3DES']
const probe = makeP12('probe', pair, RC2)
const rc2 = it.skipIf(probe !== 0)

describe('redpack merchant put', () => {
  rc2(
    'stores a p12 that is encrypted with RC2-40 and the merchant number (left out where openssl has no legacy provider)',
    async () => {
      makeP12('rc2.p12', pair, RC2)

      const run = await redpack(['merchant', 'put', ...MERCHANT, '--p12', path('rc2.p12'), '--mch-id', MCH_ID], env)

      expect(run).toMatchObject({ code: 0, out: expect.stringContaining(`Stored: weixin_tenpay, merchant ${MCH_ID}`) })
      await expectStored()
      expectSecretFree(run)
    },
  )

  it.each([
    ['as OpenSSL 3 encrypts it', []],
    ['with 3DES', ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
  ])('stores a p12 %s', async (_, flags) => {
    expect(makeP12('plain.p12', pair, flags)).toBe(0)

    const { code } = await redpack(
      ['merchant', 'put', ...MERCHANT, '--p12', path('plain.p12'), '--password', MCH_ID],
      env,
    )

    expect(code).toBe(0)
    await expectStored()
  })

  it('stores PEM files and what is told beside them, and keeps the other gateway types', async () => {
    const flags = ['--api-key-file', path('api_key'), '--client-ip', '203.0.113.7', '--daily-limit-yuan', '1000.5']
    expect((await put([...flags])).code).toBe(0)
    expect((await put([], 'weixin_tenpay_js')).code).toBe(0)

    expect(await getSecret(env, 'merchants/my-miniapp')).toEqual({
      weixin_tenpay: { mch_id: MCH_ID, api_key: API_KEY, ...pair, client_ip: '203.0.113.7', daily_limit_yuan: 1000.5 },
      weixin_tenpay_js: { mch_id: MCH_ID, api_key: API_KEY, ...pair },
    })
  })

  it('keeps what it is not told when a certificate is renewed, and says so', async () => {
    const settings = {
      client_ip: '203.0.113.7',
      daily_limit_yuan: 1000.5,
      status_looks_s: [3_600, 86_400],
      note: 'ours',
    }
    const before = { mch_id: MCH_ID, api_key: 'f'.repeat(32), ...createMerchantCertificate(ca, MCH_ID), ...settings }
    await putSecret(env, 'merchants/my-miniapp', { weixin_tenpay: before })

    const run = await put(['--daily-limit-yuan', '2000'])

    expect(run).toMatchObject({
      code: 0,
      err: expect.stringContaining('Kept from the entry that stood there: client_ip, status_looks_s, note'),
    })
    expect(await getSecret(env, 'merchants/my-miniapp')).toEqual({
      weixin_tenpay: { mch_id: MCH_ID, api_key: API_KEY, ...pair, ...settings, daily_limit_yuan: 2000 },
    })
  })

  it.each([['a text'], [['a list']], [null]])('puts an entry in the place of %j', async (standing) => {
    await putSecret(env, 'merchants/my-miniapp', { weixin_tenpay: standing })

    expect((await put([])).code).toBe(0)
    await expectStored()
  })

  it.each<[string, () => string[], string]>([
    [
      'a wrong password',
      () => p12(pair, ['--password', '1']),
      'The password of the p12 is wrong; WeChat sets it to the merchant number',
    ],
    [
      'a p12 of another merchant',
      () => p12(pair, ['--password', MCH_ID, '--mch-id', '1']),
      `The certificate belongs to merchant ${MCH_ID}, not to 1`,
    ],
    [
      'a file that is no p12',
      () => ['--p12', path('cert'), '--mch-id', MCH_ID],
      'This is not a p12 file, or it is incomplete',
    ],
    [
      'a p12 without a password to try',
      () => p12(pair, []),
      'The password of a p12 is the merchant number: give --mch-id, or --password',
    ],
    [
      "another merchant's key",
      () => pem('cert', 'other_key'),
      'Certificate and key do not match: the key belongs to another certificate',
    ],
    [
      'an expired certificate',
      () => p12(expired, ['--mch-id', MCH_ID]),
      'The certificate expired on 2024-12-31; download a new one from WeChat Pay',
    ],
    [
      'a certificate that is not valid yet',
      () => p12(future, ['--mch-id', MCH_ID]),
      'The certificate is not valid before 2040-01-01; is the clock of this machine correct?',
    ],
    [
      'a certificate without a merchant number',
      () => write(ca),
      'The certificate contains no merchant number: this is not a merchant certificate of WeChat Pay',
    ],
    [
      'a key that is none',
      () => pem('cert', 'api_key'),
      'The key is not a PEM file with a private key (without a password)',
    ],
    ['a certificate that is none', () => pem('key', 'key'), 'The certificate is not a PEM file with a certificate'],
    ['both kinds of files', () => [...pem('cert', 'key'), '--p12', 'x'], 'Give either --p12, or --cert and --key'],
    ['a file that is not there', () => ['--p12', path('none'), '--mch-id', MCH_ID], 'cannot be read: ENOENT'],
    [
      'an address that is none',
      () => [...pem('cert', 'key'), '--client-ip', '1.2.3'],
      '--client-ip must be an IPv4 address',
    ],
    [
      'a limit with three decimals',
      () => [...pem('cert', 'key'), '--daily-limit-yuan', '1.005'],
      '--daily-limit-yuan must be an amount in yuan',
    ],
  ])('refuses %s in one line, and stores nothing', async (_, flags, line) => {
    const run = await redpack(['merchant', 'put', ...MERCHANT, ...flags()], env)

    expect(run.code).toBe(1)
    expect(run.err.trim().split('\n')).toEqual([expect.stringContaining(line)])
    expectSecretFree(run)
    await expect(getSecret(env, 'merchants/my-miniapp')).rejects.toThrow("can't find")
  })

  it('refuses an API key of another length, in Chinese where the locale is, without quoting it', async () => {
    const { code, err } = await redpack(['merchant', 'put', ...MERCHANT, ...pem('cert', 'key')], {
      ...env,
      WECHATPAY_API_KEY: 'short-key',
      LC_ALL: 'zh_CN.UTF-8',
    })

    expect({ code, err }).toEqual({
      code: 1,
      err: '✘ API 密钥须为 32 个字母或数字（现在是 9 个字符，或含有其他字符）\n',
    })
  })

  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  const attributes = 'Bag Attributes\n    localKeyID: 01\nsubject=/CN=1900000109\n'
  it.each<[string, (pem: string) => string | Buffer]>([
    ['a byte order mark', (pem) => `\uFEFF${pem}`],
    ['a blank first line', (pem) => `\r\n${pem}`],
    ['Bag Attributes', (pem) => attributes + pem],
    ['line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')],
    ['UTF-16, as Windows writes it', utf16],
  ])('stores clean blocks of files with %s, that the service can use', async (_, dirty) => {
    writeFileSync(path('dirty_cert'), dirty(pair.cert))
    writeFileSync(path('dirty_key'), dirty(pair.key))

    const { code } = await redpack(['merchant', 'put', ...MERCHANT, ...pem('dirty_cert', 'dirty_key')], env)

    expect(code).toBe(0)
    const { weixin_tenpay } = await getSecret(env, 'merchants/my-miniapp')
    expect(weixin_tenpay).toEqual({ mch_id: MCH_ID, api_key: API_KEY, ...pair })
    await expectStored()
  })

  it.each([
    ['last', [ca.cert, other.cert, pair.cert]],
    ['first', [pair.cert, ca.cert]],
  ])('picks the certificate that belongs to the key where it is the %s of a chain', async (_, certs) => {
    writeFileSync(path('chain'), certs.join(attributes))

    const { code } = await redpack(['merchant', 'put', ...MERCHANT, ...pem('chain', 'key')], env)

    expect(code).toBe(0)
    expect((await getSecret(env, 'merchants/my-miniapp')).weixin_tenpay).toMatchObject(pair)
  })

  it('picks it out of a p12 with its issuers, too', async () => {
    expect(makeP12('chain.p12', { cert: pair.cert + ca.cert + other.cert, key: pair.key }, [])).toBe(0)

    const run = await redpack(['merchant', 'put', ...MERCHANT, '--p12', path('chain.p12'), '--mch-id', MCH_ID], env)

    expect(run.code).toBe(0)
    await expectStored()
  })

  it.each<[string, () => { cert: string; key: string }]>([
    ['in PKCS#1', () => ({ ...pair, key: exported(pair.key, 'pkcs1') })],
    ['on a curve', () => ({ ...curve, key: exported(curve.key, 'sec1') })],
  ])('stores a key %s', async (_, files) => {
    const { cert, key } = files()
    const { code } = await redpack(['merchant', 'put', ...MERCHANT, ...write({ cert, key })], env)

    expect(code).toBe(0)
    expect((await getSecret(env, 'merchants/my-miniapp')).weixin_tenpay).toMatchObject({ cert, key })
    const read = async () => JSON.stringify(await getSecret(env, 'merchants/my-miniapp'))
    expect((await merchants({ read, readAnew: read }, 'x').load(...MERCHANT)).key).toBe(key)
  })

  it('keeps the entry that works if the new one does not', async () => {
    expect((await put([])).code).toBe(0)
    const before = await getSecret(env, 'merchants/my-miniapp')
    const key = String(
      createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    )
    const encrypted = await redpack(['merchant', 'put', ...MERCHANT, ...write({ ...pair, key })], env)
    const weak = await redpack(
      ['merchant', 'put', ...MERCHANT, ...write(selfSigned(MCH_ID, ['-newkey', 'rsa:1024']))],
      env,
    )

    expect([encrypted.code, encrypted.err, weak.code, weak.err]).toEqual([
      1,
      '✘ The key is protected with a password. Remove the password first: openssl pkey -in FILE -out NEW_FILE\n',
      1,
      expect.stringContaining('TLS refuses them: the key is too short'),
    ])
    expect(await getSecret(env, 'merchants/my-miniapp')).toEqual(before)
  })

  describe('takes secrets from standard input', () => {
    const run = (flags: string[], stdin: string, changed: Record<string, string> = {}) =>
      redpack(['merchant', 'put', ...MERCHANT, ...flags], { ...env, ...changed }, stdin)

    it.each<[string, () => string[], string]>([
      ['the key', () => ['--cert', path('cert'), '--key', '-'], pair.key],
      ['the API key', () => [...pem('cert', 'key'), '--api-key-file', '-'], `${API_KEY}\n`],
      ['the password of a p12', () => p12(pair, ['--password-file', '-']), `${MCH_ID}\n`],
    ])('%s', async (_, flags, stdin) => {
      expect((await run(flags(), stdin)).code).toBe(0)
      await expectStored()
    })

    it('the password from a file', async () => {
      writeFileSync(path('password'), `\uFEFF${MCH_ID}\r\n`)
      expect((await run(p12(pair, ['--password-file', path('password')]), '')).code).toBe(0)
      await expectStored()
    })

    it.each<[string, () => string[], string, string]>([
      [
        'two at once',
        () => ['--cert', path('cert'), '--key', '-', '--api-key-file', '-'],
        'x',
        'Standard input can be read only once: use a file for one of --key, --api-key-file',
      ],
      ['an empty API key', () => [...pem('cert', 'key'), '--api-key-file', '-'], ' \n', '- is empty'],
      [
        'a password twice',
        () => p12(pair, ['--password', MCH_ID, '--password-file', '-']),
        MCH_ID,
        'Give either --password or --password-file',
      ],
      [
        'more than 1 MB',
        () => ['--cert', path('cert'), '--key', '-'],
        'x'.repeat(1_048_577),
        '- is too large: more than 1 MB',
      ],
      [
        'a file without end',
        () => ['--cert', path('cert'), '--key', '/dev/zero'],
        '',
        '/dev/zero is too large: more than 1 MB',
      ],
    ])('but not %s', async (_, flags, stdin, line) => {
      expect(await run(flags(), stdin)).toEqual({ code: 1, out: '', err: `✘ ${line}\n` })
      await expect(getSecret(env, 'merchants/my-miniapp')).rejects.toThrow("can't find")
    })
  })

  it('leaves a secret alone that it does not understand', async () => {
    await putSecret(env, 'merchants/my-miniapp', ['something else'])

    expect(await put([])).toMatchObject({ code: 1, err: expect.stringContaining('it was not changed') })
    expect(await getSecret(env, 'merchants/my-miniapp')).toEqual(['something else'])
  })

  it('says where Secrets Manager cannot be reached', async () => {
    env.AWS_ENDPOINT_URL_SECRETS_MANAGER = 'http://127.0.0.1:9'

    expect(await put([])).toMatchObject({ code: 4, err: '✘ Secrets Manager cannot be reached: ECONNREFUSED\n' })
  })
})

describe('redpack merchant check', () => {
  const check = (more: string[] = [], changed: Record<string, string> = {}) =>
    redpack(['merchant', 'check', ...MERCHANT, '--appid', APPID, '--json', ...more], { ...env, ...changed })

  it('says that all is right where WeChat does not know the number', async () => {
    await put([])

    const { code, out } = await check()

    expect({ code, ...JSON.parse(out) }).toMatchObject({
      code: 0,
      answer: 'NOT_FOUND 指定单号数据不存在',
      ...{ certificate: true, api_key: true, ip_list: true, binding: true },
    })
  })

  it.each<[string, object, string[], Record<string, unknown>]>([
    ['another API key', { api_key: API_KEY.toUpperCase() }, [], { certificate: true, api_key: false }],
    ["another merchant's certificate", other, [], { certificate: false, api_key: null }],
    [
      'a certificate that WeChat’s front refuses',
      createMerchantCertificate(createCa(), MCH_ID),
      [],
      { answer: 'HTTP 400', certificate: false },
    ],
    ['an appid that is not bound', {}, ['--appid', 'wx0000000000000000'], { certificate: true, binding: false }],
  ])('finds %s', async (_, entry, flags, finding) => {
    await putSecret(env, 'merchants/my-miniapp', {
      weixin_tenpay: { mch_id: MCH_ID, api_key: API_KEY, ...pair, ...entry },
    })

    const { code, out } = await check(flags)

    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 1, ...finding })
  })

  it.each([
    ['NO_AUTH', { code: 1, certificate: null }],
    ['SYSTEMERROR', { code: 3, certificate: true }],
    ['FREQ_LIMIT', { code: 3 }],
    ['html_before', { code: 4, answer: 'HTTP 502' }],
    ['reset_before', { code: 4, answer: 'ECONNRESET' }],
  ])('says what %s means', async (kind, expected) => {
    await put([])
    await fetch(`${simulator.control_origin}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, op: 'gethbinfo' }),
    })

    const { code, out } = await check()

    expect({ code, ...JSON.parse(out) }).toMatchObject(expected)
    expect(JSON.parse(out).text).not.toBe('')
  })

  it('tells a server that is not trusted from one that is not there', async () => {
    await put([])

    expect(JSON.parse((await check([], { WECHATPAY_CA: '' })).out).text).toContain('WECHATPAY_CA')
    const gone = JSON.parse((await check([], { WECHATPAY_ORIGIN: 'https://127.0.0.1:9' })).out)
    expect(gone).toMatchObject({ answer: 'ECONNREFUSED', text: expect.stringContaining('cannot be reached') })
  })

  it('names a merchant that is not configured', async () => {
    expect(await check()).toMatchObject({ code: 1, err: expect.stringContaining('certificate_missing') })
  })
})

describe('redpack caller', () => {
  const caller = (...argv: string[]) => redpack(['caller', ...argv], env)
  const secretsOf = async (keyid: string) =>
    ((await getSecret(env, 'callers')) as Record<string, { secrets: string[] }>)[keyid]?.secrets

  it('adds a caller and prints its secret once', async () => {
    const { code, out } = await caller('add', 'shop-1', 'my-miniapp', '--json')
    const { secret } = JSON.parse(out)

    expect({ code, length: Buffer.from(secret, 'base64').length }).toEqual({ code: 0, length: 32 })
    expect(await getSecret(env, 'callers')).toEqual({ 'shop-1': { miniapp_id: 'my-miniapp', secrets: [secret] } })
    const list = await caller('list')
    expect(list).toEqual({ code: 0, out: 'shop-1  my-miniapp\n', err: '' })
    expect(await caller('add', 'shop-1', 'my-miniapp')).toMatchObject({
      code: 1,
      err: expect.stringContaining('already'),
    })
  })

  it('rotates: the second secret beside the first, then the second alone', async () => {
    const first = JSON.parse((await caller('add', 'shop-1', 'my-miniapp', '--json')).out).secret
    expect(await caller('rotate', 'shop-1', '--finish')).toMatchObject({ code: 1 })
    const second = JSON.parse((await caller('rotate', 'shop-1', '--json')).out).secret
    expect(await secretsOf('shop-1')).toEqual([first, second])
    expect(await caller('rotate', 'shop-1')).toMatchObject({ code: 1, err: expect.stringContaining('--finish') })

    expect(await caller('rotate', 'shop-1', '--finish')).toMatchObject({ code: 0 })
    expect(await secretsOf('shop-1')).toEqual([second])
  })

  it('removes a caller when it is told to, and no other', async () => {
    await caller('add', 'shop-1', 'my-miniapp')
    await caller('add', 'shop-2', 'my-miniapp')

    expect(await caller('remove', 'shop-1')).toMatchObject({
      code: 1,
      err: '✘ Cannot ask for confirmation (no terminal). Add --yes\n',
    })
    expect(await caller('remove', 'shop-1', '--yes')).toMatchObject({ code: 0 })
    expect(await caller('remove', 'shop-1', '--yes')).toMatchObject({ code: 1, err: '✘ There is no caller shop-1\n' })
    expect(Object.keys(await getSecret(env, 'callers'))).toEqual(['shop-2'])
  })

  it('refuses names that the service would not understand', async () => {
    expect(await caller('add', 'a"b', 'my-miniapp')).toMatchObject({ code: 1, err: expect.stringContaining('keyid') })
    expect(await caller('add', 'shop-1', 'my/miniapp')).toMatchObject({
      code: 1,
      err: expect.stringContaining('mini app'),
    })
    expect(await redpack(['caller', 'list'], { ...env, REDPACK_SECRET_PREFIX: '' })).toMatchObject({
      code: 1,
      err: '✘ Not set: --prefix (REDPACK_SECRET_PREFIX)\n',
    })
  })
})

describe('redpack doctor, for an operator', () => {
  const good = { mch_id: MCH_ID, api_key: API_KEY, ...pair }
  const callers = { 'shop-1': { miniapp_id: 'my-miniapp', secrets: [Buffer.alloc(32, 7).toString('base64')] } }
  type Told = Record<'check' | 'state' | 'text', string> & { days_left?: number }
  const findings = async (lang = 'en') => {
    const { code, out } = await redpack(['doctor', '--json', '--lang', lang], env)
    const all: Told[] = JSON.parse(out).findings
    return { code, all, certificates: all.filter(({ check }) => check === 'certificate') }
  }

  it('looks at callers, certificates and the way to WeChat', async () => {
    await putSecret(env, 'callers', callers)
    await putSecret(env, 'merchants/my-miniapp', { weixin_tenpay: good, weixin_tenpay_js: { ...good, ...expired } })

    const { code, all } = await findings()

    expect({ code, all: all.map(({ check, state }) => `${check} ${state}`) }).toEqual({
      code: 1,
      all: [
        ...['version good', 'configuration bad', 'secrets good', 'certificate good', 'certificate bad'],
        ...['wechatpay good', 'brake none', 'rest none'],
      ],
    })
  })

  it.each<[string, unknown, string]>([
    ['no object', 'x', '须为 JSON 对象'],
    ['no merchant number', pair, '的 mch_id 缺失'],
    ['no API key', { ...good, api_key: undefined }, '的 api_key 缺失'],
    ['a p12 for the certificate', { ...good, cert: 'MIIKmgIBAzCC' }, '的 cert 须为 PEM'],
    ['no key', { ...good, key: '' }, '的 key 须为 PEM'],
    ["another certificate's key", { ...good, key: other.key }, '的证书与私钥不匹配'],
    ['an address that is none', { ...good, client_ip: 'localhost' }, '的 client_ip 须为 IPv4 地址'],
    ['a limit with three decimals', { ...good, daily_limit_yuan: 1.005 }, '须为最多两位小数的金额'],
  ])('sees that an entry has %s, as the service would', async (_, entry, why) => {
    await putSecret(env, 'callers', callers)
    await putSecret(env, 'merchants/my-miniapp', { weixin_tenpay: entry })

    for (const lang of ['en', 'zh']) {
      const { certificates } = await findings(lang)
      expect(certificates).toEqual([
        { check: 'certificate', state: 'bad', text: expect.stringContaining(why), hint: 'redpack merchant put' },
      ])
      expect(JSON.stringify(certificates)).not.toContain(API_KEY)
    }
  })

  it('says how many days a certificate has left', async () => {
    const half_day_ms = 43_200_000
    const until = (days: number) =>
      createMerchantCertificate(ca, MCH_ID, { not_after: new Date(Date.now() + (2 * days + 1) * half_day_ms) })
    await putSecret(env, 'callers', callers)
    await putSecret(env, 'merchants/my-miniapp', {
      weixin_tenpay: { ...good, ...until(100) },
      weixin_tenpay_js: { ...good, ...until(29) },
      weixin_tenpay_wap: { ...good, ...until(0) },
      weixin_tenpay_native: { ...good, ...expired },
      weixin_tenpay_app: { ...good, ...future },
    })

    const { certificates } = await findings()

    expect(certificates.map(({ state, days_left }) => [state, days_left])).toEqual([
      ['good', 100],
      ['doubt', 29],
      ['doubt', 0],
      ['bad', Math.floor((Date.parse('2024-12-31T12:00:00Z') - Date.now()) / 86_400_000)],
      ['bad', expect.any(Number)],
    ])
    expect(certificates.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^my-miniapp\/weixin_tenpay: certificate valid from .* to .*, 100 day\(s\) left$/),
      expect.stringMatching(/, 29 day\(s\) left$/),
      expect.stringMatching(/, 0 day\(s\) left$/),
      'my-miniapp/weixin_tenpay_native: certificate expired on 2024-12-31',
      expect.stringMatching(/certificate valid from 2040-01-01/),
    ])
    expect((await findings('zh')).certificates[1]?.text).toMatch(/，还剩 29 天$/)
  })

  it('sees an entry that the service does not read, callers that it refuses, and a secret that is none', async () => {
    await putSecret(env, 'callers', {
      ...callers,
      short: { miniapp_id: 'other-miniapp', secrets: ['c2hvcnQ='] },
      odd: 1,
    })
    await putSecret(env, 'merchants/my-miniapp', { weixin_tenpay: good, weixin_tenpay_typo: good })
    await putSecret(env, 'merchants/other-miniapp', null)

    const { code, all } = await findings()

    expect({ code, all: all.slice(2, -1).map(({ state, text }) => `${state} ${text}`) }).toEqual({
      code: 1,
      all: [
        'good Secrets Manager answers; redpack/test/callers has 1 caller(s)',
        'bad The service refuses the caller short, or one of its secrets',
        'bad The service refuses the caller odd, or one of its secrets',
        expect.stringMatching(/^good my-miniapp\/weixin_tenpay: certificate valid/),
        'doubt my-miniapp/weixin_tenpay_typo is not a gateway type: the service does not read this entry',
        expect.stringMatching(/^bad The secret redpack\/test\/merchants\/other-miniapp holds null/),
        expect.stringMatching(/^good https:.* answers$/),
        'none Brake, epoch and settle: not checked (REDPACK_TABLE is not set)',
      ],
    })
  })
})

function put(flags: string[], gateway_type = 'weixin_tenpay'): Promise<Run> {
  return redpack(['merchant', 'put', 'my-miniapp', gateway_type, ...pem('cert', 'key'), ...flags], env)
}

/** The service itself can use what was stored, and key and certificate are those of the file. */
async function expectStored(): Promise<void> {
  const stored = await getSecret(env, 'merchants/my-miniapp')
  const read = async () => JSON.stringify(stored)
  const { cert, key, ...rest } = await merchants({ read, readAnew: read }, 'x').load(...MERCHANT)
  expect(rest).toMatchObject({ mch_id: MCH_ID, api_key: API_KEY })
  expect(new X509Certificate(cert).raw).toEqual(new X509Certificate(pair.cert).raw)
  expect(createPrivateKey(key).equals(createPrivateKey(pair.key))).toBe(true)
}

function expectSecretFree({ out, err }: Run): void {
  for (const secret of [API_KEY, 'PRIVATE KEY', ...pair.key.split('\n').filter((line) => line.length > 40)]) {
    expect(out + err).not.toContain(secret)
  }
}

function path(name: string): string {
  return join(folder, name)
}

function pem(cert: string, key: string): string[] {
  return ['--cert', path(cert), '--key', path(key)]
}

function exported(key: string, type: 'pkcs1' | 'sec1'): string {
  return String(createPrivateKey(key).export({ type, format: 'pem' }))
}

function write({ cert, key }: KeyPair): string[] {
  writeFileSync(path('own_cert'), cert)
  writeFileSync(path('own_key'), key)
  return pem('own_cert', 'own_key')
}

function p12(of: KeyPair, flags: string[]): string[] {
  expect(makeP12('one.p12', of, [])).toBe(0)
  return ['--p12', path('one.p12'), ...flags]
}

/** Out: openssl's exit code. */
function makeP12(name: string, { cert, key }: KeyPair, flags: string[]): number | null {
  const at = mkdtempSync(join(tmpdir(), 'redpack-p12-'))
  const [cert_file, key_file, out] = ['cert', 'key', 'p12'].map((file) => join(at, file)) as [string, string, string]
  writeFileSync(cert_file, cert)
  writeFileSync(key_file, key)
  const argv = [
    'pkcs12',
    '-export',
    ...flags,
    '-passout',
    `pass:${MCH_ID}`,
    '-in',
    cert_file,
    '-inkey',
    key_file,
    '-out',
    out,
  ]
  const { status } = spawnSync('openssl', argv)
  if (status === 0 && folder) writeFileSync(path(name), readFileSync(out))
  rmSync(at, { recursive: true, force: true })
  return status
}
