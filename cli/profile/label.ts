// A profile's name before a line or a question: whoever reads it sees whose money it is.
import { styleText } from 'node:util'
import type { Context } from '../context.ts'
import type { Profile } from './choose.ts'

/** The name in brackets, that of a test in another colour and with the word; nothing without a profile. */
export function labelled(line: string, profile: Profile | undefined, { m, terminal }: Context): string {
  if (profile === undefined) return line
  const text = `[${profile.is_test ? m.profile.testName(profile.name) : profile.name}]`
  const style = profile.is_test ? (['bold', 'cyan'] as const) : (['bold', 'red'] as const)
  return `${terminal.colour ? styleText([...style], text, { validateStream: false }) : text} ${line}`
}
