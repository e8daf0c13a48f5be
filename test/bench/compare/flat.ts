// npm run bench:flat [-- SENDS]: memory and open files of one container over 100,000 sends, from the first 1,000 on.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { makeBundles } from './bundles.ts'
import { planFile, startSubject } from './runs.ts'
import { setStage } from './stage.ts'

const SENDS = Number(process.argv[2] ?? 100_000)
const FIRST = 1_000
const STEPS = 10
/** The stubs forget, so the same requests can be made again. */
const REQUESTS = 1_000

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = fileURLToPath(new URL('../../../.redpack/bench', import.meta.url))
mkdirSync(folder, { recursive: true })
const bundles = await makeBundles(root, `${folder}/bundles`)
const stage = await setStage(folder, REQUESTS)
try {
  const plan = planFile(folder, stage, { bundle: `${bundles.folder}/send.cjs` })
  const subject = await startSubject('bundle', stage, plan)
  console.log('| sends | memory MB | open files |')
  console.log('| --- | --- | --- |')
  const each = Math.round((SENDS - FIRST) / STEPS)
  for (let sent = 0; sent < SENDS; ) {
    const count = sent === 0 ? FIRST : Math.min(each, SENDS - sent)
    const { rss_mb, descriptors } = await subject.run({ from: sent, count })
    sent += count
    console.log(`| ${sent.toLocaleString('en')} | ${Math.round(rss_mb)} | ${descriptors} |`)
  }
  await subject.stop()
} finally {
  await stage.stop()
}
