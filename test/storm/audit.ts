// After a storm, at rest: WeChat's ledger, the records, the list and what callers were told have to agree.
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { LOCAL_CREDENTIALS } from '../../local/dynamodb.ts'
import { signedHeaders } from '../support/signing.ts'
import { type Caller, post, type Told } from './callers.ts'

export type StoredRecord = {
  id: string
  idempotency_key: string
  mch_billno: string
  mch_id: string
  re_openid: string
  total_amount: number
  outcome: string
  open?: string
  seq?: number
}
export type Debit = { mch_billno: string; mch_id: string; re_openid: string; total_amount: number }
export type Audit = {
  findings: string[]
  debits: number
  debited_fen: number
  outcomes: Record<string, number>
  replayed: number
  /** Of the answers asked again, those that came byte for byte the same. */
  same: number
}

/** Told answers that are asked for again, to see that they are byte for byte the same. */
const REPLAYED_MAX = 100
const PAGE = 70

export async function audit(where: {
  url: string
  control_origin: string
  env: Record<string, string>
  caller: Caller
  told: readonly Told[]
}): Promise<Audit> {
  const { records, sequence } = await everything(where.env)
  const { debits } = (await (await fetch(`${where.control_origin}/ledger`)).json()) as { debits: Debit[] }
  const replays = await replay(where.url, where.caller, where.told)
  const findings = [
    ...compareMoney(records, debits),
    ...compareTold(records, where.told),
    ...(await comparePages(where.url, where.caller, records, sequence)),
    ...replays.findings,
  ]
  const outcomes: Record<string, number> = {}
  for (const { outcome } of records) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const debited_fen = debits.reduce((sum, { total_amount }) => sum + total_amount, 0)
  return {
    findings,
    debits: debits.length,
    debited_fen,
    outcomes,
    replayed: replays.count,
    same: replays.count - replays.findings.length,
  }
}

type StoredSequence = { last_seq: number; gaps: Set<number> }

/** Everything in the table. */
export async function everything(
  env: Record<string, string>,
): Promise<{ records: StoredRecord[]; sequence: StoredSequence & { watermark: number } }> {
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
  })
  const records: StoredRecord[] = []
  let sequence = { last_seq: 0, gaps: new Set<number>(), watermark: 0 }
  for await (const page of paginateScan({ client }, { TableName: env.REDPACK_TABLE, ConsistentRead: true })) {
    for (const item of page.Items ?? []) {
      const plain = unmarshall(item)
      if (/^[0-9a-f]{24}$/.test(plain.id)) records.push(plain as StoredRecord)
      else if (/^(sequence|gaps)#/.test(plain.id)) sequence = { ...sequence, ...plain }
    }
  }
  client.destroy()
  return { records, sequence }
}

function compareMoney(records: readonly StoredRecord[], debits: readonly Debit[]): string[] {
  const findings: string[] = []
  const byNumber = new Map(records.map((record) => [record.mch_billno, record]))
  const paid = new Set<string>()
  for (const debit of debits) {
    const record = byNumber.get(debit.mch_billno)
    if (paid.has(debit.mch_billno)) findings.push(`${debit.mch_billno} was debited twice`)
    paid.add(debit.mch_billno)
    if (record?.outcome !== 'sent')
      findings.push(`${debit.mch_billno} was debited, but its record says ${record?.outcome ?? 'nothing'}`)
    else if (
      ['total_amount', 're_openid', 'mch_id'].some((name) => debit[name as keyof Debit] !== record[name as keyof Debit])
    ) {
      findings.push(`${debit.mch_billno} was debited otherwise than its record says`)
    }
  }
  for (const { mch_billno, outcome, open } of records) {
    if (outcome === 'sent' && !paid.has(mch_billno)) findings.push(`${mch_billno} is sent without a debit`)
    if (outcome !== 'sent' && outcome !== 'refused') findings.push(`${mch_billno} is still ${outcome}`)
    if (open === 'outcome' || open === 'repair') findings.push(`${mch_billno} still has its ${open} open`)
  }
  return findings
}

/** Nobody may have been told that a packet was sent or refused whose record says otherwise. */
function compareTold(records: readonly StoredRecord[], told: readonly Told[]): string[] {
  const byId = new Map(records.map((record) => [record.id, record]))
  return told.flatMap(({ key, text }) => {
    if (text === undefined) return []
    const { id, outcome } = JSON.parse(text)
    const record = byId.get(id)
    if (!record) return [`${key} was answered, but there is no record of it`]
    return outcome === 'unknown' || outcome === record.outcome
      ? []
      : [`${key} was told ${outcome}, and is ${record.outcome}`]
  })
}

async function comparePages(
  url: string,
  { keyid, secret }: Caller,
  records: readonly StoredRecord[],
  sequence: StoredSequence,
): Promise<string[]> {
  const listed: string[] = []
  const totals = new Set<number>()
  let next: string | null = `/redpacks?limit=${PAGE}&offset=0`
  while (next !== null) {
    const response: Response = await fetch(`${url}${next}`, { headers: signedHeaders({ target: next, keyid, secret }) })
    const page = (await response.json()) as {
      meta: { next: string | null; total_count: number }
      objects: { id: string }[]
    }
    listed.push(...page.objects.map(({ id }) => id))
    totals.add(page.meta.total_count)
    next = page.meta.next
  }
  const newestFirst = [...records].sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0)).map(({ id }) => id)
  const findings: string[] = []
  if ([...totals].join() !== String(records.length)) {
    findings.push(
      `total_count is ${[...totals].join(', ')} for ${records.length} records (${sequence.last_seq} numbers, ${sequence.gaps.size} gaps)`,
    )
  }
  if (listed.join() !== newestFirst.join())
    findings.push(`the pages list ${listed.length} records, not all ${records.length} once, newest first`)
  return findings
}

async function replay(
  url: string,
  caller: Caller,
  told: readonly Told[],
): Promise<{ findings: string[]; count: number }> {
  const findings: string[] = []
  const final = told
    .filter(({ text }) => text !== undefined && JSON.parse(text).outcome !== 'unknown')
    .slice(0, REPLAYED_MAX)
  for (const { key, text } of final) {
    const again = await post(url, caller, key, Number(key.split('-')[1]))
    if (again?.text !== text) findings.push(`${key} was told ${text}, and again ${again?.text}`)
  }
  return { findings, count: final.length }
}
