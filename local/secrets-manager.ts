// A stand-in for AWS Secrets Manager: GetSecretValue, PutSecretValue, CreateSecret and DescribeSecret, kept in one file.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listen } from './listen.ts'
import { AMZ_JSON, guardServer } from './own-machine.ts'

export type SecretsManager = {
  endpoint: string
  /** Names of the secrets read so far, in order. */
  reads(): readonly string[]
  stop(): Promise<void>
}

type Version = { SecretString: string; VersionId: string; CreatedDate: number; VersionStages: string[] }
type Secrets = Record<string, Version[]>
type Parameters = Record<string, string | undefined>

const BODY_MAX_BYTES = 128 * 1024
/** Reads that are remembered. */
const READS_MAX = 10_000

class Refusal extends Error {
  readonly type: string
  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

/** `file` undefined: in memory. `port` 0: any. @throws PortTakenError */
export async function startSecretsManager({
  file,
  port = 0,
}: {
  file?: string
  port?: number
}): Promise<SecretsManager> {
  const secrets: Secrets = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const reads: string[] = []
  const operations = { GetSecretValue: get, DescribeSecret: describe, CreateSecret: create, PutSecretValue: put }

  function save(): void {
    if (file === undefined) return
    writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  function versions({ SecretId = '' }: Parameters): [string, Version[]] {
    const name = SecretId.replace(/^arn:.*:secret:(.*)-[A-Za-z0-9]{6}$/, '$1')
    const found = Object.hasOwn(secrets, name) ? secrets[name] : undefined
    if (!found) throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    return [name, found]
  }

  function get(parameters: Parameters) {
    const [Name, found] = versions(parameters)
    if (reads.push(Name) > READS_MAX) reads.shift()
    const { VersionId, VersionStage = 'AWSCURRENT' } = parameters
    const version = found.find((one) =>
      VersionId ? one.VersionId === VersionId : one.VersionStages.includes(VersionStage),
    )
    if (!version)
      throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret version.")
    return { ARN: arnOf(Name), Name, ...version }
  }

  function describe(parameters: Parameters) {
    const [Name, found] = versions(parameters)
    const VersionIdsToStages = Object.fromEntries(found.map((one) => [one.VersionId, one.VersionStages]))
    return {
      ARN: arnOf(Name),
      Name,
      CreatedDate: found.at(-1)?.CreatedDate,
      LastChangedDate: found[0]?.CreatedDate,
      VersionIdsToStages,
    }
  }

  function create({ Name, SecretString, ClientRequestToken }: Parameters) {
    if (!Name || !/^[\w/+=.@-]{1,512}$/.test(Name)) throw new Refusal('InvalidParameterException', 'Invalid name.')
    if (Object.hasOwn(secrets, Name)) {
      throw new Refusal('ResourceExistsException', `The operation failed because the secret ${Name} already exists.`)
    }
    secrets[Name] = []
    return add(Name, SecretString, ClientRequestToken)
  }

  function put(parameters: Parameters) {
    const [Name] = versions(parameters)
    return add(Name, parameters.SecretString, parameters.ClientRequestToken)
  }

  /** AWS's order of stages: the new version is AWSCURRENT, the one before AWSPREVIOUS, older ones none. */
  function add(Name: string, SecretString = '', VersionId: string = randomUUID()) {
    const before = (secrets[Name] ?? []).slice(0, 1).map((one) => ({ ...one, VersionStages: ['AWSPREVIOUS'] }))
    secrets[Name] = [
      { SecretString, VersionId, CreatedDate: Date.now() / 1000, VersionStages: ['AWSCURRENT'] },
      ...before,
    ]
    save()
    return { ARN: arnOf(Name), Name, VersionId, VersionStages: ['AWSCURRENT'] }
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
