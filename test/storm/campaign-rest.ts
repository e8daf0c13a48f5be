// To rest on a clock that is moved: settle learns of the rows whose outcome is unknown, and refused rows get a new attempt.
import { type Drive, look } from './campaign-drive.ts'

/** The last one again and again. NOT_FOUND proves something after 20 minutes, a refusal that was not safe after a day. */
const STEPS_S = [61, 61, 120, 300, 600, 1_260, 1_260, 1_260, 3_600, 3_600, 21_600]
const ROUNDS_MAX = 40
const LEFT_AFTER_ROUNDS = 7
/** Open packets are looked at after an hour and after a day; then the campaign counts them. */
const PACKET_STEPS_S = [4_000, 1_200, 86_400, 7_200]
const LOOK_MS = 500
/** The worker that a minute has woken is looked for this often, at most. */
const LOOKS_MAX = 1_200

/** Until every row is sent, or the clock has gone on for a week: what is left then, the audit finds. @returns how far the clock was moved, and the rows that were retried */
export async function rest(drive: Drive): Promise<{ advanced_s: number; retried: number }> {
  const { stack, redPack, id, onProgress } = drive
  let [advanced_s, retried] = [0, 0]
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const campaign = await atWork(drive)
    const { sent, refused, unknown } = campaign.counts
    onProgress(`round ${round}: ${campaign.state}, ${sent} sent, ${refused} refused, ${unknown} unknown`)
    if (round === LEFT_AFTER_ROUNDS) {
      const left = await leftOver(drive)
      onProgress(`still unknown: ${left.map(({ row, err_code }) => `row ${row} (${err_code})`).join(', ')}`)
    }
    if (sent === campaign.rows_count) return { advanced_s, retried }
    if (refused > 0) {
      const { data } = await redPack.campaigns.retry(id, { version: campaign.version })
      retried += data.retried
      onProgress(`retry of ${data.retried} rows`)
      continue
    }
    const advance_s = STEPS_S[Math.min(round, STEPS_S.length - 1)] ?? 0
    await stack.control.clock.advance(advance_s)
    advanced_s += advance_s
    await stack.minute('settle')
    await stack.minute('campaignWorker')
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  for (const { row, err_code, attempt, mch_billno, created_at } of await leftOver(drive)) {
    onProgress(`row ${row} is still unknown: ${mch_billno}, attempt ${attempt}, ${err_code}, begun ${created_at}`)
  }
  return { advanced_s, retried }
}

async function leftOver({ redPack, id }: Drive) {
  return (await redPack.campaigns.rowsPage(id, { outcome: 'unknown', limit: 10 })).data.objects
}

/** Every other receiver collects; the others' packets go back after a day. */
export async function receive({ stack }: Drive): Promise<void> {
  const { debits } = await stack.control.ledger()
  for (const { mch_billno } of debits.filter((_, i) => i % 2 === 0)) await stack.control.receive(mch_billno)
}

/** Until the campaign is done. @returns how far the clock was moved */
export async function untilDone(drive: Drive): Promise<number> {
  const { stack, onProgress } = drive
  let advanced_s = 0
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { state, counts, rows_count } = await atWork(drive)
    onProgress(`${state}: ${counts.received} received, ${counts.refunded} refunded`)
    if (state === 'done') return advanced_s
    const advance_s = PACKET_STEPS_S[round % PACKET_STEPS_S.length] ?? 0
    await stack.control.clock.advance(advance_s)
    advanced_s += advance_s
    // Settle looks at so many packets a run.
    for (let run = 0; run <= rows_count / 1_000; run += 1) await stack.minute('settle')
    await stack.minute('campaignWorker')
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  throw new Error(`not done after ${ROUNDS_MAX} rounds`)
}

/** The campaign once no row waits. */
async function atWork(drive: Drive) {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const campaign = await look(drive)
    if (campaign && ['settling', 'done'].includes(campaign.state) && campaign.counts.waiting === 0) return campaign
    if (looks % 10 === 9) await drive.stack.minute('campaignWorker')
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  throw new Error('rows wait, and no worker takes them')
}
