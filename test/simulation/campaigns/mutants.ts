// Faults of the real code of campaigns, one at a time. Their simulation must find every one of them.
import { join } from 'node:path/posix'
import type { Mutant } from '../mutate.ts'

/** For a mutant that few seeds find: one that does. */
export const FOUND_BY: Readonly<Record<string, number>> = {
  'writeHead: writes over whatever version stands there': 240,
  'isPermitted: asks for no permit': 97,
  'holdsPlace: gives the place of a paused campaign away while its worker is there': 26,
  'recountDue: does not look after the chunk of a dead worker': 87,
  'sendRows: does not say which chunk is in work': 87,
  'rest: overwrites the wake-up of a command': 116,
}

export const MUTANTS: readonly Mutant[] = [
  mutant('work.ts', 'writeHead: writes over whatever version stands there', [
    'if (!(await ports.store.saveHead(campaign.id, head.version, next)))',
    `while (!(await ports.store.saveHead(campaign.id, next.version - 1, next)))
       next.version = (await ports.store.heads(campaign.id, [head.n]))[0].version + 1
     if (false)`,
  ]),
  mutant('letters.ts', 'isRequeued: ends a row for a reason that is not its own', [
    "letter === 'f' && blame !== 'row' && attempt < ATTEMPTS_MAX",
    'false',
  ]),
  mutant('states.ts', 'afterSlice: does not go back to the queue', [
    "if (state === 'settling' && waiting > 0) return 'queued'",
    '',
  ]),
  mutant('command.ts', 'halt: answers at once', [
    'if (standing?.lease_until_ms !== 0) await ports.clock.sleep(COMMAND_WAIT_MS)',
    '',
  ]),
  mutant('work.ts', 'isPermitted: asks for no permit', ['now_ms < permit_until_ms', 'permit_until_ms > 0']),
  mutant('worker.ts', 'takeTurn: waits for nobody', [
    '!(await isFirst(work.ports, work.campaign))',
    '(await isFirst(work.ports, work.campaign), false)',
  ]),
  mutant('line.ts', 'holdsPlace: gives the place of a paused campaign away while its worker is there', [
    '|| other.lease_until_ms + CLOCK_SKEW_MS > clock.now()',
    '',
  ]),
  mutant('worker.ts', 'recountDue: does not look after the chunk of a dead worker', [
    'n === campaign.working',
    'false',
  ]),
  mutant('sending.ts', 'sendRows: does not say which chunk is in work', [
    'await save(work, { working: head.n })',
    'await save(work, {})',
  ]),
  mutant('sending.ts', 'sendChunk: catches up after a stall', [
    'work.next_ms = now_ms + rowSpacing(work)',
    'work.next_ms = work.next_ms + rowSpacing(work)',
  ]),
  mutant('sending.ts', 'sendRows: counts what it has not seen end', [
    'await landed(work).then(() => sync(work, chunk, true))',
    '',
  ]),
  mutant('work.ts', 'sync: gives every row of a retry an attempt', [
    "before === 'f' && attempt < ATTEMPTS_MAX",
    "letter !== '.'",
  ]),
  mutant('worker.ts', 'rest: overwrites the wake-up of a command', [
    'if (await ports.store.save(campaign.id, worker, changes, campaign))',
    'if (await ports.store.save(campaign.id, worker, changes))',
  ]),
  mutant('../redpack/send.ts', 'callUntilAnswered: repeats a call without a turn', [
    'const hasTurn = await',
    'const hasTurn = told.size > 0 || await',
  ]),
  mutant('../redpack/pace.ts', 'Turns: catches up after a turn that came late', [
    'now_ms - Math.floor(LATE * length_ms)',
    'now_ms - 9 * length_ms',
  ]),
  mutant('../redpack/pace.ts', 'shareOfSettle: leaves a campaign nothing', ['PACED_PER_S - campaign', 'PACED_PER_S']),
  mutant('worker.ts', 'seenFrom: takes its share before settle has seen it', ['now_ms + SHARE_WAIT_MS', 'now_ms']),
]

function mutant(file: string, name: string, [replace, by]: readonly [string, string]): Mutant {
  return { file: join('lib/campaigns', file), name, inside: name.slice(0, name.indexOf(':')), replace, by }
}
