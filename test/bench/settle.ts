// npm run bench:settle: how many looks one invocation of settle does, against stubs over TLS in processes of their own; then how
// long backlogs take on a virtual clock. Prints the tables of docs/cost.md. `-- looks` or `-- rest` runs
// one of the two, `-- looks 'one merchant'` the invocations whose names say that.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createCa,
  createMerchantCertificate,
  createServerCertificate,
  type KeyPair,
} from '../../simulator/src/certificates.ts'
import { restAfter } from '../support/settle-model.ts'
import { aMerchant } from '../unit/records.ts'
import type { AwsSetup } from './aws-stub.ts'
import { follow } from './follow.ts'
import type { Measured } from './invocation.ts'
import { mchIdOf, miniappOf, type Scenario } from './scenario.ts'
import { type Counts, startStub } from './stub.ts'
import type { WechatSetup } from './wechat-stub.ts'

const SCENARIOS: readonly Scenario[] = [
  { name: '20 merchants, statuses', merchants: 20, each: 1_300, kind: 'status' },
  { name: '20 merchants, outcomes', merchants: 20, each: 1_300, kind: 'outcome' },
  {
    name: '20 merchants, one of them hangs with 18,000 due, statuses',
    merchants: 20,
    each: 1_300,
    kind: 'status',
    hanging: 1,
    each_hanging: 18_000,
  },
  { name: '36 merchants, every packet is sent again', merchants: 36, each: 500, kind: 'outcome', absent: true },
  { name: 'one merchant alone, statuses', merchants: 1, each: 18_000, kind: 'status' },
]
/** The time in which looks begin. */
const USED_S = 56

async function measure(scenario: Scenario, folder: string): Promise<Measured & { aws: Counts; wechat: Counts }> {
  const ca = createCa()
  const server = createServerCertificate(ca)
  const file = join(folder, 'ca.pem')
  writeFileSync(file, ca.cert)
  const aws = await startStub('./aws-stub.ts', {
    scenario,
    tls: server,
    secrets: secretsOf(scenario, ca),
  } satisfies AwsSetup)
  const wechat = await startStub('./wechat-stub.ts', { scenario, tls: server, ca: ca.cert } satisfies WechatSetup)
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: aws.origin,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.origin,
    NODE_EXTRA_CA_CERTS: file,
    REDPACK_TABLE: 'redpack',
    REDPACK_SECRET_PREFIX: 'redpack',
    WECHATPAY_ORIGIN: wechat.origin,
    WECHATPAY_CA: file,
    REDPACK_LOG: 'off',
  }
  try {
    const invocation = fork(new URL('./invocation.ts', import.meta.url), {
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [measured] = (await once(invocation, 'message')) as [Measured]
    return { ...measured, aws: await aws.counts(), wechat: await wechat.counts() }
  } finally {
    await Promise.all([aws.stop(), wechat.stop()])
  }
}

function secretsOf({ merchants }: Scenario, ca: KeyPair): Record<string, string> {
  const all = Array.from({ length: merchants }, (_, i) => mchIdOf(i))
  const entries = all.map((mch_id) => {
    const { api_key } = aMerchant()
    const entry = { mch_id, api_key, ...createMerchantCertificate(ca, mch_id) }
    return [`redpack/merchants/${miniappOf(mch_id)}`, JSON.stringify({ weixin_tenpay: entry })]
  })
  return { ...Object.fromEntries(entries), 'redpack/callers': '{}' }
}

async function looks(about: string): Promise<void> {
  console.log(
    '| one invocation | looks | looks/s | CPU ms a look | vCPU | RSS MB | calls to WeChat | connections to WeChat, AWS |',
  )
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
  const folder = mkdtempSync(join(tmpdir(), 'redpack-bench-'))
  try {
    for (const scenario of SCENARIOS.filter(({ name }) => name.includes(about))) {
      const { tally, took_s, cpu_ms, rss_mb, aws, wechat } = await measure(scenario, folder)
      if ('overlap' in tally) throw new Error('another run has the lease')
      const count = tally.outcome + tally.status
      const figures = [
        count,
        Math.round(count / Math.min(took_s, USED_S)),
        (cpu_ms / count).toFixed(2),
        (cpu_ms / took_s / 1_000).toFixed(2),
        Math.round(rss_mb),
        Object.entries(wechat.calls)
          .map(([op, calls]) => `${op} ${calls}`)
          .join(', '),
        `${wechat.connections}, ${aws.connections}`,
      ]
      console.log(`| ${scenario.name}${tally.failed > 0 ? ` (${tally.failed} failed)` : ''} | ${figures.join(' | ')} |`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function rest(): Promise<void> {
  console.log('\n| WeChat is dark for 10 minutes; at rest after its return | none had arrived | half | all |')
  console.log('| --- | --- | --- | --- |')
  const dark_s = 600
  for (const [name, backlog] of [
    ['18,000 sends of one merchant, in these 10 minutes', { merchants: 1, sends: 18_000, dark_s, sent_s: 600 }],
    ['36 merchants, 500 sends each, in their first 17 s', { merchants: 36, sends: 500, dark_s, sent_s: 17 }],
  ] as const) {
    const minutes = []
    for (const arrived of [0, 0.5, 1]) minutes.push(`${(await restAfter({ ...backlog, arrived })).minutes} min`)
    console.log(`| ${name} | ${minutes.join(' | ')} |`)
  }
  await follow()
}

const [only, about = ''] = process.argv.slice(2)
if (only !== 'rest') await looks(about)
if (only !== 'looks') await rest()
