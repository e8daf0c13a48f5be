// One line of what is looked at before and after a deployment: how it is, and what to do about it.
export type Finding = {
  readonly check:
    | 'machine'
    | 'stage'
    | 'region'
    | 'credentials'
    | 'executions'
    | 'secrets'
    | 'certificate'
    | 'stack'
    | 'table'
    | 'service'
    | 'query'
    | 'alarms'
  /** bad: it stops a deployment, or the service does not work. doubt: look at it. none: not looked at, and no fault. */
  readonly state: 'good' | 'bad' | 'doubt' | 'none'
  readonly text: string
  /** What to type or to change. Every finding that is bad has one. */
  readonly fix?: string
}

const MARKS = { good: '✔', bad: '✘', doubt: '⚠', none: '·' } as const

/** Prints each finding as it comes, and what they came to. @returns what the process exits with */
export async function tell(findings: AsyncIterable<Finding>, ends: { good: string; bad: string }): Promise<number> {
  const found: Finding[] = []
  for await (const finding of findings) {
    found.push(finding)
    console.log(lineOf(finding))
  }
  const { line, exit_code } = conclusion(found, ends)
  console.log(`\n${line}`)
  return exit_code
}

/** The finding as people read it: a line, and its fix below. */
export function lineOf({ state, text, fix }: Finding): string {
  return `${MARKS[state]} ${text}${fix === undefined ? '' : `\n  → ${fix}`}`
}

/** What a run came to: its last line, and what the process exits with. */
export function conclusion(
  findings: readonly Finding[],
  { good, bad }: { good: string; bad: string },
): { line: string; exit_code: number } {
  const wrong = findings.filter(({ state }) => state === 'bad').length
  if (wrong === 0) return { line: good, exit_code: 0 }
  return { line: `${bad} ${wrong === 1 ? 'One thing has' : `${wrong} things have`} to be mended (✘).`, exit_code: 1 }
}
