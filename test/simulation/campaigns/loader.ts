// Loaded by --import with REDPACK_MUTANT: changes one place of the code of campaigns while it is loaded. The files stay as they are.
import { registerHooks } from 'node:module'
import { mutate } from '../mutate.ts'
import { MUTANTS } from './mutants.ts'

const name = process.env.REDPACK_MUTANT
const mutant = MUTANTS.find((one) => one.name === name)
if (!mutant) throw new Error(`REDPACK_MUTANT ${name}: there is no such mutant`)
const url = new URL(`../../../lib/campaigns/${mutant.file}`, import.meta.url).href

registerHooks({
  load(loading, context, nextLoad) {
    const loaded = nextLoad(loading, context)
    return loading === url ? { ...loaded, source: mutate(String(loaded.source), mutant) } : loaded
  },
})
