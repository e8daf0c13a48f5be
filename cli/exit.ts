// Exit codes, and the error that a command ends with: a code for programs, one clear line for people.

/** What the exit code says; --help lists it. */
export const EXIT = { ok: 0, error: 1, refused: 2, unknown: 3, unreachable: 4, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends the command. `message` is in the user's language and never holds key material; `details` go into --json. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: string
  readonly exit_code: ExitCode
  readonly details: object

  constructor(code: string, message: string, exit_code: ExitCode = EXIT.error, details: object = {}) {
    super(message)
    this.code = code
    this.exit_code = exit_code
    this.details = details
  }
}
