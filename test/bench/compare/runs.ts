// Subjects in processes of their own, which send in blocks when they are told to.
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Counts } from '../stub.ts'
import type { Stage } from './stage.ts'

/** CPU of one send; memory and open files of the process after the block. */
export type Figures = { cpu_us: number; rss_mb: number; descriptors: number }
export type Block = { from: number; count: number; at_once?: boolean }
export type Subject = { readonly kind: string; run(block: Block): Promise<Figures>; stop(): Promise<void> }

const SUBJECT = join(import.meta.dirname, 'subject.cjs')
const REDIRECT = join(import.meta.dirname, 'redirect.cjs')

/** Writes what subjects send, all of it or the first one alone. @returns the file */
export function planFile(folder: string, { plan }: Stage, more: Record<string, unknown>, sends?: 1): string {
  const file = join(folder, sends === 1 ? 'plan-of-one.json' : 'plan.json')
  writeFileSync(file, JSON.stringify({ ...plan, events: plan.events.slice(0, sends), ...more }))
  return file
}

export async function startSubject(kind: string, { env }: Stage, plan: string): Promise<Subject> {
  const stdio: ['ignore', 'ignore', 'inherit', 'ipc'] = ['ignore', 'ignore', 'inherit', 'ipc']
  const child = fork(SUBJECT, [kind, plan], { env, execArgv: ['--require', REDIRECT], stdio })
  await message(child, kind)
  return {
    kind,
    run(block) {
      child.send(block)
      return message(child, kind) as Promise<Figures>
    },
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function message(child: ChildProcess, kind: string): Promise<unknown> {
  const ending = new AbortController()
  const ended = once(child, 'exit', { signal: ending.signal }).then(() => {
    throw new Error(`${kind} has ended`)
  })
  try {
    const [told] = await Promise.race([once(child, 'message'), ended])
    return told
  } finally {
    ending.abort()
    ended.catch(() => {})
  }
}

/** What a server has counted during `act`. */
export async function counted(stub: { counts(): Promise<Counts> }, act: () => Promise<unknown>): Promise<Counts> {
  const before = await stub.counts()
  await act()
  const { connections, calls } = await stub.counts()
  const names = Object.keys(calls).map((name) => [name, (calls[name] ?? 0) - (before.calls[name] ?? 0)])
  return { connections: connections - before.connections, calls: Object.fromEntries(names) }
}

/** CPU of a process from its start to its first answer, in ms. */
export function cpuToFirstAnswer(kind: string, { env }: Stage, plan: string): number {
  const text = execFileSync(process.execPath, ['--require', REDIRECT, SUBJECT, kind, plan], { env, encoding: 'utf8' })
  return Number(text.trim().split('\n').at(-1))
}

/**
 * Instructions of a process from its start to its first answer, by valgrind: without a JIT they are nearly the same in each run.
 * @returns undefined if there is no valgrind
 */
export function instructionsToFirstAnswer(
  kind: string,
  { env }: Stage,
  plan: string,
  folder: string,
): number | undefined {
  const out = join(folder, 'cachegrind')
  const valgrind = ['--tool=cachegrind', '--cache-sim=no', `--cachegrind-out-file=${out}`]
  const node = [process.execPath, '--jitless', '--single-threaded', '--require', REDIRECT, SUBJECT, kind, plan]
  try {
    execFileSync('valgrind', [...valgrind, ...node], { env, stdio: 'ignore' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return Number(/^summary:\s*(\d+)/m.exec(readFileSync(out, 'utf8'))?.[1])
}
