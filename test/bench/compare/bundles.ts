// The bundles that ship, by serverless.yml's own settings, and one of lib/wechatpay alone.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { parse } from 'yaml'
import trim from '../../../deploy/trim.ts'

const HANDLERS = ['send', 'list', 'get', 'status', 'settle', 'campaign-start', 'campaign-worker'] as const

export type Bundles = { folder: string; wechatpay: string; bytes: Record<string, number> }

export async function makeBundles(root: string, folder: string): Promise<Bundles> {
  const settings = bundling(root)
  const entryPoints = HANDLERS.map((name) => join(root, 'handlers', `${name}.ts`))
  await build({ ...settings, plugins: trim, entryPoints, outdir: folder })
  const outfile = join(folder, 'wechatpay.cjs')
  await build({ ...settings, entryPoints: [join(import.meta.dirname, 'wechatpay.ts')], outfile })
  const bytes = Object.fromEntries(HANDLERS.map((name) => [name, statSync(join(folder, `${name}.cjs`)).size]))
  return { folder, wechatpay: outfile, bytes }
}

/** What of custom.esbuild is esbuild's own. */
function bundling(root: string): BuildOptions {
  const { esbuild } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8')).custom
  const { bundle, minify, platform, target, format, mainFields, charset, alias } = esbuild
  const options = { bundle, minify, platform, target, format, mainFields, charset, alias }
  return { ...options, absWorkingDir: root, outExtension: { '.js': '.cjs' } }
}
