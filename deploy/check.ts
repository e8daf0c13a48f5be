// npm run deploy:check -- --stage prod --region ap-southeast-1: what is missing, before anything is deployed. It changes nothing.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { awsClients } from './check/aws.ts'
import { examine } from './check/examine.ts'
import { type Choices, planOf } from './check/stage.ts'
import { wantedTable } from './check/table.ts'
import { command } from './command.ts'
import { tell } from './finding.ts'

const USAGE = `npm run deploy:check -- --stage prod [--region ap-southeast-1] [--param="name=value" …]

Says what is missing before \`npx serverless deploy\` with the same arguments: Node and npm, the stage's file, settings of one machine,
credentials, secrets, dates of certificates, the stack, and whether the table would stay. It changes nothing, and ends with 1 if
something has to be mended. AWS_PROFILE, AWS_REGION and AWS_ENDPOINT_URL_… are the SDK's own.`

const require = createRequire(import.meta.url)
const { choose }: { choose: (stage: string, params: Record<string, unknown>) => Choices } = require('./choices.cjs')

function argumentsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      stage: { type: 'string', short: 's' },
      region: { type: 'string', short: 'r' },
      param: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
    },
  })
  return values
}

/** As deploy/choices.cjs reads them: `name=value`; whole numbers as numbers, true and false as what they are. */
function parametersOf(params: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    params.map((param) => {
      const [name = '', ...rest] = param.split('=')
      const value = rest.join('=')
      if (value === 'true' || value === 'false') return [name, value === 'true']
      return [name, /^\d+$/.test(value) ? Number(value) : value]
    }),
  )
}

function frameworkVersion(): string | undefined {
  try {
    return require('serverless/package.json').version
  } catch {
    return undefined
  }
}

async function check(stage: string, region: string, { param }: ReturnType<typeof argumentsOf>): Promise<number> {
  const { env } = process
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  console.log(`Before \`npx serverless deploy --stage ${stage} --region ${region}\`:\n`)
  const findings = examine({
    machine: {
      node: process.versions.node,
      npm_user_agent: env.npm_config_user_agent,
      engines: engines.node,
      framework: frameworkVersion(),
    },
    plan: planOf(stage, region, env),
    choose: () => choose(stage, parametersOf(param)),
    folder: fileURLToPath(new URL('.', import.meta.url)),
    shell: env,
    clients: awsClients(region),
    table: wantedTable(),
    now_ms: Date.now(),
  })
  return await tell(findings, { good: 'Nothing stands in the way.', bad: 'Do not deploy yet.' })
}

process.exitCode = await command(USAGE, argumentsOf, check)
