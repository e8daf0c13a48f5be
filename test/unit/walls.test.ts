// The walls between the folders hold: an import through one fails the lint, what each folder needs passes.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
const SETTINGS = [
  'biome.json',
  'package.json',
  'client/package.json',
  'cli/package.json',
  'simulator/package.json',
  'examples/aliyun-fc/package.json',
]
const RULES = [
  'style/noRestrictedImports',
  'correctness/noUndeclaredDependencies',
  'suspicious/noImportCycles',
  'nursery/noFloatingPromises',
]

/** A folder, what a file there may import, and what it may not. */
const WALLS: readonly [folder: string, may: readonly string[], may_not: readonly string[]][] = [
  [
    'lib/redpack',
    ['./record.ts', '../errors.ts', '../durations.ts', 'valibot', 'node:crypto'],
    [
      '../aws/records.ts',
      '../wechatpay/codes.ts',
      '../http/route.ts',
      '../app.ts',
      '../config.ts',
      '../campaigns/rows.ts',
      '@middy/core',
      '@aws-sdk/client-dynamodb',
      'node:https',
      'fast-check',
    ],
  ],
  [
    'lib/campaigns',
    ['./rows.ts', '../redpack/send.ts', '../redpack/params.ts', '../errors.ts', '../faults.ts', 'node:zlib'],
    ['../redpack/rules.ts', '../redpack/claim.ts', '../redpack/save.ts', '../aws/records.ts', '../wechatpay/codes.ts'],
  ],
  [
    'lib/wechatpay',
    ['./xml.ts', '../redpack/ports.ts', '../redpack/rules.ts', '../errors.ts', 'node:https', 'node:tls'],
    ['../redpack/send.ts', '../aws/secrets.ts', '../http/route.ts', '../app.ts', '@aws-sdk/client-dynamodb', 'valibot'],
  ],
  [
    'lib/aws',
    [
      './secrets.ts',
      '../redpack/ports.ts',
      '../campaigns/ports.ts',
      '../errors.ts',
      '@aws-sdk/client-dynamodb',
      'valibot',
      'node:tls',
    ],
    [
      '../redpack/rules.ts',
      '../campaigns/worker.ts',
      '../wechatpay/client.ts',
      '../http/route.ts',
      '../app.ts',
      '@middy/core',
    ],
  ],
  [
    'lib/http',
    ['./route.ts', '../app.ts', '../errors.ts', '../redpack/params.ts', '../aws/log.ts', '@middy/core'],
    ['../redpack/send.ts', '../aws/records.ts', '../wechatpay/client.ts', '../../handlers/send.ts', 'yaml'],
  ],
  ['lib', ['./errors.ts', 'valibot'], ['./aws/log.ts', './redpack/record.ts', '@aws-sdk/client-dynamodb', 'yaml']],
  [
    'handlers',
    ['../lib/app.ts', '../lib/http/route.ts', '../lib/redpack/send.ts'],
    ['../lib/aws/records.ts', '../lib/wechatpay/client.ts', '../lib/errors.ts', './get.ts', '@aws-sdk/client-dynamodb'],
  ],
  ['handlers/campaigns', ['../../lib/campaigns/create.ts', '../../lib/http/route.ts'], ['../../lib/aws/records.ts']],
  [
    'client/src',
    ['./sign.ts', 'node:crypto'],
    ['../../lib/errors.ts', '../../cli/yuan.ts', 'valibot', 'esbuild', 'vitest'],
  ],
  [
    'client/test',
    ['../src/index.ts', 'vitest'],
    [
      '../../lib/errors.ts',
      '../../local/stack.ts',
      '../../docs/errors.ts',
      '../../examples/aliyun-fc/index.js',
      'valibot',
    ],
  ],
  [
    'cli',
    [
      './yuan.ts',
      '../client/src/index.ts',
      '../lib/errors.ts',
      '../lib/redpack/params.ts',
      '../lib/redpack/money.ts',
      '../lib/wechatpay/codes.ts',
      'commander',
    ],
    [
      '../client/src/sign.ts',
      '../client/src/records.ts',
      '../lib/redpack/record.ts',
      '../lib/wechatpay/client.ts',
      '../lib/aws/secrets.ts',
      '../lib/app.ts',
      '../handlers/send.ts',
      '../local/stack.ts',
      '../simulator/src/server.ts',
      'redpack-client',
      'yaml',
    ],
  ],
  ['cli/commands', ['../../client/src/index.ts'], ['../../lib/aws/secrets.ts', '../../lib/wechatpay/transport.ts']],
  ['cli/caller', ['../../lib/aws/callers.ts'], ['../../lib/aws/merchants.ts', '../../lib/wechatpay/client.ts']],
  [
    'cli/brake',
    ['../../lib/aws/controls.ts', '../../lib/aws/sequences.ts', '../../lib/durations.ts'],
    ['../../lib/aws/records.ts', '../../lib/redpack/send.ts', '../../lib/app.ts'],
  ],
  [
    'cli/merchant',
    ['../../lib/aws/secrets.ts', '../../lib/aws/merchants.ts', '../../lib/wechatpay/client.ts', 'node-forge'],
    ['../../lib/aws/records.ts', '../../lib/redpack/send.ts', '../../lib/app.ts', '../../lib/http/route.ts'],
  ],
  [
    'cli/reconcile',
    ['../../lib/aws/secrets.ts', '../../lib/aws/merchants.ts', '../../lib/wechatpay/xml.ts', '../merchant/check.ts'],
    ['../../lib/wechatpay/client.ts', '../../lib/aws/records.ts', '../../lib/app.ts', '../../simulator/src/server.ts'],
  ],
  ['cli/mirror', ['../../client/src/index.ts', '../../lib/redpack/money.ts'], ['../../lib/aws/records.ts', 'yaml']],
  [
    'simulator/src',
    ['./orders.ts', '../../lib/wechatpay/xml.ts', '../../lib/wechatpay/sign.ts', 'node-forge', 'valibot'],
    ['../../lib/wechatpay/codes.ts', '../../lib/redpack/record.ts', '../../local/clock.ts', 'yaml', 'ajv'],
  ],
  [
    'simulator/test',
    ['../src/server.ts', '../../lib/wechatpay/xml.ts', '../../test/support/nodes.ts', 'vitest'],
    [
      '../../lib/wechatpay/codes.ts',
      '../../test/support/stack.ts',
      '../../local/clock.ts',
      '../../docs/errors.ts',
      'dynalite',
    ],
  ],
  [
    'simulator/page',
    ['./table.ts'],
    ['../../lib/errors.ts', '../../local/clock.ts', '../../client/src/index.ts', 'yaml'],
  ],
  [
    'local',
    ['./stack.ts', '../simulator/src/server.ts', '../client/src/index.ts', '../lib/redpack/params.ts', 'dynalite'],
    [
      '../lib/app.ts',
      '../lib/aws/records.ts',
      '../lib/http/route.ts',
      '../handlers/send.ts',
      '../cli/yuan.ts',
      '../simulator/src/orders.ts',
      '../docs/errors.ts',
      '../examples/aliyun-fc/index.js',
    ],
  ],
  ['deploy', ['./settings.ts', 'yaml', 'node:fs'], ['../lib/config.ts', '../local/stack.ts', 'valibot']],
  [
    'deploy/check',
    ['../finding.ts', '../settings.ts', '../../lib/aws/merchants.ts', '../../lib/redpack/params.ts', 'node:fs'],
    [
      '../../lib/app.ts',
      '../../lib/aws/records.ts',
      '../../lib/config.ts',
      '../../cli/run.ts',
      '../plugin.ts',
      'valibot',
    ],
  ],
  [
    'docs',
    ['../lib/errors.ts', '../lib/wechatpay/codes.ts', '../client/src/sign.ts', 'yaml'],
    [
      '../lib/aws/records.ts',
      '../lib/http/route.ts',
      '../lib/config.ts',
      '../lib/wechatpay/client.ts',
      '../local/stack.ts',
      '../deploy/settings.ts',
      '../client/src/index.ts',
    ],
  ],
  ['examples/aliyun-fc', ['redpack-client'], ['../../client/src/index.ts', '../tencent-scf/index.js', 'valibot']],
  ['test/unit', ['../support/callers.ts', '../../lib/errors.ts'], ['../e2e/list.test.ts', '../../local/stack.ts']],
  [
    'test/simulation',
    ['./wechat.ts', '../../lib/wechatpay/client.ts', '../../lib/redpack/send.ts'],
    ['../../simulator/src/server.ts', '../../lib/wechatpay/xml.ts', '../../lib/aws/records.ts'],
  ],
]

/** One file each, so that a finding names its row. */
const SNIPPETS: Record<string, string> = {
  'lib/redpack/rules.ts': "export * from './record.ts'\n",
  'lib/redpack/rules.x.ts': "export * from './circle.ts'\n",
  'lib/redpack/circle.ts': "export * from './rules.x.ts'\n",
  'cli/commands/simulator.ts': "export * from '../../simulator/src/server.ts'\n",
  'lib/floating.ts': 'const wait = async () => {}\nexport const run = () => {\n  wait()\n}\n',
  'lib/awaited.ts': 'const wait = async () => {}\nexport const run = async () => {\n  await wait()\n}\n',
}
const FAILING = ['lib/redpack/rules.x.ts', 'lib/redpack/circle.ts', 'lib/floating.ts']

const fileOf = (folder: string, specifier: string) => `${folder}/${specifier.replaceAll(/[^\w]/g, '_')}.ts`

test('each folder may import what it needs, and nothing through a wall', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-walls-'))
  try {
    for (const name of SETTINGS) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    const files = { ...SNIPPETS }
    for (const [where, may, may_not] of WALLS) {
      for (const name of [...may, ...may_not]) files[fileOf(where, name)] = `export * from '${name}'\n`
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }

    const expected = [...FAILING, ...WALLS.flatMap(([where, , may_not]) => may_not.map((name) => fileOf(where, name)))]
    expect(await filesWithFindings(folder)).toEqual(expected.sort())
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** @returns the files in `folder` that the lint rejects, in order */
async function filesWithFindings(folder: string): Promise<string[]> {
  const flags = ['--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', ...RULES.map((r) => `--only=${r}`)]
  const { stdout } = await promisify(execFile)(process.execPath, [BIOME, 'lint', ...flags, '.'], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  )
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] }
  return [...new Set(diagnostics.map(({ location }) => location.path.replace(/^\.\//, '')))].sort()
}
