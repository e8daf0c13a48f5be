import { createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { merchants } from '../../../lib/aws/merchants.ts'
import type { Secrets } from '../../../lib/aws/secrets.ts'
import { AppError } from '../../../lib/errors.ts'
import { createCa, createMerchantCertificate } from '../../../simulator/src/certificates.ts'
import { selfSigned } from '../../support/certificates.ts'

const FROM = new Date('2026-01-01T00:00:00Z')
const TO = new Date('2027-01-01T00:00:00Z')
const NOW_MS = Date.parse('2026-11-23T00:00:00Z')
const API_KEY = '192006250b4c09247ec02edce69f6a2d'

const ca = createCa()
const pair = createMerchantCertificate(ca, '10000098', { not_before: FROM, not_after: TO })
const other = createMerchantCertificate(ca, '10000098', { not_before: FROM, not_after: TO })
const ENTRY = { mch_id: '10000098', api_key: API_KEY, ...pair }
const MERCHANT = {
  miniapp_id: 'miniapp-1',
  gateway_type: 'weixin_tenpay',
  ...ENTRY,
  client_ip: '127.0.0.1',
  daily_limit: undefined,
} as const

/** Merchants over one secret, whose text may change; `readAnew` sees it at once, `read` when told. */
function over(entries: unknown, { now = () => NOW_MS }: { now?: () => number } = {}) {
  const stored = { text: textOf(entries), cached: textOf(entries), down: undefined as Error | undefined }
  const names: string[] = []
  const secrets: Secrets = {
    read: async (name) => {
      names.push(name)
      return stored.cached
    },
    readAnew: async (name) => {
      names.push(name)
      if (stored.down) throw stored.down
      stored.cached = stored.text
      return stored.text
    },
  }
  const change = (changed: unknown) => {
    stored.text = textOf(changed)
  }
  return { ...merchants(secrets, 'redpack/test', now), stored, names, change }
}
const textOf = (entries: unknown) =>
  entries === undefined || typeof entries === 'string' ? entries : JSON.stringify(entries)
const loadWith = (entry: unknown) => over({ weixin_tenpay: entry }).load('miniapp-1', 'weixin_tenpay')

async function refusalOf(loading: Promise<unknown>): Promise<AppError> {
  const error = await loading.then(
    () => 'a merchant',
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(AppError)
  return error as AppError
}

describe('a merchant', () => {
  test("is read from the mini app's secret", async () => {
    const { load, names } = over({ weixin_tenpay: ENTRY })
    expect(await load('miniapp-1', 'weixin_tenpay')).toEqual(MERCHANT)
    expect(names).toEqual(['redpack/test/merchants/miniapp-1'])
  })

  test('has the client_ip and the daily limit of its entry, in fen', async () => {
    expect(await loadWith({ ...ENTRY, client_ip: '192.0.2.7', daily_limit_yuan: 1_234.56 })).toEqual({
      ...MERCHANT,
      client_ip: '192.0.2.7',
      daily_limit: 123_456,
    })
  })

  const THIRTY_DAYS_S = 2_592_000
  test.for([
    ['one', [3_600]],
    ['several', [600, 7_200, 86_400]],
    ['the first and the last that there can be', [60, THIRTY_DAYS_S]],
    ['twenty', Array.from({ length: 20 }, (_, i) => 60 + i)],
  ] as const)('has the looks at a packet of its entry: %s', async ([, status_looks_s]) => {
    expect(await loadWith({ ...ENTRY, status_looks_s })).toEqual({ ...MERCHANT, status_looks_s })
  })

  test('of each gateway type is its own', async () => {
    const { load } = over({ weixin_tenpay: ENTRY, weixin_tenpay_js: { ...ENTRY, mch_id: '10000099' } })
    expect((await load('miniapp-1', 'weixin_tenpay')).mch_id).toBe('10000098')
    expect((await load('miniapp-1', 'weixin_tenpay_js')).mch_id).toBe('10000099')
  })

  test('entries of other names are passed over, whatever is in them', async () => {
    const { load } = over({ note: 'made in 2026', weixin_tenpay: ENTRY, weixin_tenpay_js: { broken: true } })
    expect(await load('miniapp-1', 'weixin_tenpay')).toEqual(MERCHANT)
  })

  test('is parsed once for as long as the secret stays the same', async () => {
    const { load, stored } = over({ weixin_tenpay: ENTRY })
    const first = await load('miniapp-1', 'weixin_tenpay')
    expect(await load('miniapp-1', 'weixin_tenpay')).toBe(first)
    stored.cached = textOf({ weixin_tenpay: { ...ENTRY, ...other } })
    const second = await load('miniapp-1', 'weixin_tenpay')
    expect(second).toEqual({ ...MERCHANT, ...other })
    expect(await load('miniapp-1', 'weixin_tenpay')).toBe(second)
  })

  test('of another mini app with the same secret is another', async () => {
    const { load } = over({ weixin_tenpay: ENTRY })
    expect((await load('miniapp-1', 'weixin_tenpay')).miniapp_id).toBe('miniapp-1')
    expect((await load('miniapp-2', 'weixin_tenpay')).miniapp_id).toBe('miniapp-2')
  })
})

describe('a merchant that is not there is certificate_missing', () => {
  test.for([
    ['no secret', undefined],
    ['no entry', { weixin_tenpay_js: ENTRY }],
    ['an empty secret', {}],
  ] as const)('with %s', async ([, entries]) => {
    const error = await refusalOf(over(entries).load('miniapp-1', 'weixin_tenpay'))
    expect({ code: error.code, message: error.message, errors: error.errors, cause: error.cause }).toEqual({
      code: 'certificate_missing',
      message: '未配置支付证书：请先为商户类型 weixin_tenpay 配置支付证书',
      errors: [{ pointer: '/gateway_type', detail: '未配置支付证书' }],
      cause: undefined,
    })
  })

  test('and found when it is put there', async () => {
    const { load, stored } = over(undefined)
    await refusalOf(load('miniapp-1', 'weixin_tenpay'))
    stored.cached = textOf({ weixin_tenpay: ENTRY })
    expect(await load('miniapp-1', 'weixin_tenpay')).toEqual(MERCHANT)
  })
})

describe('a merchant that cannot be used is certificate_unusable', () => {
  const PREFIX = 'weixin_tenpay 的支付证书不可用：该证书'
  const P12 = Buffer.from('3082', 'hex').toString('base64')
  const NOT_PEM = '须为 PEM（p12 请先用 redpack merchant put 转换）'
  const JUNK = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n-----END CERTIFICATE-----\n`
  const LOOKS = '须为 1 至 20 个递增的整数秒，每个在 60 至 2592000 之间'
  const weak = selfSigned('10000098', ['-newkey', 'rsa:1024'])
  const encrypted = createPrivateKey(pair.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  })
  const without = (name: string) => Object.fromEntries(Object.entries(ENTRY).filter(([key]) => key !== name))

  test.for([
    ['a number for mch_id', { ...ENTRY, mch_id: 10000098 }, '的 mch_id 缺失'],
    ['a mch_id with letters', { ...ENTRY, mch_id: '../callers' }, '的 mch_id 须为数字'],
    ['a mch_id of 33 digits', { ...ENTRY, mch_id: '1'.repeat(33) }, '的 mch_id 须为数字'],
    ['no mch_id', without('mch_id'), '的 mch_id 缺失'],
    ['no api_key', without('api_key'), '的 api_key 缺失'],
    ['no cert', without('cert'), '的 cert 缺失'],
    ['no key', without('key'), '的 key 缺失'],
    ['an empty api_key', { ...ENTRY, api_key: '' }, '的 api_key 为空'],
    ['a cert that is a p12', { ...ENTRY, cert: P12 }, `的 cert ${NOT_PEM}`],
    ['a key that is a p12', { ...ENTRY, key: P12 }, `的 key ${NOT_PEM}`],
    ['an empty cert', { ...ENTRY, cert: '' }, `的 cert ${NOT_PEM}`],
    ['a cert that is junk', { ...ENTRY, cert: JUNK }, '的 cert 无法读取'],
    ['half a cert', { ...ENTRY, cert: pair.cert.slice(0, 900) }, `的 cert ${NOT_PEM}`],
    ['a key that is junk', { ...ENTRY, key: JUNK.replaceAll('CERTIFICATE', 'PRIVATE KEY') }, '的 key 无法读取'],
    ['a key in the place of the cert', { ...ENTRY, cert: pair.key }, `的 cert ${NOT_PEM}`],
    ['a cert in the place of the key', { ...ENTRY, key: pair.cert }, `的 key ${NOT_PEM}`],
    ['a key under a passphrase', { ...ENTRY, key: encrypted }, '的 key 有密码保护，须换成没有密码的私钥'],
    ['a key that TLS refuses', { ...ENTRY, ...weak }, '或私钥不被 TLS 接受（例如密钥过短）'],
    ["another certificate's key", { ...ENTRY, key: other.key }, '的证书与私钥不匹配'],
    ['a client_ip that is a name', { ...ENTRY, client_ip: 'localhost' }, '的 client_ip 须为 IPv4 地址'],
    ['a client_ip of IPv6', { ...ENTRY, client_ip: '::1' }, '的 client_ip 须为 IPv4 地址'],
    [
      'a limit with three decimals',
      { ...ENTRY, daily_limit_yuan: 1.005 },
      '的 daily_limit_yuan 须为最多两位小数的金额',
    ],
    ['a limit of 0', { ...ENTRY, daily_limit_yuan: 0 }, '的 daily_limit_yuan 须为最多两位小数的金额'],
    ...(
      [
        ['that are none', []],
        ['that are a number', 3_600],
        ['that are a text', '3600'],
        ['that are null', null],
        ['of a text', ['3600']],
        ['within a minute', [59]],
        ['after 30 days', [3_600, 2_592_001]],
        ['with half a second', [3_600.5]],
        ['with no number', [Number.NaN]],
        ['twice at the same time', [3_600, 3_600]],
        ['that go back', [7_200, 3_600]],
        ['of which there are 21', Array.from({ length: 21 }, (_, i) => 60 + i)],
      ] as const
    ).map(
      ([how, status_looks_s]) => [`looks ${how}`, { ...ENTRY, status_looks_s }, `的 status_looks_s ${LOOKS}`] as const,
    ),
  ] as const)('with %s', async ([, entry, what]) => {
    const error = await refusalOf(loadWith(entry))
    expect({ code: error.code, message: error.message, errors: error.errors, cause: error.cause }).toEqual({
      code: 'certificate_unusable',
      message: `${PREFIX}${what}`,
      errors: [{ pointer: '/gateway_type', detail: '支付证书不可用' }],
      cause: undefined,
    })
  })

  test.for([
    ['is no JSON', `{"weixin_tenpay": ${JSON.stringify(ENTRY)}`],
    ['is a number', '1'],
    ['is null', 'null'],
    ['is text', JSON.stringify(API_KEY)],
  ] as const)('where the secret %s', async ([, text]) => {
    const error = await refusalOf(over(text).load('miniapp-1', 'weixin_tenpay'))
    expect({ code: error.code, message: error.message, cause: error.cause }).toEqual({
      code: 'certificate_unusable',
      message: `${PREFIX}的配置不是合法的 JSON 对象`,
      cause: undefined,
    })
  })

  test.for([
    ['an entry that is the key itself', pair.key],
    ['an entry that is the API key itself', API_KEY],
    ['an entry that is a list', [API_KEY]],
    ['an api_key in a list', { ...ENTRY, api_key: [API_KEY] }],
    ['a client_ip that is the API key', { ...ENTRY, client_ip: API_KEY }],
    ['a client_ip that is a number', { ...ENTRY, client_ip: 192_000_007 }],
    ['a limit that is the API key', { ...ENTRY, daily_limit_yuan: API_KEY }],
    ['looks that are the API key', { ...ENTRY, status_looks_s: [API_KEY] }],
    ['an entry that is null', null],
  ] as const)('and nothing of it is quoted: %s', async ([, entry]) => {
    const { code, message, errors, cause } = await refusalOf(loadWith(entry))
    expect(code).toBe('certificate_unusable')
    const told = JSON.stringify({ message, errors, cause })
    for (const secret of [API_KEY, 'PRIVATE KEY', '192000007']) expect(told).not.toContain(secret)
    expect(message, 'a sentence in Chinese').not.toMatch(/Invalid|Expected|received/)
  })

  test('before its certificate is valid and from the moment it no longer is', async () => {
    let now_ms = 0
    const { load } = over({ weixin_tenpay: ENTRY }, { now: () => now_ms })
    const states = []
    for (now_ms of [FROM.getTime() - 1, FROM.getTime(), TO.getTime() - 1, TO.getTime()]) {
      states.push(
        await load('miniapp-1', 'weixin_tenpay').then(
          () => 'usable',
          ({ message }) => message,
        ),
      )
    }
    const expired = `${PREFIX}不在有效期内（2026-01-01 至 2027-01-01）`
    expect(states).toEqual([expired, 'usable', 'usable', expired])
  })

  test('and is usable again when it is put right', async () => {
    const { load, stored } = over({ weixin_tenpay: { ...ENTRY, key: other.key } })
    await refusalOf(load('miniapp-1', 'weixin_tenpay'))
    stored.cached = textOf({ weixin_tenpay: ENTRY })
    expect(await load('miniapp-1', 'weixin_tenpay')).toEqual(MERCHANT)
  })
})

describe('renew', () => {
  test('gives the new entry, and the next load has it too', async () => {
    const { load, renew, change } = over({ weixin_tenpay: ENTRY })
    const merchant = await load('miniapp-1', 'weixin_tenpay')
    change({ weixin_tenpay: { ...ENTRY, ...other } })
    expect(await load('miniapp-1', 'weixin_tenpay')).toEqual(MERCHANT)
    expect(await renew(merchant)).toEqual({ ...MERCHANT, ...other })
    expect(await load('miniapp-1', 'weixin_tenpay')).toEqual({ ...MERCHANT, ...other })
  })

  test('gives a new API key', async () => {
    const { load, renew, change } = over({ weixin_tenpay: ENTRY })
    const merchant = await load('miniapp-1', 'weixin_tenpay')
    change({ weixin_tenpay: { ...ENTRY, api_key: 'new' } })
    expect(await renew(merchant)).toEqual({ ...MERCHANT, api_key: 'new' })
  })

  test.for([
    ['is the same', { weixin_tenpay: ENTRY }],
    ['differs in its limit only', { weixin_tenpay: { ...ENTRY, daily_limit_yuan: 5 } }],
    ['is gone', {}],
    ['cannot be used', { weixin_tenpay: { ...ENTRY, key: other.key } }],
    ['cannot be read', 'no JSON'],
  ] as const)('gives nothing where the entry %s', async ([, entries]) => {
    const { load, renew, change } = over({ weixin_tenpay: ENTRY })
    const merchant = await load('miniapp-1', 'weixin_tenpay')
    change(entries)
    expect(await renew(merchant)).toBeUndefined()
  })

  test('gives nothing while the secrets cannot be had', async () => {
    const { load, renew, stored } = over({ weixin_tenpay: ENTRY })
    const merchant = await load('miniapp-1', 'weixin_tenpay')
    stored.down = new AppError('secrets_unavailable', 'down')
    expect(await renew(merchant)).toBeUndefined()
  })
})
