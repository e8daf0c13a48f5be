// Which versions meet: of the command, and of the service, which tells its own in a header.
import type { Context } from '../context.ts'
import { VERSION } from '../version.ts'
import type { Finding } from './finding.ts'

export const VERSION_HEADER = 'redpack-version'

export function commandVersion({ m }: Context): Finding {
  return { check: 'version', state: 'good', text: m.doctor.command(VERSION, process.version) }
}

/** `told`: the header's text, null without one. Versions that differ in more than the last number may not know each other's fields. */
export function serviceVersion(told: string | null, { m }: Context, own = VERSION): Finding {
  const check = 'version'
  const there = numbersOf(told ?? '')
  if (told === null || there === undefined) return { check, state: 'doubt', text: m.doctor.versionUnknown(own) }
  const text = m.doctor.service(told)
  const [major = 0, minor = 0] = there
  const [own_major = 0, own_minor = 0] = numbersOf(own) ?? []
  const ahead = major - own_major || minor - own_minor
  if (ahead === 0) return { check, state: 'good', text }
  return { check, state: 'doubt', text, hint: ahead > 0 ? m.doctor.commandOlder(own) : m.doctor.serviceOlder(own) }
}

function numbersOf(version: string): number[] | undefined {
  return /^(\d{1,6})\.(\d{1,6})\.\d{1,6}/.exec(version)?.slice(1).map(Number)
}
