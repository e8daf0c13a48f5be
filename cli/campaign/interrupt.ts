// Ctrl-C before the campaign runs: what it means for the money, said at once.
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { jsonOf } from '../printable.ts'
import { aboutCampaign } from '../shell.ts'
import { onSignals } from '../signals.ts'

/** `starting`: the request is on its way, and may have been heard. */
export type Phase = 'before' | 'starting'

/** Ends the process at the first signal. @returns what stops that */
export function onInterrupt(
  phase: { now: Phase },
  name: string,
  { m, terminal, json, argv, env }: Context,
): () => void {
  return onSignals(() => {
    const message =
      phase.now === 'before' ? m.campaign.endedBefore : m.campaign.endedStarting(aboutCampaign('show', name, argv, env))
    const error = { code: 'interrupted', message, exit_code: EXIT.interrupted, maybe_started: phase.now === 'starting' }
    terminal.err(json ? `${jsonOf({ error })}\n` : `\n${message}\n`)
    process.exit(EXIT.interrupted)
  })
}
