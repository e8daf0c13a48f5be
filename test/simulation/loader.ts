// The simulation loaded anew for each mutant, with one place of the real code changed, all in this process. The files stay as they are.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Mutant, mutate } from './mutate.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const sources = new Map<string, string>()
let loads = 0
let loading: { mark: string; mutant: Mutant; isLoaded: boolean } | undefined

/** A module without its types. */
function javascript(file: string, source = readFileSync(file, 'utf8')): string {
  const code = sources.get(source) ?? stripTypeScriptTypes(source)
  sources.set(source, code)
  return code
}

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const isOurs = /^file:[^?]*\/(lib|test)\/[^?]*\.ts$/.test(resolved.url) && !resolved.url.includes('/node_modules/')
    return loading && isOurs ? { ...resolved, url: `${resolved.url}?${loading.mark}`, format: 'module' } : resolved
  },
  load(url, context, next) {
    if (!loading || !url.endsWith(`?${loading.mark}`)) return next(url, context)
    const file = fileURLToPath(url)
    if (file !== ROOT + loading.mutant.file) return { format: 'module', source: javascript(file), shortCircuit: true }
    loading.isLoaded = true
    const source = javascript(file, mutate(readFileSync(file, 'utf8'), loading.mutant))
    return { format: 'module', source, shortCircuit: true }
  },
})

/**
 * What `simulation` imports, over the code as it is, or over a mutant of it.
 * @throws Error if the mutant has no place in the code
 */
export async function load<T>(simulation: () => Promise<T>, mutant: Mutant | undefined): Promise<T> {
  if (!mutant) return await simulation()
  loads += 1
  loading = { mark: `mutant=${loads}`, mutant, isLoaded: false }
  try {
    const loaded = await simulation()
    if (!loading.isLoaded) throw new Error(`mutant ${mutant.name}: ${mutant.file} was never loaded`)
    return loaded
  } finally {
    loading = undefined
  }
}
