// npm run storm:campaign: what is left of a campaign's truth when everything is killed on the way, in figures.
import { parseArgs } from 'node:util'
import { CAMPAIGN_LOG, campaignStorm } from './campaign-storm.ts'

const HELP = `npm run storm:campaign -- [--rows 10000] [--kills 3] [--fault-share 0] [--notenough-at ROW] [--to-done]

Sends a campaign through the whole local stack, WeChat allowing 30 sends a second, and kills every process of it by SIGKILL
on the way: the service with its workers, the simulator (whose ledger is on disk) and DynamoDB. They come up again on the
same folder and ports. Once all rows have begun, the clock is moved on, settle learns what became of unknown rows, and
refused rows are retried. Then WeChat's ledger, the campaign's counts and the file of "redpack campaign result" are compared,
row by row.

  --rows          rows of the list, 25 of which are sent in a second
  --kills         evenly over the list
  --fault-share   share of the rows that meet a fault: unanswered calls, late debits, refusals
  --notenough-at  the balance ends at this row; the campaign is topped up and resumed
  --to-done       every other packet is received, the others go back, until the campaign is done

Calls in a second are counted from the simulator's log, which is read before each kill; a call after that counts by the
time of its debit. The worker is woken every 10 s instead of every minute. Exit code 1 if anything does not agree.`

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '3' },
    'fault-share': { type: 'string', default: '0' },
    'notenough-at': { type: 'string' },
    'to-done': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else {
  const begun = performance.now()
  const at = () => `${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s`
  const figures = await campaignStorm({
    rows: Number(values.rows),
    kills: Number(values.kills),
    fault_share: Number(values['fault-share']),
    notenough_at: values['notenough-at'] === undefined ? undefined : Number(values['notenough-at']),
    to_done: values['to-done'],
    onProgress: (line) => console.error(`${at()}  ${line}`),
  })
  const { findings } = figures
  const stops = figures.stops.length === 0 ? 'none' : figures.stops.join(', ')
  console.log(`
After ${values.rows} rows, ${figures.kills} kills of every process, ${figures.faults} faults (${figures.seconds.toFixed(0)} s, of which ${figures.sending_s.toFixed(0)} s until all rows had begun; the clock was moved on by ${(figures.advanced_s / 60).toFixed(0)} min):
  the campaign is      ${figures.state}, ${JSON.stringify(figures.counts)}
  it was stopped by    ${stops}; ${figures.retried} rows were retried
  WeChat's ledger      ${figures.debits} debits, ${figures.debited_fen} fen
  in one second        ${figures.sends_max} sends at most, ${figures.calls_max} calls of any kind (${figures.calls} logged calls, ${figures.unlogged} known by their debit alone); WeChat found ${figures.refused_as_too_fast} too fast
`)
  for (const finding of findings) console.error(`  ✘ ${finding}`)
  if (findings.length > 0) console.error(`what the service printed: ${CAMPAIGN_LOG}`)
  console.log(
    findings.length === 0
      ? '✔ Every row was debited once, and ledger, counts and result file agree row by row.'
      : `✘ ${findings.length} findings`,
  )
  process.exitCode = findings.length === 0 ? 0 : 1
}
