// Changing a secret while others may: the new version is put under a label of our own, and AWSCURRENT is moved to it from
// the version that was read. AWS refuses that if another was quicker; then it is read and changed again.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { mayPass } from '../../lib/aws/failure.ts'

/** AWS allows a secret 20 labels: one that is used again leaves none behind. */
const LABEL = 'REDPACK_WRITTEN'
const CURRENT = 'AWSCURRENT'
/** Each round one of those who compete comes through. */
const ROUNDS_MAX = 12
const PAUSE_MAX_MS = 200

export type Version = { id: string; text: string | undefined; binary: boolean }
export type Done = 'created' | 'updated' | 'unchanged'

/** Others were quicker, time after time; nothing of ours stands. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

/** The call that would have told whether it is written was lost, and so was the look afterwards. `cause`: why. */
export class InDoubtError extends Error {
  override readonly name = 'InDoubtError'
}

/** @returns undefined if there is no such secret, or one without a value */
export async function readVersion(client: SecretsManagerClient, SecretId: string): Promise<Version | undefined> {
  try {
    const { VersionId = '', SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId }))
    return { id: VersionId, text: SecretString, binary: SecretBinary !== undefined }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

/**
 * Writes what `change` makes of the current version. It is called again if another was quicker; `again` tells it that its
 * own change may stand already, below another's. @throws BusyError, InDoubtError, what `change` and the SDK throw
 */
export async function updateSecret(
  client: SecretsManagerClient,
  SecretId: string,
  change: (current: Version | undefined, again: boolean) => string,
): Promise<Done> {
  const written = new Map<string, Done>()
  // A secret without a value cannot be read, nor made again.
  let exists = false
  let before: Version | undefined
  let failure: unknown
  for (let round = 0; ; round += 1) {
    if (round > 0) await sleep(Math.random() * PAUSE_MAX_MS)
    const current = await look(client, SecretId, failure)
    const ours = current && written.get(current.id)
    if (ours) return ours
    if (round === ROUNDS_MAX) throw current?.id === before?.id ? failure : new BusyError('Others were quicker.')
    const text = change(current, round > 0)
    if (text === current?.text) return 'unchanged'
    const token = randomUUID()
    const done = current || exists ? 'updated' : 'created'
    written.set(token, done)
    try {
      if (done === 'updated') await replace(client, SecretId, { current, text, token })
      else await create(client, SecretId, { text, token })
      return done
    } catch (error) {
      if (!isLost(error) && !mayPass(error)) throw error
      exists ||= error instanceof ResourceExistsException
      before = current
      failure = error
    }
  }
}

/** After a failed write the look says whether it was written all the same. */
async function look(client: SecretsManagerClient, SecretId: string, failure: unknown): Promise<Version | undefined> {
  try {
    return await readVersion(client, SecretId)
  } catch (cause) {
    if (mayPass(failure)) throw new InDoubtError('It is not known whether it was written.', { cause })
    throw cause
  }
}

type Write = { current?: Version | undefined; text: string; token: string }

async function create(client: SecretsManagerClient, Name: string, { text, token }: Write): Promise<void> {
  await client.send(new CreateSecretCommand({ Name, SecretString: text, ClientRequestToken: token }))
}

async function replace(client: SecretsManagerClient, SecretId: string, write: Write): Promise<void> {
  const { current, text, token } = write
  const { VersionStages = [] } = await client.send(
    new PutSecretValueCommand({ SecretId, SecretString: text, ClientRequestToken: token, VersionStages: [LABEL] }),
  )
  // The first version of a secret that had none.
  if (VersionStages.includes(CURRENT)) return
  const move = { MoveToVersionId: token, RemoveFromVersionId: current?.id }
  await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: CURRENT, ...move }))
}

/** Another's version is current by now, or another made the secret. What else this may be shows in the next round. */
function isLost(error: unknown): boolean {
  return (
    error instanceof InvalidParameterException ||
    error instanceof InvalidRequestException ||
    error instanceof ResourceExistsException
  )
}
