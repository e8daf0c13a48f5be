// redpack profile: a service, its caller and where the secret is, under a name.
import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import type { AddOptions } from '../profile/commands.ts'

export const PROFILE_GROUP = 'profile'

export function addProfile(program: Command, context: Context): void {
  const { help } = context.m
  const group = program.command(PROFILE_GROUP).description(help.profile).addHelpText('after', help.profileAfter)
  const load = () => import('../profile/commands.ts')
  group
    .command('add')
    .description(help.profileAdd)
    .argument('<name>', help.profileName)
    .option('--secret-file <file>', help.profileSecretFile)
    .addOption(new Option('--store <where>', help.profileStore).choices(['keychain', 'file']))
    .option('--test', help.profileTest)
    .option('--table <name>', help.profileTable)
    .option('--prefix <prefix>', help.profilePrefix)
    .option('--replace', help.profileReplace)
    .addHelpText('after', help.profileAddAfter)
    .action(async (name: string, options: AddOptions, command: Command) =>
      (await load()).add(name, options, command, context),
    )
  group
    .command('list')
    .description(help.profileList)
    .action(async () => (await load()).list(context))
  group
    .command('show')
    .description(help.profileShow)
    .argument('[name]', help.profileShowName)
    .action(async (name: string | undefined, _options, command: Command) => (await load()).show(name, command, context))
  group
    .command('remove')
    .description(help.profileRemove)
    .argument('<name>', help.profileName)
    .option('--yes', help.yes)
    .action(async (name: string, options: { yes?: true }) => (await load()).remove(name, options, context))
  group
    .command('use')
    .description(help.profileUse)
    .argument('[name]', help.profileName)
    .option('--none', help.profileNone)
    .action(async (name: string | undefined, { none }: { none?: true }) =>
      (await load()).use(name, none === true, context),
    )
}
