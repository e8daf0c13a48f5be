// npm run browser: a Chromium for the tests where the machine has none, from the npm registry. It never fails: without one they are skipped.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { FOLDER, type Found, findChromium, launch, NOTE } from './chromium.ts'

/** Its package has the browser itself, 67 MB, so that nothing more is downloaded. */
const PACKAGE = '@sparticuz/chromium@153.0.0'

type Packed = {
  default: { executablePath(): Promise<string> }
  inflate(file: string): Promise<string>
}

async function unpack(): Promise<Found> {
  mkdirSync(FOLDER, { recursive: true })
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-save', '--no-package-lock', '--prefix', FOLDER, PACKAGE],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) || 'npm install failed')
  // It unpacks itself into the system's folder for such files.
  process.env.TMPDIR = FOLDER.replace(/\/$/, '')
  const folder = `${FOLDER}node_modules/@sparticuz/chromium`
  const { default: packed, inflate } = (await import(pathToFileURL(`${folder}/build/index.js`).href)) as Packed
  const path = await packed.executablePath()
  const bare = { path }
  if (await starts(bare)) return bare
  await inflate(`${folder}/bin/al2023.tar.br`)
  const found = { path, libraries: `${FOLDER}al2023/lib` }
  await (await launch(found)).close()
  return found
}

async function starts(found: Found): Promise<boolean> {
  try {
    await (await launch(found)).close()
    return true
  } catch {
    return false
  }
}

const there = findChromium()
if (there) console.log(`Tests in a browser: ${there.path}`)
else {
  try {
    const found = await unpack()
    writeFileSync(NOTE, JSON.stringify(found))
    console.log(`Tests in a browser: ${found.path}`)
  } catch (error) {
    rmSync(FOLDER, { recursive: true, force: true })
    const [why] = String((error as Error).message).split('\n')
    console.log(
      `Tests in a browser are skipped: no Chromium on this machine, and that of the registry cannot be used (${why})`,
    )
  }
}
