// Files that a command is given, and files with secrets that it makes. `-` is standard input.
import { closeSync, openSync, readSync } from 'node:fs'
import type { Context } from './context.ts'
import { CliError } from './exit.ts'

/** A certificate, a key or a p12 has a few KB. */
const INPUT_MAX_BYTES = 1024 * 1024

export const STDIN = '-'

/** @throws CliError if it cannot be read or has more than 1 MB */
export async function readInput(file: string, context: Context): Promise<Buffer> {
  const data = file === STDIN ? await context.terminal.stdin() : readSome(file, context)
  if (data.length > INPUT_MAX_BYTES) throw new CliError('too_large', context.m.input.tooLarge(file))
  return data
}

/** As text; a byte order mark says which: Windows writes UTF-8 with one, and UTF-16. */
export async function readText(file: string, context: Context): Promise<string> {
  const data = await readInput(file, context)
  const utf16 =
    (data[0] === 0xff && data[1] === 0xfe && 'utf-16le') || (data[0] === 0xfe && data[1] === 0xff && 'utf-16be')
  return new TextDecoder(utf16 || 'utf-8').decode(data)
}

/** The one line of a file with a password or a key in it. */
export async function readLine(file: string, context: Context): Promise<string> {
  const line = (await readText(file, context)).trim()
  if (line === '') throw new CliError('empty', context.m.input.empty(file))
  return line
}

/** Standard input can be read once. @throws CliError if two flags want it */
export function assertOneStdin(files: Record<string, string | undefined>, { m }: Context): void {
  const flags = Object.keys(files).filter((flag) => files[flag] === STDIN)
  if (flags.length > 1) throw new CliError('usage', m.input.oneStdin(flags.join(', ')))
}

/** Opens a new file that nobody else can read. @throws CliError if there is one already, or none can be made */
export function newSecretFile(file: string, { m }: Context): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    throw new CliError('unwritable', code === 'EEXIST' ? m.input.exists(file) : m.unwritable(file, code))
  }
}

/** At most a byte more than is allowed: what is named may be a device without end. */
function readSome(file: string, { m }: Context): Buffer {
  const buffer = Buffer.alloc(INPUT_MAX_BYTES + 1)
  let length = 0
  try {
    const handle = openSync(file, 'r')
    try {
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        read = readSync(handle, buffer, length, buffer.length - length, null)
      }
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    throw new CliError('unreadable', m.unreadable(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
  return buffer.subarray(0, length)
}
