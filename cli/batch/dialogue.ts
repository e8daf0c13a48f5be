// What a batch says and asks: before it starts, and when it is over.
import type { Context } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { retryOfRefused } from '../shell.ts'
import { mark } from '../terminal.ts'
import { count, yuan } from '../yuan.ts'
import type { Checked } from './check.ts'
import type { BadRow, Batch } from './rows.ts'
import type { Worked } from './work.ts'

export function tellBad({ line, faults }: BadRow, context: Context): void {
  context.note(`  ${context.m.batch.badRow(line, faults.join('; '))}`)
}

export function tellChecked(checked: Checked, { file, name }: Batch, endpoint: string, context: Context): void {
  const { m, terminal, note } = context
  const { rows, fen, done, doubtful } = checked
  note(m.batch.checked(file, count(rows), yuan(fen)))
  note(m.batch.named(name, endpoint))
  if (done.rows > 0) note(m.batch.done(count(done.rows), yuan(done.fen)))
  const { scene, bytes } = doubtful
  if (scene.rows > 0) note(`${mark(terminal, 'doubt')} ${m.batch.scene(count(scene.rows), scene.line)}`)
  if (bytes.rows > 0) note(`${mark(terminal, 'doubt')} ${m.batch.bytes(count(bytes.rows), bytes.line)}`)
}

/** @throws CliError where the answer is no, or where nobody can be asked */
export async function ask({ rows, fen, done }: Checked, { m, json, terminal }: Context): Promise<void> {
  if (json || !terminal.interactive) throw new CliError('usage', m.needsYes)
  const { confirm } = await import('@inquirer/prompts')
  const message = m.batch.ask(count(rows - done.rows), yuan(fen - done.fen))
  const yes = await confirm({ message, default: false }, { output: process.stderr })
  if (!yes) throw new CliError('declined', m.batch.declined)
}

/** Prints the end of a run and sets the exit code. */
export function tellWorked(
  { tally, sent_fen, stopped }: Worked,
  checked: Checked,
  out: string,
  { name, defaults }: Batch,
  context: Context,
): void {
  const { m, terminal, argv, env } = context
  const retry = retryOfRefused(out, name, defaults, argv, env)
  const { sent, refused, unknown, changed, rejected, not_sent } = tally
  context.exit_code = stopped?.exit_code ?? exitOf(tally)
  const all = sent === checked.rows
  const lines = [
    `${mark(terminal, all ? 'good' : 'doubt')} ${m.batch.sent(count(sent), count(checked.rows), yuan(sent_fen))}`,
    ...(refused > 0 ? [m.batch.refused(count(refused), retry)] : []),
    ...(rejected > 0 ? [m.batch.rejected(count(rejected))] : []),
    ...(changed > 0 ? [m.batch.changed(count(changed))] : []),
    ...(unknown > 0 ? [m.batch.unknown(count(unknown))] : []),
    ...(not_sent > 0 ? [m.batch.notSent(count(not_sent))] : []),
    m.batch.result(out),
  ]
  const stop = stopped && { code: stopped.code, message: stopped.message }
  const { rows, fen } = checked
  context.print({ rows, fen, ...tally, sent_fen, result: out, ...(stop && { stopped: stop }) }, lines.join('\n'))
  if (stopped) context.note(`${mark(terminal, 'bad')} ${stopped.message}`)
}

function exitOf({ refused, unknown, changed, rejected, not_sent }: Worked['tally']): ExitCode {
  if (unknown > 0) return EXIT.unknown
  if (refused + changed + rejected > 0) return EXIT.refused
  return not_sent > 0 ? EXIT.error : EXIT.ok
}
