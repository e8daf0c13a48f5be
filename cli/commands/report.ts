// redpack report: what was sent, received and returned, added up.
import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { fromOf, requireSpan, toOf } from '../days.ts'
import { CliError } from '../exit.ts'
import { GROUPINGS, type Grouping } from '../report/sums.ts'

type Options = {
  by: Grouping
  from?: number
  to?: number
  activity?: string
  csv?: true
  offline?: true
}

export function addReport(program: Command, context: Context): void {
  const { m } = context
  const { help } = m
  program
    .command('report')
    .description(help.report)
    .addOption(new Option('--by <what>', help.by).choices(GROUPINGS).default('total'))
    .option('--from <time>', help.from, fromOf)
    .option('--to <time>', help.to, toOf)
    .option('--activity <text>', help.byActivity)
    .option('--csv', help.csv)
    .option('--offline', help.offline)
    .addHelpText('after', help.reportAfter)
    .action(async ({ from: from_s, to: to_s, activity, offline, ...options }: Options, command: Command) => {
      if (options.csv && context.json) throw new CliError('usage', m.list.csvOrJson)
      requireSpan({ from: from_s, to: to_s }, context)
      const { report } = await import('../report/report.ts')
      const { withMirror } = await import('../mirror/mirror.ts')
      const filter = { from_s, to_s, activity }
      await withMirror({ offline, open: true }, command, context, (mirror) => report(options, filter, mirror, context))
    })
}
