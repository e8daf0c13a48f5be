// npm run smoke -- --profile prod: after a deployment, whether it works. It pays nobody and changes nothing.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CLIENT } from './check/aws.ts'
import { planOf } from './check/stage.ts'
import { command } from './command.ts'
import { type Finding, tell } from './finding.ts'
import { examineAlarms } from './smoke/alarms.ts'
import { redpackCommand } from './smoke/command.ts'
import { examineByDoctor, examineQueries, examineSend } from './smoke/service.ts'

const USAGE = `npm run smoke -- [--profile prod] [--stage prod] [--region ap-southeast-1]

After \`npx serverless deploy\`: the doctor, a question to each function that callers ask (for a packet that does not exist), and the
alarms' state. It pays nobody and changes nothing, and ends with 1 if something has to be mended. Endpoint, keyid and secret are
those of the profile, or REDPACK_ENDPOINT, REDPACK_KEYID and REDPACK_SECRET. Without --stage, the stage has the profile's name.`

function argumentsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string', short: 'p' },
      stage: { type: 'string', short: 's' },
      region: { type: 'string', short: 'r' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  return { ...values, stage: values.stage ?? values.profile }
}

async function* examine(profile: string | undefined, stage: string, region: string): AsyncGenerator<Finding> {
  const { env } = process
  // Where the doctor looks on the operator's side; a profile that says where comes first.
  const { table, prefix } = planOf(stage, region, env)
  Object.assign(env, { REDPACK_TABLE: table, REDPACK_SECRET_PREFIX: prefix })
  env.AWS_REGION ??= region
  const redpack = redpackCommand(profile)
  yield* examineByDoctor(redpack)
  yield* examineQueries(redpack)
  yield* examineSend(redpack, fetch, packageVersion())
  yield* examineAlarms(stage, new CloudWatchClient({ ...CLIENT, region }))
}

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

async function smoke(stage: string, region: string, { profile }: ReturnType<typeof argumentsOf>): Promise<number> {
  console.log(`Stage ${stage} in ${region}:\n`)
  return await tell(examine(profile, stage, region), {
    good: 'It works.',
    bad: 'The way back stands in docs/deploy.md (The way back).',
  })
}

process.exitCode = await command(USAGE, argumentsOf, smoke)
