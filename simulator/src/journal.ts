// The ledger on disk: one line a change, written before the answer goes out, and one whole state at each start.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from './lock.ts'
import type { Change, Order, SavedOrders } from './order.ts'
import { ToldError } from './told.ts'

const FILE = 'ledger.jsonl'

/** A line: what has changed; of each order and of each other part the last one counts. */
type Line = Partial<Change> & { readonly offset_ms?: number }

/** A journal that is open for writing. */
export type Journal = Readonly<{
  write: (line: Line) => void
  /** Forgets everything. */
  clear: () => void
  close: () => void
}>

/**
 * Reads the ledger of a folder, and makes the folder if there is none.
 * @throws ToldError that names the file and the line if it holds anything else than a ledger, or the process that has the folder
 */
export function openJournal(folder: string): { saved?: SavedOrders; offset_ms: number; journal: Journal } {
  mkdirSync(folder, { recursive: true })
  const unlock = lockFolder(folder)
  try {
    return open(join(folder, FILE), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

function open(file: string, unlock: () => void): { saved?: SavedOrders; offset_ms: number; journal: Journal } {
  const lines = existsSync(file) ? readLines(file) : []
  const { saved, offset_ms } = replay(lines)
  // In one step: a process that is killed here leaves the old file or the new one.
  writeFileSync(`${file}.new`, saved ? whole(saved, offset_ms) : '', { mode: 0o600 })
  renameSync(`${file}.new`, file)
  let descriptor: number | undefined = openSync(file, 'a', 0o600)
  const close = () => {
    if (descriptor !== undefined) closeSync(descriptor)
    descriptor = undefined
  }
  const journal: Journal = {
    write: (line) => {
      if (descriptor !== undefined) writeSync(descriptor, `${JSON.stringify(line)}\n`)
    },
    clear: () => {
      close()
      descriptor = openSync(file, 'w', 0o600)
    },
    close: () => {
      close()
      unlock()
    },
  }
  return saved ? { saved, offset_ms, journal } : { offset_ms, journal }
}

function readLines(file: string): Line[] {
  const text = readFileSync(file, 'utf8')
  // What stands after the last newline was being written as the process was killed, and nobody was told of it.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line, index) => {
    try {
      return JSON.parse(line)
    } catch {
      throw new ToldError(
        `${file} is not a ledger of this simulator (line ${index + 1}): move it away to begin anew`,
        `${file} 不是本模拟器的账本（第 ${index + 1} 行）：移走它即可重新开始`,
      )
    }
  })
}

function replay(lines: readonly Line[]): { saved?: SavedOrders; offset_ms: number } {
  const orders = new Map<string, Order>()
  let state: Omit<SavedOrders, 'orders'> | undefined
  let offset_ms = 0
  for (const line of lines) {
    if (line.order) orders.set(`${line.order.mch_id} ${line.order.mch_billno}`, line.order)
    const { late, balance, balances, serial } = line
    if (late && balance !== undefined && balances && serial !== undefined) state = { late, balance, balances, serial }
    if (line.offset_ms !== undefined) offset_ms = line.offset_ms
  }
  return state ? { saved: { ...state, orders: [...orders.values()] }, offset_ms } : { offset_ms }
}

function whole({ orders, ...state }: SavedOrders, offset_ms: number): string {
  const lines: Line[] = [...orders.map((order) => ({ order })), { ...state, offset_ms }]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
