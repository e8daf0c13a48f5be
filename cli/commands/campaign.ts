// redpack campaign: one packet to each row of a list, sent by the service itself.
import { type Command, Option } from 'commander'
import type { CampaignCounts } from '../../client/src/index.ts'
import type { RetryOptions } from '../campaign/commands.ts'
import type { ResultOptions } from '../campaign/result.ts'
import type { SendOptions } from '../campaign/send.ts'
import type { WatchOptions } from '../campaign/watch.ts'
import type { Context } from '../context.ts'
import { decimal, whole } from '../flags.ts'
import { addParameters } from '../parameters.ts'
import { serviceOf, settingsOf } from '../service.ts'

/** Live sends have the rest of WeChat's 30 a second. */
const RATE_PER_S = 25
const RATE_MAX = 30
const INTERVAL_S = 2
/** For what need not be known. */
const HASTY = { retries: 0, timeout_ms: 5_000 }
const OUTCOMES: readonly (keyof CampaignCounts)[] = [
  'waiting',
  'sent',
  'refused',
  'unknown',
  'manual',
  'received',
  'refunded',
]

export function addCampaign(program: Command, context: Context): void {
  const { help } = context.m
  const group = program.command('campaign').description(help.campaign).addHelpText('after', help.campaignAfter)
  const collect = (value: string, before: string[]) => [...before, value]
  const interval = () =>
    new Option('--interval <s>', help.watchInterval).argParser(decimal(0.1, 3600)).default(INTERVAL_S)
  const send = group
    .command('send')
    .description(help.campaignSend)
    .argument('<file>', help.campaignFile)
    .option('--name <text>', help.campaignName)
    .option('--map <column=parameter>', help.map, collect, [])
    .option('--name-column <column>', help.nameColumn)
    .option('--dry-run', help.dryRun)
    .option('--yes', help.yes)
    .option('--even-if-similar', help.evenIfSimilar)
    .option('--allow-repeats', help.allowRepeats)
    .option('--rate <n>', help.rate, whole(1, RATE_MAX), RATE_PER_S)
    .addOption(interval())
  send.optionsGroup(help.sections.defaults)
  addParameters(send, context.m, false)
  send.addHelpText('after', help.campaignSendAfter).action(async (file: string, options: SendOptions, command) => {
    const { endpoint, keyid } = settingsOf(command, context)
    const services = {
      service: serviceOf(command, context),
      hasty: serviceOf(command, context, HASTY),
      endpoint,
      keyid,
    }
    await (await import('../campaign/send.ts')).send(file, options, services, context)
  })
  addOthers(group, interval, context)
}

function addOthers(group: Command, interval: () => Option, context: Context): void {
  const { help } = context.m
  const load = () => import('../campaign/commands.ts')
  const add = (name: string, description: string) =>
    group.command(name).description(description).argument('<campaign>', help.whichCampaign)
  add('watch', help.campaignWatch)
    .addOption(interval())
    .action(async (which: string, options: WatchOptions, command) => {
      const service = serviceOf(command, context)
      const { findCampaign } = await import('../campaign/find.ts')
      const { watchCampaign } = await import('../campaign/watch.ts')
      await watchCampaign(service, await findCampaign(service, which, context), options, context)
    })
  group
    .command('list')
    .description(help.campaignList)
    .option('--limit <n>', help.limit, whole(1, 1000))
    .option('--offset <n>', help.offset, whole(0, Number.MAX_SAFE_INTEGER))
    .action(async ({ limit, offset }: { limit?: number; offset?: number }, command) => {
      const page = { ...(limit && { limit }), ...(offset && { offset }) }
      await (await load()).list(serviceOf(command, context), page, context)
    })
  add('show', help.campaignShow).action(async (which: string, _options, command) =>
    (await load()).show(serviceOf(command, context), which, context),
  )
  add('pause', help.campaignPause).action(async (which: string, _options, command) =>
    (await load()).halt('pause', serviceOf(command, context), which, true, context),
  )
  add('resume', help.campaignResume)
    .option('--yes', help.yes)
    .action(async (which: string, { yes }: { yes?: true }, command) =>
      (await load()).resume(serviceOf(command, context), which, yes, context),
    )
  add('cancel', help.campaignCancel)
    .option('--yes', help.yes)
    .action(async (which: string, { yes }: { yes?: true }, command) =>
      (await load()).halt('cancel', serviceOf(command, context), which, yes === true, context),
    )
  add('retry', help.campaignRetry)
    .option('--err-code <code>', help.errCode)
    .option('--yes', help.yes)
    .action(async (which: string, options: RetryOptions, command) =>
      (await load()).retry(serviceOf(command, context), which, options, context),
    )
  add('result', help.campaignResult)
    .option('--out <file>', help.resultOut)
    .addOption(new Option('--outcome <outcome>', help.resultOutcome).choices(OUTCOMES))
    .action(async (which: string, options: ResultOptions, command) =>
      (await import('../campaign/result.ts')).result(serviceOf(command, context), which, options, context),
    )
}
