// The recipes of the README as they stand there, each by the interpreter that this machine has for it.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/client.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const CHINESE = readFileSync(new URL('../../README.zh-CN.md', import.meta.url), 'utf8')

/** How each recipe is run, and how one sees whether it can be. */
const RECIPES = {
  curl: { file: 'send.sh', run: ['sh', 'send.sh'], probe: ['curl', '--version'] },
  Node: { file: 'send.mjs', run: [process.execPath, 'send.mjs'], probe: [process.execPath, '--version'] },
  Python: { file: 'send.py', run: ['python3', 'send.py'], probe: ['python3', '-c', 'import requests'] },
  PHP: { file: 'send.php', run: ['php', 'send.php'], probe: ['php', '-r', 'curl_init();'] },
  Java: { file: 'Send.java', run: ['java', '-Dfile.encoding=UTF-8', 'Send.java'], probe: ['java', '--version'] },
  Go: { file: 'send.go', run: ['go', 'run', 'send.go'], probe: ['go', 'version'] },
} as const

function recipe(readme: string, name: string): string {
  return new RegExp(`\n### ${name}\n\n\`\`\`\\w+\n([\\s\\S]*?)\n\`\`\`\n`).exec(readme)?.[1] ?? ''
}

let folder: string
let simulator: ReturnType<typeof spawn>
let told: { port: number; control_origin: string }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  const merchant = ['--merchant', 'mch_id=1900000109', '--key', '192006250b4c09247ec02edce69f6a2d']
  const args = [MAIN, ...merchant, '--port', '0', '--control-port', '0', '--json', '--quiet']
  simulator = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  told = JSON.parse(String(await new Promise((resolve) => simulator.stdout?.once('data', resolve))))
})
afterAll(async () => {
  const ended = new Promise((resolve) => simulator.once('exit', resolve))
  simulator.kill()
  await ended
  rmSync(folder, { recursive: true, force: true })
})

for (const [name, { file, run, probe }] of Object.entries(RECIPES)) {
  const [command, ...args] = probe
  const able = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (!able) console.warn(`skipped: the recipe for ${name}, as this machine cannot run it`)

  test.skipIf(!able)(`${name} sends`, { timeout: 300_000 }, async () => {
    const code = recipe(README, name)
    expect(code).toContain('8443')
    expect(recipe(CHINESE, name)).toBe(code)
    writeFileSync(join(folder, file), code.replaceAll('8443', String(told.port)))
    const [program, ...rest] = run
    const answer = await output(program, rest)
    expect(answer).toContain('<err_code_des><![CDATA[发放成功]]></err_code_des>')
    const { debits } = await connect(told.control_origin).ledger()
    expect(debits.map(({ mch_billno }) => mch_billno)).toContain(`${name.toUpperCase()}1`)
  })
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    child.once('error', reject)
    child.once('close', () => resolve(text))
  })
}
