// redpack batch: many red packets from a CSV file, each at most once however often the command is run.
import { statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { check } from '../batch/check.ts'
import { ask, tellBad, tellChecked, tellWorked } from '../batch/dialogue.ts'
import { fingerprint, Journal, OUTCOMES, type Owner } from '../batch/journal.ts'
import { Wanted } from '../batch/neighbours.ts'
import { otherBatch, placeOf } from '../batch/place.ts'
import { writeResult } from '../batch/result.ts'
import type { BadRow, Batch, Row } from '../batch/rows.ts'
import { ToldKeys } from '../batch/told.ts'
import { work } from '../batch/work.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { decimal, whole } from '../flags.ts'
import { addParameters, textsOf } from '../parameters.ts'
import { serviceOf, settingsOf } from '../service.ts'

export type BatchOptions = {
  name?: string
  out?: string
  rate: number
  concurrency: number
  patience: number
  ignore?: string
  only?: string
  yes?: true
  dryRun?: true
  keepGoing?: true
  payAgain?: true
  letWechatDecide?: true
}

/** WeChat allows 30 a second; settle and other callers need some of them. */
const RATE_PER_S = 25
const CONCURRENCY = 30
const PATIENCE_S = 300
/** Bad rows that --json holds to tell; without it each is told as it is found. */
const BAD_MAX = 10_000

export function addBatch(program: Command, context: Context): void {
  const { help } = context.m
  const command = program
    .command('batch')
    .description(help.batch)
    .argument('<file>', help.batchFile)
    .option('--name <text>', help.batchName)
    .option('--yes', help.yes)
    .option('--dry-run', help.dryRun)
    .option('--out <file>', help.out)
    .option('--rate <n>', help.rate, decimal(0.1, 1000), RATE_PER_S)
    .option('--concurrency <n>', help.concurrency, whole(1, 500), CONCURRENCY)
    .option('--patience <s>', help.patience, whole(1, 86_400), PATIENCE_S)
    .option('--keep-going', help.keepGoing)
    .addOption(new Option('--only <outcome>', help.only).choices(OUTCOMES))
    .option('--pay-again', help.payAgain)
    .option('--ignore <columns>', help.ignore)
  command.optionsGroup(help.sections.defaults)
  addParameters(command, context.m, false)
  command
    .addHelpText('after', help.batchAfter)
    .action((file: string, options: BatchOptions, command) => send(file, options, command, context))
}

async function send(file: string, options: BatchOptions, command: Command, context: Context): Promise<void> {
  const batch = batchOf(file, options, context)
  const settings = settingsOf(command, context)
  const owner: Owner = { ...settings, name: batch.name }
  // Every try is the batch's own: paced, and given up at once when it is interrupted.
  const service = serviceOf(command, context, { retries: 0 })
  const before = stamp(file, context)
  const out = await placeOf(batch, options, fingerprint(owner), context)
  const journal = openJournal(`${out}.journal`, owner, context)
  try {
    const wanted = new Wanted()
    const checked = await checkAll(batch, journal, context, (row) => wanted.add(row))
    if (!options.payAgain) {
      const own = [out, `${out}.journal`]
      const [elsewhere] = await wanted.sentElsewhere(batch, fingerprint(owner), own, context)
      if (elsewhere) throw otherBatch(elsewhere, batch, context)
    }
    tellChecked(checked, batch, settings.endpoint, context)
    if (options.dryRun) return context.print({ checked }, context.m.batch.dryRun)
    const left = checked.rows - checked.done.rows
    if (left > 0 && !options.yes) await ask(checked, context)
    if (stamp(file, context) !== before) throw new CliError('file_changed', context.m.batch.fileChanged)
    const { rate: rate_per_s, concurrency, patience: patience_s, keepGoing = false } = options
    const plan = { total: checked.rows, rate_per_s, concurrency, patience_s, keep_going: keepGoing }
    const worked = await work(batch, journal, service, plan, context)
    await writeResult(out, batch, journal, context)
    tellWorked(worked, checked, out, batch, context)
  } finally {
    journal.close()
  }
}

function batchOf(file: string, options: BatchOptions, { m }: Context): Batch {
  const name = options.name?.trim()
  if (!name) throw new CliError('usage', m.batch.noName(file))
  if (!/^[^\p{Cc}]{1,64}$/u.test(name)) throw new CliError('usage', m.batch.badName)
  const ignored = (options.ignore ?? '').split(',').map((column) => column.trim())
  return {
    file,
    name,
    defaults: textsOf(options),
    ignored,
    only: options.only,
    lenient: options.letWechatDecide === true,
  }
}

/**
 * `onWanted` hears of each row that no earlier run brought to an end.
 * @returns what was checked, once every row is good
 * @throws CliError otherwise, after each bad one has been told
 */
async function checkAll(batch: Batch, journal: Journal, context: Context, onWanted: (row: Row) => void) {
  const bad: BadRow[] = []
  const told = new ToldKeys(batch, context)
  const onBad = (row: BadRow) => {
    tellBad(row, context)
    if (context.json && bad.length < BAD_MAX) bad.push(row)
  }
  const checked = await check(batch, journal, context, onBad, (row, done) => {
    told.add(row)
    if (!done) onWanted(row)
  })
  if (checked.bad > 0) {
    throw new CliError('bad_rows', context.m.batch.bad(checked.bad, checked.rows), undefined, { rows: bad })
  }
  if (checked.rows === 0) throw new CliError('empty_file', context.m.batch.empty)
  told.assert()
  return checked
}

/** Changes when the file does. */
function stamp(file: string, { m }: Context): string {
  try {
    const { size, mtimeMs, ino } = statSync(file)
    return [size, mtimeMs, ino].join()
  } catch (error) {
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}

function openJournal(file: string, owner: Owner, { m }: Context): Journal {
  try {
    return Journal.open(file, owner)
  } catch (error) {
    throw new CliError('unwritable', m.unwritable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}
