// What a package must not carry to AWS: settings of one machine, in every spelling.
import { describe, expect, it } from 'vitest'
import { isLocalHost, isLocalStage, localSettings } from '../../../deploy/settings.ts'

const PROD = {
  REDPACK_TABLE: 'redpack-prod',
  REDPACK_SECRET_PREFIX: 'redpack/prod',
  WECHATPAY_ORIGIN: 'https://api.mch.weixin.qq.com',
  WECHATPAY_CA: '',
  POWERTOOLS_SERVICE_NAME: 'redpack',
}

describe('a host is local', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'wechat.localhost',
    'localhost.localdomain',
    '127.0.0.1',
    '127.1',
    '127.8.8.8',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '①②⑦.0.0.1',
    '0.0.0.0',
    '0',
    '[::1]',
    '::1',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '10.1.2.3',
    '100.64.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '[fd00::1]',
    '[fe80::1]',
    'simulator',
    'host.docker.internal',
    'build.local',
    'nas.lan',
    'nas.home.arpa',
    'pay.test',
    'localhost.localstack.cloud',
    'dynamodb.localhost.localstack.cloud',
    'localtest.me',
    'lvh.me',
    '127.0.0.1.nip.io',
    '127-0-0-1.sslip.io',
  ])('%s', (host) => {
    expect(isLocalHost(host)).toBe(true)
  })

  it.each([
    'api.mch.weixin.qq.com',
    'api2.mch.weixin.qq.com.',
    'localhost.example.net',
    'local.example.net',
    'mylocalhost.net',
    'dynamodb.ap-southeast-1.amazonaws.com',
    '8.8.8.8',
    '126.255.255.255',
    '128.0.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '[2606:4700::1111]',
    '[::ffff:8.8.8.8]',
  ])('but not %s', (host) => {
    expect(isLocalHost(host)).toBe(false)
  })
})

describe('a stage is local', () => {
  it.each(['local', 'Local', 'anna-local', 'anna_local'])('%s', (stage) => {
    expect(isLocalStage(stage)).toBe(true)
  })

  it.each(['dev', 'prod', 'localhost', 'locale', 'local-heroes', 'prelocal', ''])('but not %s', (stage) => {
    expect(isLocalStage(stage)).toBe(false)
  })
})

describe('settings are refused', () => {
  const HERE = 'leads to this machine or network'
  const NAME = 'is the name of a local one'

  it.each([
    ['WECHATPAY_ORIGIN', 'https://127.0.0.1:3001', HERE],
    ['WECHATPAY_ORIGIN', 'https://[::1]:3001', HERE],
    ['WECHATPAY_ORIGIN', 'HTTPS://LocalHost', HERE],
    ['WECHATPAY_ORIGIN', 'https://user@127.0.0.1/', HERE],
    ['WECHATPAY_ORIGIN', 'localhost:3001', HERE],
    ['WECHATPAY_ORIGIN', 'https://', HERE],
    ['WECHATPAY_ORIGIN', 'http://api.mch.weixin.qq.com', 'is not an https:// origin'],
    ['WECHATPAY_ORIGIN', 'api.mch.weixin.qq.com', 'is not an https:// origin'],
    ['WECHATPAY_ORIGIN', 'https://api.mch.weixin.qq.com/mmpaymkttransfers', 'is not an https:// origin'],
    [
      'WECHATPAY_CA',
      '/home/anna/redpack/.redpack/local/ca.pem',
      'is for simulators; the certificates of WeChat Pay need none',
    ],
    ['WECHATPAY_CA', 'ca.pem', 'is for simulators; the certificates of WeChat Pay need none'],
    ['REDPACK_TABLE', 'redpack-local', NAME],
    ['REDPACK_TABLE', 'local', NAME],
    ['REDPACK_TABLE', 'redpack_LOCAL', NAME],
    ['REDPACK_TABLE', '', 'is empty'],
    ['REDPACK_SECRET_PREFIX', 'redpack/local', NAME],
    ['REDPACK_SECRET_PREFIX', 'redpack-local', NAME],
    ['REDPACK_SECRET_PREFIX', 'local/redpack', NAME],
    ['REDPACK_SECRET_PREFIX', ' ', 'is empty'],
    ['AWS_ENDPOINT_URL', 'http://localhost:4566', HERE],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:3003', HERE],
    ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'localhost:3004', HERE],
    ['AWS_ENDPOINT_URL_S3', 'http://minio:9000', HERE],
  ])('%s=%s of a function', (name, value, why) => {
    expect(localSettings({ ...PROD, [name]: value })).toEqual([{ name, value, why }])
  })

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_CLOUDFORMATION'])('%s of the shell', (name) => {
    const value = 'http://127.0.0.1:4566'
    expect(localSettings(PROD, { [name]: value, PATH: '/bin' })).toEqual([{ name, value, why: HERE }])
  })

  it('not if all of them are of the world', () => {
    expect(localSettings(PROD, { AWS_ENDPOINT_URL: 'https://dynamodb.ap-southeast-1.amazonaws.com' })).toEqual([])
    expect(localSettings({ ...PROD, AWS_ENDPOINT_URL_DYNAMODB: '' })).toEqual([])
    expect(localSettings({ ...PROD, WECHATPAY_ORIGIN: '' })).toEqual([])
    expect(localSettings({ ...PROD, WECHATPAY_ORIGIN: 'https://api2.mch.weixin.qq.com/' })).toEqual([])
    expect(localSettings({ ...PROD, REDPACK_TABLE: 'redpack-locale' })).toEqual([])
    expect(localSettings({ ...PROD, REDPACK_TABLE: { Ref: 'Table' } })).toEqual([])
  })
})
