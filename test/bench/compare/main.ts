// npm run bench: a send beside the libraries that people would use instead. Writes docs/benchmarks.md and its plot.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measure } from './figures.ts'
import { writePlot } from './plot.ts'
import { writeReport } from './report.ts'

const root = new URL('../../../', import.meta.url)
const folder = fileURLToPath(new URL('.redpack/bench', root))
mkdirSync(folder, { recursive: true })
const results = await measure(fileURLToPath(root), folder, (text) => console.log(text))
writeReport(new URL('docs/benchmarks.md', root), results)
writePlot(new URL('docs/images/benchmarks.svg', root), results)
console.log(JSON.stringify(results, undefined, 2))
