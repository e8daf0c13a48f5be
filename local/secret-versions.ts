// The versions of a secret and their staging labels, by AWS's rules:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html and API_UpdateSecretVersionStage.html
import { randomUUID } from 'node:crypto'

export type Version = {
  SecretString?: string
  /** base64 */
  SecretBinary?: string
  VersionId: string
  /** Unix seconds. */
  CreatedDate: number
  VersionStages: string[]
}

/** Newest version first. */
export type Secret = { versions: Version[]; DeletedDate?: number }
export type Value = { SecretString?: string; SecretBinary?: string }

const VALUE_MAX_BYTES = 65_536
const VERSIONS_MAX = 100
const LABELS_MAX = 20
const CURRENT = 'AWSCURRENT'
const PREVIOUS = 'AWSPREVIOUS'

/** An error of AWS's: its type and words. */
export class Refusal extends Error {
  readonly type: string
  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

/** Adds a version, or finds the one that an earlier request with the same token made. @throws Refusal */
export function putVersion(secret: Secret, value: Value, token: string = randomUUID(), labels?: string[]): Version {
  assertValue(value)
  if (token.length < 32 || token.length > 64) {
    throw new Refusal('InvalidParameterException', 'ClientRequestToken must be 32-64 characters long.')
  }
  const known = secret.versions.find(({ VersionId }) => VersionId === token)
  if (known && isSame(known, value)) return known
  if (known) {
    throw new Refusal(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${token} because that value is already in use for a version of this secret.`,
    )
  }
  // The first version is AWSCURRENT, whatever its labels are.
  const first = secret.versions.length === 0
  const wanted = [...new Set([...(labels ?? [CURRENT]), ...(first ? [CURRENT] : [])])]
  assertLabels(secret, wanted)
  const version: Version = { ...value, VersionId: token, CreatedDate: Date.now() / 1000, VersionStages: [] }
  secret.versions.unshift(version)
  for (const label of wanted) moveLabel(secret, label, version)
  while (secret.versions.length > VERSIONS_MAX && dropOldest(secret));
  return version
}

/** UpdateSecretVersionStage: a label leaves only a version that is named. @throws Refusal */
export function updateStage(secret: Secret, label: string, to: string | undefined, from: string | undefined): void {
  const target = to === undefined ? undefined : versionOf(secret, to)
  const source = from === undefined ? undefined : versionOf(secret, from)
  const holder = secret.versions.find(({ VersionStages }) => VersionStages.includes(label))
  if (source && source !== holder) {
    throw new Refusal('InvalidParameterException', `Staging label ${label} is not attached to version ${from}.`)
  }
  if (!target && label === CURRENT) {
    throw new Refusal('InvalidParameterException', `You can only move staging label ${label}, not remove it.`)
  }
  if (!target && !source) throw new Refusal('InvalidParameterException', 'No version is named.')
  if (target && holder && holder !== target && !source) {
    throw new Refusal(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder.VersionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
  }
  assertLabels(secret, [label])
  moveLabel(secret, label, target)
}

function versionOf(secret: Secret, id: string): Version {
  const found = secret.versions.find(({ VersionId }) => VersionId === id)
  if (!found) throw new Refusal('ResourceNotFoundException', `Secrets Manager can't find the specified version ${id}.`)
  return found
}

/** The version that loses AWSCURRENT becomes AWSPREVIOUS; one without any label stays until there are too many. */
function moveLabel(secret: Secret, label: string, target: Version | undefined): void {
  const holder = secret.versions.find(({ VersionStages }) => VersionStages.includes(label))
  if (holder === target) return
  if (holder) holder.VersionStages = holder.VersionStages.filter((one) => one !== label)
  if (target) target.VersionStages = [...target.VersionStages, label]
  if (label === CURRENT && holder) moveLabel(secret, PREVIOUS, holder)
}

function assertValue({ SecretString, SecretBinary }: Value): void {
  if ((SecretString === undefined) === (SecretBinary === undefined)) {
    throw new Refusal('InvalidRequestException', 'You must provide either SecretString or SecretBinary, and not both.')
  }
  const bytes = SecretString === undefined ? Buffer.from(SecretBinary ?? '', 'base64') : Buffer.from(SecretString)
  if (bytes.length > VALUE_MAX_BYTES) {
    throw new Refusal(
      'ValidationException',
      `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${VALUE_MAX_BYTES}`,
    )
  }
}

function assertLabels({ versions }: Secret, labels: string[]): void {
  if (labels.length === 0 || labels.some((label) => label.length === 0 || label.length > 256)) {
    throw new Refusal('InvalidParameterException', 'A staging label has 1 to 256 characters.')
  }
  const all = new Set([...versions.flatMap(({ VersionStages }) => VersionStages), ...labels])
  if (all.size > LABELS_MAX) {
    throw new Refusal('LimitExceededException', `A secret can have up to ${LABELS_MAX} staging labels.`)
  }
}

function isSame(version: Version, { SecretString, SecretBinary }: Value): boolean {
  return version.SecretString === SecretString && version.SecretBinary === SecretBinary
}

function dropOldest({ versions }: Secret): boolean {
  const at = versions.findLastIndex(({ VersionStages }) => VersionStages.length === 0)
  if (at >= 0) versions.splice(at, 1)
  return at >= 0
}
