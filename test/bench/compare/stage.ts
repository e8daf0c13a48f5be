// Where everything that is measured runs: the same stubs, the same certificates, the same sends.
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCa, createMerchantCertificate, createServerCertificate } from '../../../simulator/src/certificates.ts'
import { writeP12 } from '../../../simulator/src/p12.ts'
import { signedHeaders } from '../../support/signing.ts'
import { aMerchant, aRecord, MINIAPP_ID } from '../../unit/records.ts'
import { type Stub, startStub } from '../stub.ts'
import type { AwsSetup } from './aws-stub.ts'
import type { WechatSetup } from './wechat-stub.ts'

export type Stage = {
  readonly aws: Stub
  readonly wechat: Stub
  /** What a process that is measured has in its environment: Lambda's, and the way to the stubs. */
  readonly env: Record<string, string>
  /** What it sends, for subject.cjs. */
  readonly plan: { readonly events: readonly object[]; readonly [name: string]: unknown }
  stop(): Promise<void>
}

/** China's endpoints have their own ending. */
const REGION = 'cn-northwest-1'
const AWS = 'amazonaws.com.cn'
const WECHAT = 'api.mch.weixin.qq.com'
const KEYID = 'bench'
const SECRET = createHash('sha256').update('a secret of the benchmark').digest('base64')
/** As long as Lambda's. */
const SESSION_TOKEN = 'T'.repeat(600)

/** Starts the stubs, with `sends` requests prepared. `answer_ms` is how long WeChat takes. */
export async function setStage(folder: string, sends: number, answer_ms = 0): Promise<Stage> {
  const ca = createCa()
  const tls = createServerCertificate(ca, {}, [WECHAT, `dynamodb.${REGION}.${AWS}`, `secretsmanager.${REGION}.${AWS}`])
  const pair = createMerchantCertificate(ca, '10000098')
  const merchant = aMerchant({ ...pair, mch_id: '10000098', api_key: '0123456789abcdef0123456789abcdef' })
  const { mch_id, api_key } = merchant
  const secrets = {
    'redpack/callers': JSON.stringify({ [KEYID]: { miniapp_id: MINIAPP_ID, secrets: [SECRET] } }),
    [`redpack/merchants/${MINIAPP_ID}`]: JSON.stringify({ weixin_tenpay: { mch_id, api_key, ...pair } }),
  }
  const aws = await startStub('./compare/aws-stub.ts', { tls, secrets } satisfies AwsSetup)
  const setup: WechatSetup = { tls, ca: ca.cert, after_ms: answer_ms }
  const wechat = await startStub('./compare/wechat-stub.ts', setup)
  const ca_file = join(folder, 'ca.pem')
  writeFileSync(ca_file, ca.cert)
  const ports = Object.fromEntries([
    [AWS, portOf(aws)],
    [WECHAT, portOf(wechat)],
  ])
  const certificate = new X509Certificate(pair.cert)
  return {
    aws,
    wechat,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_EXTRA_CA_CERTS: ca_file,
      BENCH_STUBS: JSON.stringify(ports),
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_SESSION_TOKEN: SESSION_TOKEN,
      AWS_LAMBDA_FUNCTION_NAME: 'redpack-bench-send',
      REDPACK_TABLE: 'redpack-bench',
      REDPACK_SECRET_PREFIX: 'redpack',
      REDPACK_STAGE: 'bench',
      WECHATPAY_CA: '',
    },
    plan: {
      order: aRecord('bench'),
      merchant,
      events: Array.from({ length: sends }, (_, n) => eventOf(n)),
      p12: writeP12(pair, mch_id, '3des').toString('base64'),
      public_key: createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })).export({
        type: 'spki',
        format: 'pem',
      }),
      serial: certificate.serialNumber,
    },
    async stop() {
      await Promise.all([aws.stop(), wechat.stop()])
    },
  }
}

function portOf({ origin }: Stub): number {
  return Number(new URL(origin).port)
}

/** A signed send as API Gateway hands it over. */
function eventOf(n: number) {
  const body = JSON.stringify({
    type: 'normal',
    official_account_id: 'wx8888888888888888',
    send_name: '天虹百货',
    re_openid: 'oxTWIuGaIt6gTKsQRLau2M0yL16E',
    total_amount: 1,
    total_num: 1,
    wishing: '恭喜发财',
    act_name: '新年红包',
    remark: '新年红包',
  })
  const signed = { method: 'POST', target: '/redpacks', body, keyid: KEYID, secret: SECRET } as const
  return {
    version: '2.0',
    routeKey: 'POST /redpacks',
    rawPath: '/redpacks',
    rawQueryString: '',
    headers: signedHeaders({ ...signed, idempotency_key: `bench-${n}` }),
    requestContext: { http: { method: 'POST', path: '/redpacks' }, timeEpoch: Date.now(), requestId: `r${n}` },
    body,
    isBase64Encoded: false,
  }
}
