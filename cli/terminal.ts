// Where a command writes and what it reads of its surroundings; tests bring their own.
import { styleText } from 'node:util'

export type Terminal = {
  readonly env: NodeJS.ProcessEnv
  /** A person sits there: questions can be asked, and a bar can be drawn. */
  readonly interactive: boolean
  readonly colour: boolean
  /** Standard output is a terminal, of so many columns. */
  readonly tty?: boolean
  readonly columns?: number | undefined
  /** Standard output: what was asked for. As it is, without a newline of its own. */
  out(text: string): void
  /** Standard error: everything that is said beside it. */
  err(text: string): void
  /** Nobody reads standard output any more. */
  closed?(): boolean
  /** All of standard input. */
  stdin(): Promise<Buffer>
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  // `redpack list --all | head` and `2>&1 | head` close the pipe early, a lost connection the terminal. That is no error, and
  // nothing stops for it: what is being sent is sent to its end.
  let closed = false
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) throw error
    closed = true
  })
  stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) throw error
  })
  return {
    env,
    closed: () => closed,
    tty: Boolean(stdout.isTTY),
    columns: stdout.columns,
    interactive: Boolean(stdin.isTTY && stderr.isTTY),
    colour: Boolean(stdout.isTTY && stderr.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb',
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    async stdin() {
      const chunks: Buffer[] = []
      for await (const chunk of stdin) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
  }
}

/** The reader of a pipe has ended, or the terminal is no more. */
function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO' || code === 'ENXIO' || code === 'ERR_STREAM_DESTROYED'
}

type Mark = 'good' | 'bad' | 'doubt' | 'none'
const MARKS = {
  good: ['✔', 'green'],
  bad: ['✘', 'red'],
  doubt: ['⚠', 'yellow'],
  none: ['–', 'dim'],
} as const

/** ✔ ✘ ⚠ – in their colour, where there is colour. */
export function mark({ colour }: Pick<Terminal, 'colour'>, name: Mark): string {
  const [sign, style] = MARKS[name]
  return colour ? styleText(style, sign, { validateStream: false }) : sign
}
