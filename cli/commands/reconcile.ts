// redpack reconcile: the merchant's own bill beside the records.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { dayOf, fromOf, requireSpan, toOf } from '../days.ts'
import { CliError } from '../exit.ts'
import type { Options } from '../reconcile/reconcile.ts'

/** A flag that may be given several times. */
function each(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text]
}

export function addReconcile(program: Command, context: Context): void {
  const { m } = context
  const { help } = m
  program
    .command('reconcile')
    .description(help.reconcile)
    .option('--day <day>', help.day, (text: string, before?: string[]) => each(dayOf(text), before))
    .option('--file <file>', help.billFile, each)
    .option('--from <day>', help.fromDay, fromOf)
    .option('--to <day>', help.toDay, toOf)
    .option('--gateway-type <type>', help.reconcileGateway)
    .option('--miniapp <miniapp-id>', help.reconcileMiniapp)
    .option('--appid <appid>', help.reconcileAppid)
    .option('--prefix <prefix>', help.prefix)
    .option('--csv', help.csv)
    .option('--offline', help.reconcileOffline)
    .addHelpText('after', help.reconcileAfter)
    .action(async ({ offline, ...options }: Options & { offline?: true }, command: Command) => {
      if (options.csv && context.json) throw new CliError('usage', m.list.csvOrJson)
      requireSpan(options, context)
      const { reconcile } = await import('../reconcile/reconcile.ts')
      const { withMirror } = await import('../mirror/mirror.ts')
      await withMirror({ offline, open: true }, command, context, (mirror) => reconcile(options, mirror, context))
    })
}
