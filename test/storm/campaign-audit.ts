// After a storm over a campaign: WeChat's ledger, the counts, and the file that `redpack campaign result` writes have to agree.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Campaign } from '../../client/src/index.ts'
import type { Call } from '../../simulator/src/client.ts'
import { redpack } from '../support/cli.ts'
import { type CampaignStack, SENDS_PER_S } from './campaign-stack.ts'

type Debit = Awaited<ReturnType<CampaignStack['control']['ledger']>>['debits'][number]
/** What differs from row to row; yuan. */
export type ListRow = { re_openid: string; total_amount: number }
export type CampaignAudit = {
  findings: string[]
  debits: number
  debited_fen: number
  /** Calls in the log, and debits whose call a kill took from it. */
  calls: number
  unlogged: number
  /** The most in any 1,000 ms: sends, and all calls. */
  sends_max: number
  calls_max: number
  refused_as_too_fast: number
}

/** Findings of one kind are told up to here. */
const TOLD_MAX = 5

export async function auditCampaign(
  stack: CampaignStack,
  campaign: Campaign,
  rows: readonly ListRow[],
): Promise<CampaignAudit> {
  const { debits } = await stack.control.ledger()
  const calls = await stack.calls()
  const logged = new Set(calls.map(({ mch_billno }) => mch_billno))
  const unlogged = debits
    .filter(({ mch_billno }) => !logged.has(mch_billno))
    .map(({ debited_at }) => Date.parse(debited_at))
  const sends = calls.filter(isSend)
  const [sends_max, calls_max] = [sends, calls].map((some) =>
    mostInASecond([...some.map(({ at_ms }) => at_ms), ...unlogged]),
  )
  const result = await readResult(stack, campaign)
  const findings = [
    ...few('in the ledger', compareLedger(rows, debits)),
    ...compareCounts(campaign, rows, debits),
    ...few('in the result file', compareResult(rows, debits, result)),
    ...((calls_max ?? 0) > SENDS_PER_S ? [`${calls_max} calls in one second: ${describeBusiest(calls)}`] : []),
  ]
  return {
    findings,
    debits: debits.length,
    debited_fen: debits.reduce((sum, { total_amount }) => sum + total_amount, 0),
    calls: calls.length,
    unlogged: unlogged.length,
    sends_max: sends_max ?? 0,
    calls_max: calls_max ?? 0,
    refused_as_too_fast: sends.filter(isRefusedAsTooFast).length,
  }
}

const isSend = ({ op }: Call) => op.startsWith('send')

/** By the simulator's own limit, not by a fault. */
function isRefusedAsTooFast({ answer, fault }: Call): boolean {
  return fault === undefined && typeof answer === 'object' && answer.err_code === 'FREQ_LIMIT'
}

/** When the busiest second of the log was, and how many of its calls are about a number that had been called before. */
function describeBusiest(calls: readonly Call[]): string {
  const sorted = [...calls].sort((a, b) => a.at_ms - b.at_ms)
  const called = new Set<string>()
  const repeats = sorted.map(({ mch_billno }) => called.size === called.add(mch_billno).size)
  let busiest = { from: 0, to: 0 }
  for (let from = 0, to = 0; to < sorted.length; to += 1) {
    while ((sorted[from]?.at_ms ?? 0) <= (sorted[to]?.at_ms ?? 0) - 1000) from += 1
    if (to - from > busiest.to - busiest.from) busiest = { from, to }
  }
  const repeated = repeats.slice(busiest.from, busiest.to + 1).filter(Boolean).length
  const after_s = ((sorted[busiest.to]?.at_ms ?? 0) - (sorted[0]?.at_ms ?? 0)) / 1000
  const queries = sorted.slice(busiest.from, busiest.to + 1).filter((call) => !isSend(call)).length
  return `${after_s.toFixed(0)} s after the first call on the clock that is moved, ${queries} of them queries, ${repeated} about a number called before`
}

/** The most times that lie within 1,000 ms, wherever these begin. */
function mostInASecond(times_ms: readonly number[]): number {
  const sorted = [...times_ms].sort((a, b) => a - b)
  let [from, most] = [0, 0]
  for (const [i, at_ms] of sorted.entries()) {
    while ((sorted[from] ?? at_ms) <= at_ms - 1000) from += 1
    most = Math.max(most, i - from + 1)
  }
  return most
}

const fenOf = (yuan: number) => Math.round(yuan * 100)

function compareLedger(rows: readonly ListRow[], debits: readonly Debit[]): string[] {
  const findings: string[] = []
  const amounts = new Map(rows.map(({ re_openid, total_amount }) => [re_openid, fenOf(total_amount)]))
  const paid = new Set<string>()
  for (const { re_openid, total_amount } of debits) {
    if (paid.has(re_openid)) findings.push(`${re_openid} was paid twice`)
    paid.add(re_openid)
    if (amounts.get(re_openid) !== total_amount) findings.push(`${re_openid} was paid ${total_amount} fen`)
  }
  for (const { re_openid } of rows) if (!paid.has(re_openid)) findings.push(`${re_openid} was not paid`)
  return findings
}

function compareCounts(
  { counts, amounts, state }: Campaign,
  rows: readonly unknown[],
  debits: readonly Debit[],
): string[] {
  const fen = debits.reduce((sum, { total_amount }) => sum + total_amount, 0)
  const open = ['waiting', 'refused', 'unknown', 'manual'] as const
  const by = (status: string) => debits.filter((debit) => debit.status === status)
  const findings: string[] = []
  if (counts.sent !== rows.length) findings.push(`${counts.sent} of ${rows.length} rows are counted as sent`)
  if (fenOf(amounts.sent) !== fen) findings.push(`${amounts.sent} yuan are counted as sent, ${fen} fen were debited`)
  for (const one of open) if (counts[one] > 0) findings.push(`${counts[one]} rows are counted as ${one}`)
  if (state === 'done' && (counts.received !== by('RECEIVED').length || counts.refunded !== by('REFUND').length)) {
    findings.push(
      `received ${counts.received} of ${by('RECEIVED').length}, refunded ${counts.refunded} of ${by('REFUND').length}`,
    )
  }
  return findings
}

type ResultRow = Record<'row' | 're_openid' | 'total_amount' | 'outcome' | 'mch_billno' | 'send_listid', string>

/** The command as people call it. */
async function readResult({ url, identity, folder }: CampaignStack, { id }: Campaign): Promise<ResultRow[]> {
  const { keyid, secret } = identity.caller
  const out = join(folder, 'result.csv')
  const env = { REDPACK_ENDPOINT: url, REDPACK_KEYID: keyid, REDPACK_SECRET: secret, LANG: 'C' }
  const { code, err } = await redpack(['campaign', 'result', id, '--out', out], env)
  if (code !== 0) throw new Error(`redpack campaign result: ${err}`)
  return parse(readFileSync(out), { columns: true, bom: true })
}

function compareResult(rows: readonly ListRow[], debits: readonly Debit[], result: readonly ResultRow[]): string[] {
  const byReceiver = new Map(debits.map((debit) => [debit.re_openid, debit]))
  const findings = result.length === rows.length ? [] : [`${result.length} rows`]
  for (const [i, { re_openid, total_amount }] of rows.entries()) {
    const told = result[i]
    const debit = byReceiver.get(re_openid)
    const wanted = [i + 1, re_openid, total_amount.toFixed(2), 'sent', debit?.mch_billno, debit?.send_listid].join(' ')
    // Long numbers stand so that no spreadsheet rounds them.
    const found = [
      told?.row,
      told?.re_openid,
      told?.total_amount,
      told?.outcome,
      bare(told?.mch_billno),
      bare(told?.send_listid),
    ]
    if (found.join(' ') !== wanted) findings.push(`"${found.join(' ')}" and not "${wanted}"`)
  }
  return findings
}

function bare(cell = ''): string {
  return cell.replaceAll(/[^0-9A-Za-z]/g, '')
}

function few(where: string, findings: readonly string[]): string[] {
  const told = findings.slice(0, TOLD_MAX).map((finding) => `${where}: ${finding}`)
  return findings.length > TOLD_MAX ? [...told, `${where}: ${findings.length - TOLD_MAX} more`] : told
}
