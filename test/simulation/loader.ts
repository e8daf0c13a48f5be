// Loaded by --import with REDPACK_MUTANT: changes one place of the real code while it is loaded. The files stay as they are.
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { MUTANTS } from './mutants.ts'
import { mutate } from './mutate.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const name = process.env.REDPACK_MUTANT
const mutant = MUTANTS.find((one) => one.name === name)
if (!mutant) throw new Error(`REDPACK_MUTANT ${name}: there is no such mutant`)
let isLoaded = false

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.startsWith('file:') || fileURLToPath(url) !== ROOT + mutant.file) return loaded
    isLoaded = true
    return { ...loaded, source: mutate(String(loaded.source), mutant) }
  },
})

process.once('beforeExit', () => {
  if (!isLoaded) throw new Error(`mutant ${name}: ${mutant.file} was never loaded`)
})
