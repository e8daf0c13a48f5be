// What may be done from the page, if the command was started with --allow-actions: each as its command on the terminal does it.
import * as v from 'valibot'
import { stop as putBrakeOn, resume as takeBrakeOff } from '../brake/brake.ts'
import { halt, resume, retry } from '../campaign/commands.ts'
import type { Context } from '../context.ts'
import { type CampaignCard, type Command, campaignOf } from './campaigns.ts'
import { type Desk, Problem } from './desk.ts'

const Retry = v.strictObject({ err_code: v.optional(v.pipe(v.string(), v.regex(/^\w{1,64}$/))) })
const Stop = v.strictObject({ reason: v.optional(v.pipe(v.string(), v.maxLength(200))) })
const Nothing = v.strictObject({})

/** @throws Problem, CliError, and what the client throws */
export async function commandCampaign(
  id: string,
  command: Command,
  body: unknown,
  { service }: Desk,
  context: Context,
): Promise<{ campaign: CampaignCard; said: string }> {
  const { m } = context
  if (!service) throw new Problem(409, 'offline', m.console.offline)
  const given = bodyOf(command === 'retry' ? Retry : Nothing, body, context)
  // The page has asked, and shows the campaign itself: their questions and summaries are for a terminal.
  const quiet = { ...context, print: () => {} }
  if (command === 'pause') await halt('pause', service, id, true, quiet)
  if (command === 'resume') await resume(service, id, true, quiet)
  if (command === 'retry') {
    const { err_code: errCode } = given as v.InferOutput<typeof Retry>
    await retry(service, id, { ...(errCode && { errCode }), yes: true }, quiet)
  }
  const said = { pause: m.campaign.paused, resume: m.campaign.resumed, retry: m.console.retried }[command]
  return { campaign: await campaignOf(service, id, context), said }
}

/** @throws Problem, CliError */
export async function commandBrake(
  command: 'stop' | 'resume',
  body: unknown,
  { table, filler, now_s }: Desk,
  context: Context,
): Promise<{ said: string }> {
  if (table === undefined) throw new Problem(409, 'no_table', context.m.console.noTable)
  let said = ''
  const heard = { ...context, print }
  function print(_data: unknown, text: string): void {
    said = text
  }
  if (command === 'resume') {
    bodyOf(Nothing, body, context)
    await takeBrakeOff({ table, yes: true }, heard)
    filler.command(undefined)
  } else {
    const { reason } = bodyOf(Stop, body, context)
    await putBrakeOn({ table, ...(reason && { reason }) }, heard)
    filler.command(now_s())
  }
  return { said }
}

function bodyOf<T>(schema: v.GenericSchema<unknown, T>, body: unknown, { m }: Context): T {
  const parsed = v.safeParse(schema, body)
  if (parsed.success) return parsed.output
  throw new Problem(400, 'invalid_parameters', m.console.badBody)
}
