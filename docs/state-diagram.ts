// npm run diagram: prints the states of a record and what leads from one to another, read off the rules. `-- --write` puts it into ARCHITECTURE.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { ABSENT, OUTCOMES, type Outcome, STATUSES, type State } from '../lib/redpack/record.ts'
import { AFTER_SEND, afterNoCall, afterQuery, afterSend, IS_FINAL, type SendMeaning } from '../lib/redpack/rules.ts'

export const PAGE = new URL('../ARCHITECTURE.md', import.meta.url)
const BETWEEN_MARKERS = /(?<=<!-- state diagram: npm run diagram -- --write -->\n).*(?=<!-- end of state diagram -->)/s

/** What a reply leads to depends on one thing that was there before. */
const DOUBT = { no: 'if no call before may have debited', yes: 'if a call before may have debited' }
const CONFLICT = { no: 'unless in order conflict', yes: 'in order conflict' }

/** The diagram in Mermaid, between its fences. */
export function diagram(): string {
  const open = OUTCOMES.filter((outcome) => !IS_FINAL[outcome])
  const final = OUTCOMES.filter((outcome) => IS_FINAL[outcome])
  const lines = [
    '[*] --> pending: claimed',
    ...open.flatMap((from) => OUTCOMES.flatMap((to) => arrow(from, to))),
    ...final.map((outcome) => `${outcome} --> [*]`),
  ]
  return `\`\`\`mermaid\nstateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join('')}\`\`\`\n`
}

function arrow(from: Outcome, to: Outcome): string[] {
  const isIdle = afterNoCall(state(from, false, false)).outcome === to
  const labels = [
    ...sends(from, to),
    ...queries(from, to),
    ...(isIdle ? ['nobody was called'] : []),
    // Not from a table: settle stops asking (isBeyondQuery).
    ...(to === 'manual' ? ['30 days old'] : []),
  ]
  return from === to || labels.length === 0 ? [] : [`${from} --> ${to}: ${labels.join('<br/>')}`]
}

function sends(from: Outcome, to: Outcome): string[] {
  const after = (means: SendMeaning, doubt: boolean) =>
    afterSend(state(from, doubt, false), { means }, 0).outcome === to
  return grouped('send', Object.keys(AFTER_SEND) as SendMeaning[], after, DOUBT)
}

function queries(from: Outcome, to: Outcome): string[] {
  const found = { means: 'found', detail_id: '', reason: undefined, raw: '' } as const
  return grouped(
    'query',
    STATUSES,
    (status, conflict) => afterQuery(state(from, conflict, conflict), { ...found, status }).outcome === to,
    CONFLICT,
  )
}

/** The words that lead there always, those that do only without the condition, and those that do only with it. */
function grouped<T extends string>(
  source: string,
  words: readonly T[],
  leads: (word: T, condition: boolean) => boolean,
  when: { no: string; yes: string },
): string[] {
  const some = (no: boolean, yes: boolean) => words.filter((w) => leads(w, false) === no && leads(w, true) === yes)
  const line = (chosen: T[], condition: string) =>
    chosen.length === 0 ? [] : [`${source} ${chosen.join(', ')}${condition}`]
  return [
    ...line(some(true, true), ''),
    ...line(some(true, false), ` (${when.no})`),
    ...line(some(false, true), ` (${when.yes})`),
  ]
}

function state(outcome: Outcome, doubt: boolean, order_conflict: boolean): State {
  const maybe_debited_ms = doubt ? 0 : undefined
  return { ...ABSENT, outcome, maybe_debited_ms, order_conflict, lease_until_ms: 0, no_call_after_ms: 0, looks: 0 }
}

/** The diagram as the page has it. */
export function onPage(): string | undefined {
  return BETWEEN_MARKERS.exec(readFileSync(PAGE, 'utf8'))?.[0]
}

if (import.meta.main) {
  if (process.argv.includes('--write')) {
    writeFileSync(
      PAGE,
      readFileSync(PAGE, 'utf8').replace(BETWEEN_MARKERS, () => diagram()),
    )
  } else {
    process.stdout.write(diagram())
  }
}
