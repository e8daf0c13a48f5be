import { expect, test } from 'vitest'
import { readArguments } from '../src/arguments.ts'
import { explain } from '../src/command.ts'
import { WORDS } from '../src/words.ts'

test('without options: one made-up merchant, WeChat’s limits, everything kept', () => {
  expect(readArguments([])).toEqual({
    help: false,
    version: false,
    json: false,
    quiet: false,
    host: '127.0.0.1',
    port: 8443,
    control_port: 8444,
    control_names: [],
    names: [],
    merchants: [{ mch_id: '1900000109' }],
    data: '.wechatpay-simulator',
    out: undefined,
    ca_out: undefined,
    balance: undefined,
    sends_per_s: 30,
    user_packets_per_day: 10,
    user_fen_per_day: 100_000,
    merchant_fen_per_day: 100_000_000,
    shapes: 'captured',
    any_code: false,
    strict_openids: false,
  })
})

test('what follows a merchant is about it', () => {
  const line =
    '--merchant mch_id=1 --key a --appid wx1 --appid wx2 --merchant 2 --sub-mch-id 3 --sub-mch-id 4 --ip 10.0.0.1 --ip ::1'
  expect(readArguments(line.split(' ')).merchants).toEqual([
    { mch_id: '1', api_key: 'a', appids: ['wx1', 'wx2'] },
    { mch_id: '2', sub_mch_ids: ['3', '4'], ips: ['10.0.0.1', '::1'] },
  ])
})

test.each([
  [
    '--no-limits',
    { sends_per_s: Number.POSITIVE_INFINITY, user_packets_per_day: 0, user_fen_per_day: 0, merchant_fen_per_day: 0 },
  ],
  ['--no-limits --user-packets-per-day 3', { user_packets_per_day: 3, user_fen_per_day: 0 }],
  ['--sends-per-s 0', { sends_per_s: Number.POSITIVE_INFINITY, user_packets_per_day: 10 }],
  ['--sends-per-s 5 --user-fen-per-day 0', { sends_per_s: 5, user_fen_per_day: 0 }],
  ['--ephemeral', { data: undefined }],
  ['--data x --out y --ca-out z', { data: 'x', out: 'y', ca_out: 'z' }],
  ['--host wechat.test --name other.test', { host: 'wechat.test', names: ['wechat.test', 'other.test'] }],
  ['--host 0.0.0.0 --control-name Simulator', { host: '0.0.0.0', names: [], control_names: ['simulator'] }],
  ['--shapes documented --any-code --strict-openids', { shapes: 'documented', any_code: true, strict_openids: true }],
  ['--balance 0 --port 0 --control-port 65535', { balance: 0, port: 0, control_port: 65_535 }],
])('%s', (line, expected) => {
  expect(readArguments(line.split(' '))).toMatchObject(expected)
})

test.each([
  ['--port abc', '--port takes a whole number up to 65535, not abc'],
  ['--port 65536', '--port takes a whole number up to 65535, not 65536'],
  ['--port -1', /--port/],
  ['--port 1.5', /--port takes/],
  ['--balance 1e9', '--balance takes a whole number, not 1e9'],
  ['--merchant mch_id=abc', '--merchant takes mch_id=<digits>, not mch_id=abc'],
  ['--merchant 1 --merchant 1', '--merchant 1 stands twice'],
  ['--merchant 1 --key a --key b', '--key stands twice for 1'],
  ['--key a', '--key belongs after the --merchant that it is about'],
  ['--key a --merchant 1', '--key belongs after the --merchant that it is about'],
  ['--merchant 1 --appid=', '--appid is empty'],
  ['--merchant 1 --ip localhost', '--ip takes an address, not localhost'],
  ['--shapes new', '--shapes takes captured or documented, not new'],
  ['--data x --ephemeral', '--data and --ephemeral exclude each other'],
  ['--unknown', /--unknown/],
  ['word', /word/],
])('%s is refused, in one line of either language', (line, message) => {
  expect(() => readArguments(line.split(' '))).toThrow(message)
  const error = refusalOf(line)
  expect([explain(error, WORDS.en), explain(error, WORDS.zh)]).toEqual([
    expect.not.stringMatching(/\n|\p{Script=Han}/u),
    expect.stringMatching(/^.*\p{Script=Han}.*$/u),
  ])
})

function refusalOf(line: string): unknown {
  try {
    return readArguments(line.split(' '))
  } catch (error) {
    return error
  }
}
