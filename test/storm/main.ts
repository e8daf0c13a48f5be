// npm run storm: what is left of the money's truth after a storm on the real stack, in figures.
import { parseArgs } from 'node:util'
import { STORM_LOG, storm } from './storm.ts'

const HELP = `npm run storm -- [--sends 1000] [--at-once 20] [--fault-rate 0.1] [--kills 4]
                 [--loss-rate 0.05] [--clock-steps 12]

Sends through serverless offline to the WeChat Pay simulator, with faults in the way, writes to DynamoDB that land and whose
answer is lost, a clock that steps by minutes both ways, and the service killed by SIGKILL; then lets settle bring everything to rest (on a clock that is moved) and compares WeChat's ledger, the records, the list
and what callers were told. Exit code 1 where they do not agree.`

const { values } = parseArgs({
  options: {
    sends: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: '20' },
    'fault-rate': { type: 'string', default: '0.1' },
    kills: { type: 'string', default: '4' },
    'loss-rate': { type: 'string', default: '0.05' },
    'clock-steps': { type: 'string', default: '12' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else {
  const figures = await storm({
    sends: Number(values.sends),
    at_once: Number(values['at-once']),
    fault_rate: Number(values['fault-rate']),
    kills: Number(values.kills),
    loss_rate: Number(values['loss-rate']),
    clock_steps: Number(values['clock-steps']),
    onProgress: (line) => console.log(`  ${line}`),
  })
  const { findings, told, outcomes } = figures
  console.log(`
After ${values.sends} sends, ${figures.faults} faults, ${figures.lost_writes} lost writes, ${figures.clock_steps} steps of the clock, ${figures.kills} kills (${figures.seconds.toFixed(0)} s; settle ran ${figures.settle_runs} times over ${(figures.advanced_s / 60).toFixed(0)} min of the moved clock):
  callers were told    ${JSON.stringify(told)}
  records are          ${JSON.stringify(outcomes)}, with ${figures.gaps} gaps in the list's numbers
  WeChat's ledger      ${figures.debits} debits, ${figures.debited_fen} fen
  answers asked again  ${figures.same} of ${figures.replayed} byte for byte the same
`)
  for (const finding of findings) console.error(`  ✘ ${finding}`)
  if (findings.length > 0) console.error(`what the service printed: ${STORM_LOG}`)
  console.log(
    findings.length === 0
      ? '✔ Every debit has one record that says sent, every sent record one debit, and the list is whole.'
      : `✘ ${findings.length} findings`,
  )
  process.exitCode = findings.length === 0 ? 0 : 1
}
