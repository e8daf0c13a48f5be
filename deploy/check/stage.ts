// The stage: its choices, the settings that would be packaged, and what its region is without.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../finding.ts'
import { isLocalStage, localSettings } from '../settings.ts'

/** What deploy/choices.cjs makes of the files and parameters, as far as it is looked at here. */
export type Choices = {
  readonly alarm_actions: readonly unknown[]
  readonly settle_concurrency: number | null
  readonly tracing: boolean
}

export type Plan = {
  readonly stage: string
  readonly region: string
  readonly table: string
  readonly prefix: string
  readonly environment: Readonly<Record<string, string>>
}

/** serverless.yml's `service` and the stack's name that the framework makes of it. */
const SERVICE = 'redpack'

export function stackOf(stage: string): string {
  return `${SERVICE}-${stage}`
}

/** What serverless.yml would give the functions, by the shell's variables; a test holds the two equal. */
export function planOf(stage: string, region: string, env: NodeJS.ProcessEnv): Plan {
  const environment = {
    REDPACK_TABLE: env.REDPACK_TABLE ?? `${SERVICE}-${stage}`,
    REDPACK_SECRET_PREFIX: env.REDPACK_SECRET_PREFIX ?? `${SERVICE}/${stage}`,
    WECHATPAY_ORIGIN: env.WECHATPAY_ORIGIN ?? 'https://api.mch.weixin.qq.com',
    WECHATPAY_CA: env.WECHATPAY_CA ?? '',
    REDPACK_EPOCH: env.REDPACK_EPOCH ?? '1',
    REDPACK_RETENTION_DAYS: env.REDPACK_RETENTION_DAYS ?? '400',
  }
  const prefix = environment.REDPACK_SECRET_PREFIX.replace(/\/+$/, '')
  return { stage, region, table: environment.REDPACK_TABLE, prefix, environment }
}

/** `choose` throws what is wrong with the choices; `folder` has their files. */
export function* examineStage(
  { stage, region, environment }: Plan,
  choose: () => Choices,
  folder: string,
  shell: NodeJS.ProcessEnv,
): Generator<Finding, Choices | undefined> {
  const file = `deploy/${stage}.yml`
  yield existsSync(join(folder, `${stage}.yml`))
    ? { check: 'stage', state: 'good', text: `${file} is there` }
    : {
        check: 'stage',
        state: 'doubt',
        text: `There is no ${file}: the defaults of deploy/default.yml hold`,
        fix: `write ${file} with the choices that differ, at least alarm_email or alarm_topic (docs/deploy.md)`,
      }
  for (const name of localNames(stage, environment, shell)) {
    yield {
      check: 'stage',
      state: 'bad',
      text: `${name.name}=${name.value} ${name.why}`,
      fix: `unset ${name.name}, or open another shell`,
    }
  }
  if (region.startsWith('cn-')) yield* ofChina()
  try {
    const choices = choose()
    if (choices.tracing && region.startsWith('cn-'))
      yield {
        check: 'region',
        state: 'doubt',
        text: 'In China, AWS has no X-Ray tracing of functions',
        fix: `set tracing: false in ${file} (docs/deploy.md, China)`,
      }
    if (choices.alarm_actions.length === 0)
      yield {
        check: 'stage',
        state: 'doubt',
        text: 'Nobody is told of an alarm',
        fix: `set alarm_email or alarm_topic in ${file}`,
      }
    else yield { check: 'stage', state: 'good', text: 'The choices of the stage hold' }
    return choices
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    yield { check: 'stage', state: 'bad', text, fix: `correct it in ${file} or in the parameter (docs/deploy.md)` }
    return undefined
  }
}

function localNames(stage: string, environment: Plan['environment'], shell: NodeJS.ProcessEnv) {
  return isLocalStage(stage) ? [] : localSettings(environment, shell)
}

function* ofChina(): Generator<Finding> {
  yield {
    check: 'region',
    state: 'doubt',
    text: 'In China, API Gateway answers 403 to every request until the account has an ICP filing (备案)',
    fix: 'ask Sinnet (Beijing) or NWCD (Ningxia) for the filing before you deploy (docs/deploy.md, China)',
  }
}
