// The daily limit under a crowd: the composition root as it ships, on a real table, against WeChat over mutual TLS.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { app } from '../../lib/app.ts'
import { hasCode } from '../../lib/errors.ts'
import { toFen } from '../../lib/redpack/money.ts'
import type { GatewayType, SendParams } from '../../lib/redpack/params.ts'
import { send } from '../../lib/redpack/send.ts'
import { LOCAL_KEYID, LOCAL_MINIAPP_ID, localSecrets } from '../../local/merchants.ts'
import { forkParts, type PartsProcess } from '../support/parts-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'redpack-limit-'))
let parts: PartsProcess

beforeAll(async () => {
  parts = await forkParts({ folder, sends_per_s: 100_000 })
  for (const [name, value] of Object.entries(parts.env)) vi.stubEnv(name, value)
  const { merchants } = localSecrets(parts.identity) as { merchants: Record<string, object> }
  const limits = { weixin_tenpay: 37, weixin_tenpay_js: 5 }
  for (const [gateway_type, daily_limit_yuan] of Object.entries(limits)) {
    merchants[gateway_type] = { ...merchants[gateway_type], daily_limit_yuan }
  }
  const SecretId = `${parts.env.REDPACK_SECRET_PREFIX}/merchants/${LOCAL_MINIAPP_ID}`
  const client = new SecretsManagerClient()
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(merchants) }))
})
afterAll(async () => {
  await parts?.stop()
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

/** Sends as callers do: 409, 503 and what is unknown, as it is where a busy machine is slow, are tried again under the same key. */
async function sendYuan(key: string, yuan: number, gateway_type: GatewayType) {
  for (;;) {
    try {
      const answer = await sendOnce(key, yuan, gateway_type)
      if (answer.outcome !== 'unknown') return answer
    } catch (error) {
      if (!hasCode(error, 'store_unavailable') && !hasCode(error, 'in_progress')) throw error
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

async function sendOnce(key: string, yuan: number, gateway_type: GatewayType) {
  const { ports } = app.services()
  const params: SendParams = {
    type: 'normal',
    official_account_id: 'wxcbda96de0b165486',
    send_name: '天虹百货',
    re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
    total_amount: toFen(yuan),
    total_num: 1,
    wishing: '恭喜发财',
    act_name: '新年红包',
    remark: '新年红包',
    gateway_type,
    scene_id: undefined,
    risk_info: undefined,
  }
  const merchant = await ports.merchants.load(LOCAL_MINIAPP_ID, gateway_type)
  const remaining_ms = () => 29_000
  const caller = { miniapp_id: LOCAL_MINIAPP_ID, keyid: LOCAL_KEYID }
  return (await send(ports, { ...caller, idempotency_key: key, params, merchant, remaining_ms })).body
}

type Seen = { debits: { mch_id: string; total_amount: number }[]; calls: { mch_billno: string }[] }

async function control(path: '/ledger' | '/calls'): Promise<Seen> {
  return (await (await fetch(`${parts.control_origin}${path}`)).json()) as Seen
}

async function debited(mch_id: string): Promise<number[]> {
  const { debits } = await control('/ledger')
  return debits.flatMap((debit) => (debit.mch_id === mch_id ? debit.total_amount : []))
}

it('of 37 yuan lets 37 of 100 sends of one yuan through that come at once, and refuses the others without a call', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => sendYuan(`crowd-${n}`, 1, 'weixin_tenpay')))
  const refused = answers.filter(({ outcome }) => outcome === 'refused')
  expect(answers.filter(({ outcome }) => outcome === 'sent')).toHaveLength(37)
  expect(refused).toHaveLength(63)
  for (const answer of refused) expect(answer).toMatchObject({ err_code: 'SENDAMOUNT_LIMIT' })
  expect(await debited('1900000101')).toEqual(Array(37).fill(100))
  const called = (await control('/calls')).calls.map(({ mch_billno }) => mch_billno)
  expect(new Set(called).size).toBe(37)
  // Repeated, they say the same, and the limit is as it was.
  expect(await sendYuan('crowd-0', 1, 'weixin_tenpay')).toEqual(answers[0])
  expect(await sendYuan('one-more', 1, 'weixin_tenpay')).toMatchObject({ err_code: 'SENDAMOUNT_LIMIT' })
})

it('is given back by a send that WeChat refuses', async () => {
  const fault = { kind: 'NOTENOUGH', count: 2 }
  await fetch(`${parts.control_origin}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  })
  const refused = await Promise.all(['a', 'b'].map((key) => sendYuan(`refused-${key}`, 2, 'weixin_tenpay_js')))
  for (const answer of refused) expect(answer).toMatchObject({ outcome: 'refused', err_code: 'NOTENOUGH' })
  expect(await sendYuan('whole', 5, 'weixin_tenpay_js')).toMatchObject({ outcome: 'sent' })
  expect(await sendYuan('over', 1, 'weixin_tenpay_js')).toMatchObject({ err_code: 'SENDAMOUNT_LIMIT' })
  expect(await debited('1900000102')).toEqual([500])
})
