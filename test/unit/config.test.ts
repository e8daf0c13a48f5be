import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError, config } from '../../lib/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
const pem = join(folder, 'ca.pem')
writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n')

const SET = { REDPACK_TABLE: 'redpack-dev', REDPACK_SECRET_PREFIX: 'redpack/dev' }

test('the table and the prefix are enough: WeChat Pay is the real one', () => {
  expect(config(SET)).toEqual({
    table: 'redpack-dev',
    secret_prefix: 'redpack/dev',
    wechatpay_origin: 'https://api.mch.weixin.qq.com',
    epoch: 1,
    retention_s: 400 * 86_400,
    wechatpay_ca: undefined,
  })
})

test('everything can be set', () => {
  expect(
    config({
      ...SET,
      WECHATPAY_ORIGIN: 'https://127.0.0.1:8443',
      WECHATPAY_CA: pem,
      REDPACK_EPOCH: '7',
      REDPACK_RETENTION_DAYS: '30',
      UNRELATED: 'x',
    }),
  ).toEqual({
    table: 'redpack-dev',
    secret_prefix: 'redpack/dev',
    wechatpay_origin: 'https://127.0.0.1:8443',
    epoch: 7,
    retention_s: 30 * 86_400,
    wechatpay_ca: '-----BEGIN CERTIFICATE-----\n',
  })
})

test('an empty origin, CA or number is as good as none', () => {
  const empty = { WECHATPAY_ORIGIN: '', WECHATPAY_CA: '', REDPACK_EPOCH: '', REDPACK_RETENTION_DAYS: '' }
  expect(config({ ...SET, ...empty })).toEqual(config(SET))
})

test.for([
  [{ REDPACK_TABLE: undefined }, 'REDPACK_TABLE is not set'],
  [{ REDPACK_TABLE: '' }, 'REDPACK_TABLE is empty'],
  [{ REDPACK_SECRET_PREFIX: undefined }, 'REDPACK_SECRET_PREFIX is not set'],
  [{ REDPACK_SECRET_PREFIX: '' }, 'REDPACK_SECRET_PREFIX is empty'],
  [{ WECHATPAY_ORIGIN: 'http://api.mch.weixin.qq.com' }, 'WECHATPAY_ORIGIN is not an https:// origin'],
  [{ WECHATPAY_ORIGIN: 'api.mch.weixin.qq.com' }, 'WECHATPAY_ORIGIN is not an https:// origin'],
  [{ WECHATPAY_ORIGIN: 'https://' }, 'WECHATPAY_ORIGIN is not an https:// origin'],
  [{ WECHATPAY_ORIGIN: 'file:///etc/passwd' }, 'WECHATPAY_ORIGIN is not an https:// origin'],
  [{ REDPACK_EPOCH: '0' }, 'REDPACK_EPOCH is not a whole number from 1'],
  [{ REDPACK_EPOCH: '1.5' }, 'REDPACK_EPOCH is not a whole number from 1'],
  [{ REDPACK_EPOCH: 'two' }, 'REDPACK_EPOCH is not a whole number from 1'],
  [{ REDPACK_RETENTION_DAYS: '0' }, 'REDPACK_RETENTION_DAYS is not a whole number of days from 1 to 99999'],
  [{ REDPACK_RETENTION_DAYS: '-1' }, 'REDPACK_RETENTION_DAYS is not a whole number of days from 1 to 99999'],
  [{ REDPACK_RETENTION_DAYS: '1.5' }, 'REDPACK_RETENTION_DAYS is not a whole number of days from 1 to 99999'],
  [{ REDPACK_RETENTION_DAYS: '100000' }, 'REDPACK_RETENTION_DAYS is not a whole number of days from 1 to 99999'],
  [{ REDPACK_RETENTION_DAYS: 'never' }, 'REDPACK_RETENTION_DAYS is not a whole number of days from 1 to 99999'],
  [
    { WECHATPAY_CA: '/nowhere/ca.pem' },
    'WECHATPAY_CA names a file that cannot be read (an absolute path is safest): /nowhere/ca.pem',
  ],
] as const)('%j is told by the name of the variable', ([fault, message]) => {
  const environment = { ...SET, ...fault }
  expect(() => config(environment)).toThrow(new ConfigError(message))
  expect(() => config(environment)).toThrow(ConfigError)
})
