// The states of a campaign, pure: what a command makes of each, and what the worker may move it to. No port, no clock, no await.
import type { CampaignState } from './view.ts'

export const COMMANDS = ['start', 'pause', 'resume', 'cancel', 'retry'] as const
export type Command = (typeof COMMANDS)[number]

/** `same`: 202, and nothing is written. `no`: 409. */
type Cell = 'same' | 'no' | CampaignState

export const AFTER_COMMAND = {
  draft: { start: 'queued', pause: 'no', resume: 'no', cancel: 'cancelled', retry: 'no' },
  queued: { start: 'same', pause: 'paused', resume: 'same', cancel: 'cancelled', retry: 'no' },
  running: { start: 'same', pause: 'paused', resume: 'same', cancel: 'cancelled', retry: 'no' },
  paused: { start: 'same', pause: 'same', resume: 'queued', cancel: 'cancelled', retry: 'queued' },
  stopped: { start: 'same', pause: 'paused', resume: 'queued', cancel: 'cancelled', retry: 'queued' },
  settling: { start: 'same', pause: 'no', resume: 'no', cancel: 'no', retry: 'queued' },
  done: { start: 'same', pause: 'no', resume: 'no', cancel: 'no', retry: 'queued' },
  cancelled: { start: 'no', pause: 'no', resume: 'no', cancel: 'same', retry: 'no' },
} as const satisfies Record<CampaignState, Record<Command, Cell>>

type Seen = { readonly state: CampaignState; readonly version: number; readonly last?: Last | undefined }
type Last = { readonly command: string; readonly version: number }
type Given = { readonly command: Command; readonly version: number; readonly argument?: string | undefined }

/** How the last command is written down: a retry of one code is another command than a retry of all. */
export function commandText({ command, argument }: Omit<Given, 'version'>): string {
  return argument === undefined ? command : `${command} ${argument}`
}

/**
 * What a command leads to. A replayed command is recognised by the version that it carries: `repeated` is the last one again,
 * `changed` an older one.
 */
export function afterCommand(
  seen: Seen,
  given: Given,
): { is: 'repeated' | 'changed' | 'same' | 'no' } | { to: CampaignState } {
  const { state, version, last } = seen
  if (last?.version === given.version && last.command === commandText(given)) return { is: 'repeated' }
  if (version !== given.version) return { is: 'changed' }
  const cell: Cell = AFTER_COMMAND[state][given.command]
  return cell === 'same' || cell === 'no' ? { is: cell } : { to: cell }
}

/** The worker takes a campaign up in these states. Rows are begun in `running` only. */
export const IS_LIVE = {
  draft: false,
  queued: true,
  running: true,
  paused: false,
  stopped: false,
  settling: false,
  done: false,
  cancelled: false,
} as const satisfies Record<CampaignState, boolean>

/** Chunks with rows to begin; chunks with unknown rows, or packets that are not yet received or refunded. */
export type Left = { readonly waiting: number; readonly open: number }

/**
 * Where a campaign goes when a slice ends. `stopped`: a reason of the merchant's ended it. `overdue`: its last row was begun so
 * long ago that nothing more is waited for.
 */
export function afterSlice(
  state: CampaignState,
  { waiting, open }: Left,
  { stopped, overdue }: { stopped: boolean; overdue: boolean },
): CampaignState {
  if (IS_LIVE[state] && stopped) return 'stopped'
  if (state === 'running' && waiting === 0) return 'settling'
  // Refused late, and not for the row's own fault.
  if (state === 'settling' && waiting > 0) return 'queued'
  if (state === 'settling' && (open === 0 || overdue)) return 'done'
  return state
}

/** Nothing more comes of it. */
export const IS_OVER = {
  draft: false,
  queued: false,
  running: false,
  paused: false,
  stopped: false,
  settling: false,
  done: true,
  cancelled: true,
} as const satisfies Record<CampaignState, boolean>
