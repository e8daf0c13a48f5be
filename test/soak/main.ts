// npm run soak: minutes of everything at once, and what is left of the money's truth and of the machine's memory after it.
import { parseArgs } from 'node:util'
import { SOAK_LOG, soak } from './soak.ts'
import type { Trend } from './usage.ts'

const HELP = `npm run soak -- [--minutes 10] [--callers 4] [--fault-rate 0.01] [--kills 4]

Sends, reads and a campaign at once on the whole local stack, for minutes: faults in WeChat's way, writes to DynamoDB whose
answer is lost, a clock that steps by two minutes both ways, and SIGKILL for the service and for what it talks to. Then everything
comes to rest on a clock that is moved, and WeChat's ledger, the records, the list, the campaign's result file and what callers
were told are compared.

  --minutes      how long the load goes on; the comparison takes a few minutes more
  --callers      that send and read by turns; the campaign sends two rows a second beside them
  --fault-rate   share of the packets that meet a fault
  --kills        of the service and of its surroundings by turns, in the first 40 % of the time

The service's memory and open files are flat if, in its last life and after its warm-up, the median of the last third is not
more than 10 % above that of the first. What the simulator takes is told and not held: its ledger is in memory.
Exit code 1 if anything does not agree, is not at rest, or is not flat.`

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    callers: { type: 'string', default: '4' },
    'fault-rate': { type: 'string', default: '0.01' },
    kills: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
})

function shown(trend: Trend | undefined, unit: string): string {
  if (trend === undefined) return 'too few samples'
  const percent = `${trend.growth < 0 ? '' : '+'}${(trend.growth * 100).toFixed(1)} %`
  return `${trend.first.toFixed(0)} → ${trend.last.toFixed(0)} ${unit} (${percent})`
}

if (values.help) console.log(HELP)
else {
  const begun = performance.now()
  const at = () => `${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s`
  const figures = await soak({
    minutes: Number(values.minutes),
    callers: Number(values.callers),
    fault_rate: Number(values['fault-rate']),
    kills: Number(values.kills),
    onProgress: (line) => console.error(`${at()}  ${line}`),
  })
  const { findings, told, outcomes, reads, campaign, usage } = figures
  console.log(`
After ${values.minutes} min of load, ${figures.faults} faults, ${figures.lost_writes} lost writes, ${figures.clock_steps} steps of the clock, ${figures.kills} kills (${at().trim()} in all; the clock was moved on by ${(figures.advanced_s / 60).toFixed(0)} min):
  callers were told    ${JSON.stringify(told)}
  reads                ${JSON.stringify(reads)}
  the campaign is      ${campaign.state}, ${JSON.stringify(campaign.counts)}
  records are          ${JSON.stringify(outcomes)}
  money                ${figures.debits} debits, ${figures.debited_fen} fen at WeChat; ${figures.sent_fen} fen in records that say sent
  answers asked again  ${figures.same} of ${figures.replayed} byte for byte the same
  memory               service ${shown(usage.service.memory, 'MB')}, parts ${shown(usage.parts.memory, 'MB')}
  open files           service ${shown(usage.service.fds, 'files')}, parts ${shown(usage.parts.fds, 'files')}
`)
  for (const finding of findings) console.error(`  ✘ ${finding}`)
  if (findings.length > 0) console.error(`what the service printed: ${SOAK_LOG}`)
  console.log(
    findings.length === 0 ? '✔ Everything is at rest, equal to the fen, and flat.' : `✘ ${findings.length} findings`,
  )
  process.exitCode = findings.length === 0 ? 0 : 1
}
