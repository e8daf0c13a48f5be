// A Serverless plugin: nothing of one machine is packaged or deployed under another stage's name, and every package says what it points at.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Finding, isLocalStage, localSettings } from './settings.ts'

type Environment = Record<string, unknown>
type LambdaFunction = { environment?: Environment }
type Template = {
  Resources?: Record<string, { Type: string; Properties?: { Environment?: { Variables?: Environment } } }>
}
/** What is used here of osls; it has no types of its own. */
type Serverless = {
  serviceDir: string
  service: {
    provider: { environment?: Environment }
    functions: Record<string, LambdaFunction>
    package: { path?: string }
  }
  classes: { Error: new (message: string, code: string) => Error }
  getProvider(name: 'aws'): { getStage(): string; getRegion(): string }
}
type Writers = { log: { notice(line?: string): void } }

const TEMPLATE = 'cloudformation-template-update-stack.json'
const LOCAL_KEY = 'local'

export default class Deployment {
  readonly hooks: Record<string, () => void>

  constructor(serverless: Serverless, options: { package?: string }, { log }: Writers) {
    const folder = options.package ?? serverless.service.package.path
    const check = (environments: Environment[]) => {
      const aws = serverless.getProvider('aws')
      const findings = environments.flatMap((environment) => localSettings(environment, process.env))
      if (!isLocalStage(aws.getStage()) && findings.length > 0) {
        throw new serverless.classes.Error(refusal(aws.getStage(), findings), 'REDPACK_LOCAL_SETTINGS')
      }
    }
    const tell = (environments: Environment[]) => {
      if (environments.length === 0) return
      const aws = serverless.getProvider('aws')
      for (const line of summary(aws.getStage(), aws.getRegion(), environments)) log.notice(line)
    }
    this.hooks = {
      'before:package:initialize': () => check(configured(serverless)),
      'after:package:finalize': () => tell(configured(serverless)),
      'before:deploy:function:initialize': () => {
        check(configured(serverless))
        tell(configured(serverless))
      },
      // `deploy --package` takes a package that was made before, perhaps with other settings or for another stage.
      'before:deploy:deploy': () => {
        if (folder === undefined) return
        const environments = packaged(resolve(serverless.serviceDir, folder))
        check(environments)
        tell(environments)
      },
    }
  }
}

/** The environment of each function as serverless.yml gives it. */
function configured({ service }: Serverless): Environment[] {
  return Object.values(service.functions).map(({ environment }) => ({
    ...service.provider.environment,
    ...environment,
  }))
}

/** The environment of each function in a package; the framework itself says so if there is none. */
function packaged(folder: string): Environment[] {
  let template: Template
  try {
    template = JSON.parse(readFileSync(join(folder, TEMPLATE), 'utf8'))
  } catch {
    return []
  }
  return Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties?.Environment?.Variables ?? {})
}

function summary(stage: string, region: string, environments: Environment[]): string[] {
  const values = (name: string) =>
    [...new Set(environments.map((environment) => String(environment[name] ?? '')))].join(', ')
  return [
    '',
    `  stage     ${stage} (${region})`,
    `  table     ${values('REDPACK_TABLE')}`,
    `  secrets   ${values('REDPACK_SECRET_PREFIX')}/…`,
    `  WeChat    ${values('WECHATPAY_ORIGIN')}`,
  ]
}

function refusal(stage: string, findings: readonly Finding[]): string {
  const lines = new Set(findings.map(({ name, value, why }) => `  ${name}=${value} ${why}`))
  const found = new Set(findings.map(({ name }) => name))
  const exported = [...found].filter((name) => process.env[name] !== undefined)
  // What `npm start` prints beside them; AWS does not know these credentials.
  if (process.env.AWS_ACCESS_KEY_ID === LOCAL_KEY)
    exported.push('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION')
  return [
    `The settings of stage "${stage}" belong to one machine; nothing was packaged or deployed:`,
    ...lines,
    exported.length > 0
      ? `They are exported in this shell. Open another one, or: unset ${exported.join(' ')}`
      : 'They stand in serverless.yml, or in the package.',
    'A stage named local, or ending in -local, may have them.',
  ].join('\n')
}
