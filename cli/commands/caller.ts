// redpack caller: who may call the service. The secret <prefix>/callers is the list.
import type { Command } from 'commander'
import type { Options } from '../caller/callers.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'

export function addCaller(program: Command, context: Context): void {
  const { help, caller: m } = context.m
  const caller = program.command('caller').description(help.caller).addHelpText('after', help.callerAfter)
  const add = (name: string, description: string) =>
    caller.command(name).description(description).option('--prefix <prefix>', help.prefix)
  const load = () => import('../caller/callers.ts')
  add('add', help.callerAdd)
    .argument('<keyid>', help.callerKeyid)
    .argument('<miniapp-id>', help.miniappId)
    .option('--secret-file <file>', m.flags.secretFile)
    .option('--out <file>', m.flags.out)
    .action(async (keyid: string, miniapp_id: string, options: Options) =>
      (await load()).addOne(keyid, miniapp_id, options, context),
    )
  add('rotate', help.callerRotate)
    .argument('<keyid>', help.callerKeyid)
    .option('--finish', help.finish)
    .option('--secret-file <file>', m.flags.secretFile)
    .option('--out <file>', m.flags.out)
    .action(async (keyid: string, options: Options) => {
      const { rotate, finishRotation } = await load()
      if (!options.finish) return rotate(keyid, options, context)
      const { secretFile, out } = options
      if (secretFile !== undefined || out !== undefined) throw new CliError('usage', m.finishAlone)
      return finishRotation(keyid, options, context)
    })
  add('remove', help.callerRemove)
    .argument('<keyid>', help.callerKeyid)
    .option('--yes', help.yes)
    .action(async (keyid: string, options: Options) => (await load()).remove(keyid, options, context))
  add('list', help.callerList).action(async (options: Options) => (await load()).list(options, context))
}
