// npm run demo: the main job on local parts only, readable, and over in seconds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { RedPack, type SendRedPackData } from '../client/src/index.ts'
import { type LocalStack, startStack } from './stack.ts'

const FISSION_PEOPLE = 3
const CAMPAIGN_ROWS = 20
/** A quarter of a second each. */
const CAMPAIGN_LOOKS_MAX = 80
const PACKET = {
  re_openid: 'onqOjjmM1tad-3ROpncN-yUfa6uI',
  send_name: '天虹百货',
  official_account_id: 'wxcbda96de0b165486',
  wishing: '恭喜发财',
  act_name: '新年红包',
  remark: '新年红包',
}

// Whoever reads no further (head, a closed terminal) leaves nothing running.
process.stdout.on('error', () => void clean().then(() => process.exit(0)))

const folder = mkdtempSync(join(tmpdir(), 'redpack-demo-'))
const lines: string[] = []
let stack: LocalStack | undefined

try {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clean().then(() => process.exit(130)))
  console.log('Starting the service and its parts on this machine: WeChat Pay simulator, DynamoDB, Secrets Manager …')
  stack = await startStack({ folder, port: 0, onLine: (line) => lines.push(line) })
  await show(stack)
} catch (error) {
  const log = join(tmpdir(), 'redpack-demo.log')
  writeFileSync(log, lines.join('\n'))
  console.error(error)
  console.error(`The demo failed; what the service printed is in ${log}`)
  process.exitCode = 1
} finally {
  await clean()
}

async function show({ parts, offline }: LocalStack): Promise<void> {
  const { keyid, secret } = parts.identity.caller
  const redPack = new RedPack({ endpoint: offline.url, keyid, secret, require_key: true })

  step('A normal packet of 1.88 yuan')
  const normal = await redPack.sendRedPack(
    { type: 'normal', total_amount: 1.88, total_num: 1, ...PACKET },
    { idempotency_key: 'demo-normal' },
  )
  print(`POST /redpacks → ${normal.status}`, normal.data)

  step(`A fission packet of 6 yuan for ${FISSION_PEOPLE}, paid by another merchant set-up`)
  const fission = await redPack.sendRedPack(
    { type: 'fission', total_amount: 6, total_num: FISSION_PEOPLE, gateway_type: 'weixin_tenpay_wap', ...PACKET },
    { idempotency_key: 'demo-fission' },
  )
  print(`POST /redpacks → ${fission.status}`, fission.data)

  step('The same key again, as after a lost answer: no second payment')
  const key = 'demo-key-1'
  const params = { type: 'normal' as const, total_amount: 2, total_num: 1, ...PACKET }
  await control(parts.simulator.control_origin, '/faults', { kind: 'reset_after' })
  const first = await redPack.sendRedPack(params, { idempotency_key: key })
  const again = await redPack.sendRedPack(params, { idempotency_key: key })
  print('WeChat closed the connection after the debit; the service called again with the same order number', first.data)
  print('The same key, sent once more', again.data)

  step('What was sent, newest first')
  const list = await redPack.getSentRedPackList({ limit: 20 })
  print(`GET /redpacks?limit=20 → ${list.status}`, list.data.meta)
  for (const { id, type, total_amount, outcome, mch_billno } of list.data.objects) {
    console.log(`    ${id}  ${type.padEnd(7)}  ${total_amount.toFixed(2).padStart(5)} 元  ${outcome}  ${mch_billno}`)
  }

  step('One record')
  const one = await redPack.getSentRedPack(normal.data.id)
  print(`GET /redpacks/${normal.data.id} → ${one.status}`, one.data)

  step('The receiver opens the first packet; its status at WeChat')
  await control(parts.simulator.control_origin, '/receive', { mch_billno: normal.data.mch_billno })
  const status = await redPack.getRedPackStatus({ id: normal.data.id })
  print(`GET /redpacks/status?id=${normal.data.id} → ${status.status}`, status.data)

  await campaign(redPack)

  step('A caller without a signature')
  const stranger = await fetch(`${offline.url}/redpacks`)
  print(`GET /redpacks → ${stranger.status}`, await stranger.json())

  await summary(parts.simulator.control_origin, [normal.data, fission.data, first.data])
}

/** The service sends the list by itself; the demo only looks on. */
async function campaign({ campaigns }: RedPack): Promise<void> {
  step(`A campaign of ${CAMPAIGN_ROWS} rows: created, uploaded, started, and sent by the service`)
  const { re_openid, ...defaults } = PACKET
  const rows = Array.from({ length: CAMPAIGN_ROWS }, (_, i) => ({
    re_openid: `${re_openid.slice(0, -2)}${String(i).padStart(2, '0')}`,
    total_amount: (100 + i) / 100,
  }))
  const draft = await campaigns.create({
    name: 'demo',
    defaults: { type: 'normal', total_num: 1, ...defaults },
    rows_count: CAMPAIGN_ROWS,
    total_amount: Math.round(100 * rows.reduce((sum, { total_amount }) => sum + total_amount, 0)) / 100,
  })
  const { id, version } = draft.data
  await campaigns.upload(id, rows)
  await campaigns.start(id, { version })
  let { data } = await campaigns.get(id)
  for (let looks = 0; looks < CAMPAIGN_LOOKS_MAX && ['queued', 'running'].includes(data.state); looks++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    data = (await campaigns.get(id)).data
  }
  const { name, state, counts, amounts } = data
  print(`GET /campaigns/${id}`, { name, state, counts, amounts })
  if (counts.sent !== CAMPAIGN_ROWS) throw new Error('the campaign has not sent all of its rows')
}

/** The demo fails where it does not show what it says. */
async function summary(control_origin: string, sent: SendRedPackData[]): Promise<void> {
  const { debits, total_debited } = (await (await fetch(`${control_origin}/ledger`)).json()) as Ledger
  const numbers = new Set(debits.map(({ mch_billno }) => mch_billno))
  if (
    sent.some(({ outcome, mch_billno }) => outcome !== 'sent' || !numbers.has(mch_billno)) ||
    debits.length !== sent.length + CAMPAIGN_ROWS
  ) {
    throw new Error('the ledger and the answers do not agree')
  }
  console.log(
    styleText(
      'green',
      `\n✔ ${sent.length + CAMPAIGN_ROWS} packets sent, ${debits.length} debits at WeChat Pay, ${total_debited} fen: they agree.`,
    ),
  )
  console.log(
    '\nNext: npm start keeps everything running and prints how to call it. README.md describes the next steps.',
  )
}

type Ledger = { debits: { mch_billno: string }[]; total_debited: number }

async function control(origin: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
}

function step(title: string): void {
  console.log(styleText('bold', `\n● ${title}`))
}

function print(what: string, value: unknown): void {
  console.log(`  ${styleText('cyan', what)}`)
  console.log(JSON.stringify(value, null, 2).replace(/^/gm, '    '))
}

async function clean(): Promise<void> {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
}
