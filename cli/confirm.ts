// A question before something that cannot be undone, with the profile's name in front.
import type { Context } from './context.ts'
import { CliError } from './exit.ts'
import type { Profile } from './profile/choose.ts'
import { labelled } from './profile/label.ts'

/** `profile`: the one that the command acts on; undefined if flags or variables say where. @throws CliError if the answer is no, or nobody can be asked */
export async function confirmed(
  message: string,
  declined: string,
  context: Context,
  profile: Profile | undefined,
): Promise<void> {
  assertCanAsk(context)
  const { confirm } = await import('@inquirer/prompts')
  const yes = await confirm(
    { message: labelled(message, profile, context), default: false },
    { output: process.stderr },
  )
  if (!yes) throw new CliError('declined', declined)
}

/** Asks where a profile says whose money it is and a person can answer; scripts and variables go on as ever. */
export async function confirmedForProfile(
  message: string,
  declined: string,
  { yes }: { yes?: true | undefined },
  context: Context,
  profile: Profile | undefined,
): Promise<void> {
  const { terminal, json } = context
  if (profile !== undefined && terminal.interactive && !json && !yes) {
    await confirmed(message, declined, context, profile)
  }
}

/** @throws CliError if there is no person at a terminal */
export function assertCanAsk({ json, terminal, m }: Context): void {
  if (json || !terminal.interactive) throw new CliError('usage', m.needsYes)
}
