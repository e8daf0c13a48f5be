// redpack doctor: what is set up, what can be reached, and what to do about the rest.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { Finding } from '../doctor/finding.ts'
import { EXIT } from '../exit.ts'
import { mark } from '../terminal.ts'

export function addDoctor(program: Command, context: Context): void {
  const { help } = context.m
  program
    .command('doctor')
    .description(help.doctor)
    .option('--prefix <prefix>', help.prefix)
    .option('--table <name>', help.table)
    .addHelpText('after', help.doctorAfter)
    .action(async ({ prefix, table }: { prefix?: string; table?: string }, command) => {
      const [{ examineService }, { examineOperator }, { examineBrake }] = await Promise.all([
        import('../doctor/service.ts'),
        import('../doctor/operator.ts'),
        import('../doctor/brake.ts'),
      ])
      const { commandVersion } = await import('../doctor/version.ts')
      const findings: Finding[] = []
      tell(commandVersion(context), findings, context)
      for await (const finding of examineService(command, context)) tell(finding, findings, context)
      for await (const finding of examineOperator(prefix, context)) tell(finding, findings, context)
      for await (const finding of examineBrake(table, context)) tell(finding, findings, context)
      tell({ check: 'rest', state: 'none', text: context.m.doctor.rest }, findings, context)
      const wrong = findings.filter(({ state }) => state === 'bad').length
      context.exit_code = wrong > 0 ? EXIT.error : EXIT.ok
      const { m } = context
      context.print({ ok: wrong === 0, findings }, `\n${wrong > 0 ? m.doctor.wrong(wrong) : m.doctor.right}`)
    })
}

function tell(finding: Finding, findings: Finding[], { terminal, json }: Context): void {
  findings.push(finding)
  const { state, text, hint } = finding
  if (json) return
  terminal.out(`${mark(terminal, state)} ${text}\n${hint === undefined ? '' : `  → ${hint}\n`}`)
}
