// One simulator a folder: a second one would write the ledger anew, and what the first one writes from then on would be lost.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { ToldError } from './told.ts'

const FILE = 'lock.json'
/** A clock that is set shifts what counts as the machine's start. */
const SAME_BOOT_MS = 60_000

type Holder = Readonly<{ pid: number; booted_at_ms: number }>

/**
 * Takes a folder for this process. What a process that is gone has left, or one before the machine was started, does not count.
 * @returns what gives it back
 * @throws ToldError that names the process that has it
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, FILE)
  const own: Holder = { pid: process.pid, booted_at_ms: Date.now() - uptime() * 1000 }
  const holder = read(file)
  if (holder && holds(holder, own)) {
    const { pid } = holder
    throw new ToldError(
      `${folder} is in use by a simulator (process ${pid}): stop that one, or choose another folder (--data)`,
      `${folder} 正被另一个模拟器（进程 ${pid}）使用：请停掉它，或换一个目录（--data）`,
    )
  }
  writeFileSync(file, JSON.stringify(own), { mode: 0o600 })
  return () => {
    if (read(file)?.pid === own.pid) rmSync(file, { force: true })
  }
}

function read(file: string): Holder | undefined {
  try {
    const { pid, booted_at_ms } = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 && Number.isFinite(booted_at_ms) ? { pid, booted_at_ms } : undefined
  } catch {
    return undefined
  }
}

function holds({ pid, booted_at_ms }: Holder, own: Holder): boolean {
  return pid !== own.pid && Math.abs(booted_at_ms - own.booted_at_ms) < SAME_BOOT_MS && isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives, and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
