// Loaded by --import with REDPACK_MUTANT: takes one rule out of the source text while it is loaded. The files stay as they are.
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Edit, MUTANTS } from './mutants.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const name = process.env.REDPACK_MUTANT
const mutant = MUTANTS.find((one) => one.name === name)
if (!mutant) throw new Error(`REDPACK_MUTANT ${name}: there is no such mutant`)
const open = new Set(mutant.edits)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const edits = url.startsWith('file:') ? mutant.edits.filter(({ file }) => fileURLToPath(url) === ROOT + file) : []
    if (edits.length === 0) return loaded
    return { ...loaded, source: edits.reduce(edited, String(loaded.source)) }
  },
})

process.once('beforeExit', () => {
  for (const { file } of open) throw new Error(`mutant ${name}: ${file} was never loaded`)
})

function edited(source: string, edit: Edit): string {
  const parts = source.split(edit.replace)
  if (parts.length !== 2) {
    throw new Error(
      `mutant ${name}: ${edit.file} has ${parts.length - 1} places that read ${JSON.stringify(edit.replace)}`,
    )
  }
  open.delete(edit)
  return parts.join(edit.by)
}
