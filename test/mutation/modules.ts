// Modules of this project loaded anew for each run of their tests, one of them with a change in it, all in this process.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const sources = new Map<string, string>()

/** A module without its types: positions and lines stay as they are. */
export function javascript(file: string): string {
  const code = sources.get(file) ?? stripTypeScriptTypes(readFileSync(file, 'utf8'), { mode: 'strip' })
  sources.set(file, code)
  return code
}

let run: { number: number; file: string; code: string } | undefined
let runs = 0

registerHooks({
  resolve(specifier, context, next) {
    if (run && specifier === 'vitest') return next('./vitest.ts', { ...context, parentURL: import.meta.url })
    const resolved = next(specifier, context)
    const isOurs = /\/(lib|test\/unit)\/[^?]*\.ts$/.test(resolved.url)
    return run && isOurs ? { ...resolved, url: `${resolved.url}?run=${run.number}`, format: 'module' } : resolved
  },
  load(url, context, next) {
    if (!run || !url.includes('?run=')) return next(url, context)
    const file = fileURLToPath(url)
    return { format: 'module', source: file === resolve(run.file) ? run.code : javascript(file), shortCircuit: true }
  },
})

/**
 * Runs tests with `code` in the place of a module.
 * @returns the failure of the first test that notices, or undefined if none does
 */
export async function failureOf(file: string, code: string, tests: readonly string[]): Promise<unknown> {
  runs += 1
  run = { number: runs, file, code }
  try {
    for (const test of tests) await import(pathToFileURL(resolve(test)).href)
    return undefined
  } catch (error) {
    return error
  } finally {
    run = undefined
  }
}
