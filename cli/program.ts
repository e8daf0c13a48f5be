// The commands and the flags that all of them take.
import { Command, Option } from 'commander'
import { cellsOf, wrapCells, wrapHelp } from './cells.ts'
import { addCaller } from './commands/caller.ts'
import { addCampaign } from './commands/campaign.ts'
import { addConsole } from './commands/console.ts'
import { addDoctor } from './commands/doctor.ts'
import { addFind } from './commands/find.ts'
import { addForget } from './commands/forget.ts'
import { addGet } from './commands/get.ts'
import { addList } from './commands/list.ts'
import { addMerchant } from './commands/merchant.ts'
import { addMirror } from './commands/mirror.ts'
import { addProfile } from './commands/profile.ts'
import { addReconcile } from './commands/reconcile.ts'
import { addRelease } from './commands/release.ts'
import { addReport } from './commands/report.ts'
import { addResume } from './commands/resume.ts'
import { addSend } from './commands/send.ts'
import { addSign } from './commands/sign.ts'
import { addSimulator } from './commands/simulator.ts'
import { addStatus } from './commands/status.ts'
import { addStop } from './commands/stop.ts'
import type { Context } from './context.ts'
import { CALLING, CALLING_GROUP, readSettings } from './secret.ts'
import { VERSION } from './version.ts'
import { LANGS } from './words/both.ts'

/** Most columns that help is wrapped to: longer lines are hard to read. Without a terminal it is 80. */
const HELP_WIDTH_MAX = 100
const HELP_WIDTH = 80

export function programOf(context: Context): Command {
  const { m, terminal } = context
  const { help } = m
  const width = Math.min(terminal.columns || HELP_WIDTH, HELP_WIDTH_MAX)
  const program = new Command('redpack')
    .description(help.program)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(wrapHelp(text, width)),
      writeErr: terminal.err,
      // Told by run.ts, in the user's language.
      outputError: () => {},
      getOutHelpWidth: () => width,
    })
    .configureHelp({
      showGlobalOptions: true,
      displayWidth: cellsOf,
      boxWrap: wrapCells,
      styleTitle: (title) => help.titles[title] ?? title,
      styleUsage: (usage) =>
        usage.replace('[options]', help.placeholders.options).replace('[command]', help.placeholders.command),
      optionDescription: ({ description, defaultValue }) =>
        defaultValue === undefined ? description : `${description} (${help.default(String(defaultValue))})`,
    })
    .helpOption('-h, --help', help.help)
    .version(VERSION, '-V, --version', help.version)
    .option('--profile <name>', help.profileFlag)
    .option('--endpoint <url>', help.endpoint)
    .option('--keyid <id>', help.keyid)
    .option('--secret <base64>', help.secret)
    .option('--json', help.json)
    .addOption(new Option('--lang <lang>', help.lang).choices(LANGS))
    .addHelpText('after', help.after)
    .hook('preAction', (program, command) => readSettings(program, command, context))
  const sections = [
    [help.sections.send, [addSend, addCampaign, addList, addGet, addStatus]],
    [help.sections.books, [addFind, addReport, addReconcile, addConsole, addMirror]],
    [help.sections.operate, [addMerchant, addCaller, addStop, addResume, addRelease, addForget]],
    [help.sections.setUp, [addProfile, addDoctor]],
    [help.sections.try, [addSign, addSimulator]],
  ] as const
  for (const [section, adds] of sections) {
    program.commandsGroup(section)
    for (const add of adds) add(program, context)
  }
  // Not a global flag: `caller` has one of the same name, for the secret that it stores.
  const group = program.commands.find((one) => one.name() === CALLING_GROUP)
  const calling = [...program.commands.filter((one) => CALLING.includes(one.name())), ...(group?.commands ?? [])]
  for (const command of calling) command.option('--secret-file <file>', help.secretFile)
  return program.addHelpCommand(new Command('help').argument(help.helpArgument).description(help.helpCommand))
}
