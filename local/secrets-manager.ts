// A stand-in for AWS Secrets Manager, kept in one file: what this project calls of it, and what it refuses.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listen } from './listen.ts'
import { AMZ_JSON, guardServer } from './own-machine.ts'
import { putVersion, Refusal, type Secret, updateStage, type Value, type Version } from './secret-versions.ts'

export type SecretsManager = {
  endpoint: string
  /** Names of the secrets read so far, in order. */
  reads(): readonly string[]
  stop(): Promise<void>
}

/** A list: as earlier versions of this file kept a secret. */
type Stored = Record<string, Secret | Version[]>
type Parameters = Record<string, unknown>

/** A value of 64 KB, however much of it JSON escapes. */
const BODY_MAX_BYTES = 512 * 1024
/** Reads that are remembered. */
const READS_MAX = 10_000
/** Days that a deleted secret can be restored in, unless the request says how many. */
const RECOVERY_DAYS = 30
const DAY_S = 86_400

/** `file` undefined: in memory. `port` 0: any. @throws PortTakenError */
export async function startSecretsManager({
  file,
  port = 0,
}: {
  file?: string
  port?: number
}): Promise<SecretsManager> {
  const secrets = load(file)
  const reads: string[] = []
  const operations = {
    GetSecretValue: get,
    DescribeSecret: describe,
    CreateSecret: create,
    PutSecretValue: put,
    UpdateSecretVersionStage: move,
    DeleteSecret: remove,
    RestoreSecret: restore,
  }

  function save(): void {
    if (file === undefined) return
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(secrets), null, 2), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  /** `deleted`: one that is marked for deletion will do, too. */
  function find(parameters: Parameters, deleted = false): [string, Secret] {
    const name = (textOf(parameters, 'SecretId') ?? '').replace(/^arn:.*:secret:(.*)-[A-Za-z0-9]{6}$/, '$1')
    const found = secrets.get(name)
    if (!found) throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    if (found.DeletedDate !== undefined && !deleted) {
      throw new Refusal(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      )
    }
    return [name, found]
  }

  function get(parameters: Parameters) {
    const [Name, { versions }] = find(parameters)
    if (reads.push(Name) > READS_MAX) reads.shift()
    const [id, stage = 'AWSCURRENT'] = [textOf(parameters, 'VersionId'), textOf(parameters, 'VersionStage')]
    const version = versions.find((one) => (id ? one.VersionId === id : one.VersionStages.includes(stage)))
    if (!version) {
      throw new Refusal(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${id ? `VersionId: ${id}` : `staging label: ${stage}`}`,
      )
    }
    return { ARN: arnOf(Name), Name, ...version }
  }

  function describe(parameters: Parameters) {
    const [Name, { versions, DeletedDate }] = find(parameters, true)
    const VersionIdsToStages = Object.fromEntries(versions.map((one) => [one.VersionId, one.VersionStages]))
    return {
      ARN: arnOf(Name),
      Name,
      CreatedDate: versions.at(-1)?.CreatedDate,
      LastChangedDate: versions[0]?.CreatedDate,
      DeletedDate,
      VersionIdsToStages,
    }
  }

  function create(parameters: Parameters) {
    const Name = textOf(parameters, 'Name') ?? ''
    if (!/^[\w/+=.@-]{1,512}$/.test(Name)) throw new Refusal('InvalidParameterException', 'Invalid name.')
    const there = secrets.get(Name)
    if (there?.DeletedDate !== undefined) {
      throw new Refusal(
        'InvalidRequestException',
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      )
    }
    const [value, token] = [secretValue(parameters), textOf(parameters, 'ClientRequestToken')]
    const repeated = there?.versions.some(({ VersionId }) => VersionId === token)
    if (there && !repeated) {
      throw new Refusal('ResourceExistsException', `The operation failed because the secret ${Name} already exists.`)
    }
    const secret = there ?? { versions: [] }
    const empty = value.SecretString === undefined && value.SecretBinary === undefined
    const version = empty ? undefined : putVersion(secret, value, token)
    secrets.set(Name, secret)
    save()
    return { ARN: arnOf(Name), Name, VersionId: version?.VersionId, VersionStages: version?.VersionStages }
  }

  function put(parameters: Parameters) {
    const [Name, secret] = find(parameters)
    const labels = parameters.VersionStages as string[] | undefined
    const token = textOf(parameters, 'ClientRequestToken')
    const { VersionId, VersionStages } = putVersion(secret, secretValue(parameters), token, labels)
    save()
    return { ARN: arnOf(Name), Name, VersionId, VersionStages }
  }

  function move(parameters: Parameters) {
    const [Name, secret] = find(parameters)
    const [to, from] = [textOf(parameters, 'MoveToVersionId'), textOf(parameters, 'RemoveFromVersionId')]
    updateStage(secret, textOf(parameters, 'VersionStage') ?? '', to, from)
    save()
    return { ARN: arnOf(Name), Name }
  }

  function remove(parameters: Parameters) {
    const [Name, secret] = find(parameters)
    const days = Number(parameters.RecoveryWindowInDays ?? RECOVERY_DAYS)
    const DeletionDate = Date.now() / 1000 + (parameters.ForceDeleteWithoutRecovery ? 0 : days * DAY_S)
    if (parameters.ForceDeleteWithoutRecovery) secrets.delete(Name)
    else secret.DeletedDate = Date.now() / 1000
    save()
    return { ARN: arnOf(Name), Name, DeletionDate }
  }

  function restore(parameters: Parameters) {
    const [Name, secret] = find(parameters, true)
    delete secret.DeletedDate
    save()
    return { ARN: arnOf(Name), Name }
  }

  const server = createServer(async (request, response) => {
    try {
      const name = String(request.headers['x-amz-target']).replace('secretsmanager.', '')
      if (!Object.hasOwn(operations, name)) throw new Refusal('UnknownOperationException', `No operation ${name} here.`)
      const parameters = JSON.parse((await bodyOf(request)) || '{}')
      reply(response, 200, operations[name as keyof typeof operations](parameters))
    } catch (error) {
      const type = error instanceof Refusal ? error.type : 'InvalidRequestException'
      reply(response, 400, { __type: type, Message: error instanceof Error ? error.message : 'Invalid request.' })
    }
  })
  guardServer(server, { content_type: AMZ_JSON })
  await listen(server, port, 'Secrets Manager')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reads: () => [...reads],
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function load(file: string | undefined): Map<string, Secret> {
  const stored: Stored = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return new Map(
    Object.entries(stored).map(([name, secret]) => [name, Array.isArray(secret) ? { versions: secret } : secret]),
  )
}

function textOf(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw new Refusal('SerializationException', `${name} is not a string.`)
}

/** Members that are there, and no others: a version is compared by them. */
function secretValue(parameters: Parameters): Value {
  const [SecretString, SecretBinary] = [textOf(parameters, 'SecretString'), textOf(parameters, 'SecretBinary')]
  return { ...(SecretString !== undefined && { SecretString }), ...(SecretBinary !== undefined && { SecretBinary }) }
}

function arnOf(name: string): string {
  return `arn:aws:secretsmanager:local:000000000000:secret:${name}-redpak`
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk
    if (body.length > BODY_MAX_BYTES) throw new Refusal('InvalidRequestException', 'The request is too large.')
  }
  return body
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
}
