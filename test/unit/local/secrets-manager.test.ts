// The stand-in for Secrets Manager, through AWS's own client: versions, labels, tokens, limits and deletion as AWS has them.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LOCAL_CREDENTIALS } from '../../../local/dynamodb.ts'
import { startSecretsManager } from '../../../local/secrets-manager.ts'

const SecretId = 'redpack/test/callers'
const token = (name: string) => name.padEnd(32, '-')
const CURRENT = 'AWSCURRENT'

let stop: () => Promise<void>
let aws: SecretsManager

async function start(file?: string): Promise<void> {
  const manager = await startSecretsManager(file === undefined ? {} : { file })
  aws = new SecretsManager({
    endpoint: manager.endpoint,
    region: 'local',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  })
  stop = async () => {
    aws.destroy()
    await manager.stop()
  }
}
beforeEach(() => start())
afterEach(() => stop())

const create = (SecretString = 'one') =>
  aws.createSecret({ Name: SecretId, SecretString, ClientRequestToken: token('v1') })
const put = (SecretString: string, version: string, VersionStages?: string[]) =>
  aws.putSecretValue({ SecretId, SecretString, ClientRequestToken: token(version), VersionStages })
const move = (to: string | undefined, from: string | undefined, VersionStage = CURRENT) =>
  aws.updateSecretVersionStage({
    SecretId,
    VersionStage,
    MoveToVersionId: to === undefined ? undefined : token(to),
    RemoveFromVersionId: from === undefined ? undefined : token(from),
  })
const value = async () => (await aws.getSecretValue({ SecretId })).SecretString
async function labels(): Promise<Record<string, string[]>> {
  const { VersionIdsToStages = {} } = await aws.describeSecret({ SecretId })
  return Object.fromEntries(Object.entries(VersionIdsToStages).map(([id, stages]) => [id.replace(/-+$/, ''), stages]))
}

describe('versions', () => {
  test('a new value is current, the one before it previous, older ones have no label', async () => {
    await create()
    await put('two', 'v2')
    await put('three', 'v3')
    expect(await value()).toBe('three')
    expect(await labels()).toEqual({ v3: [CURRENT], v2: ['AWSPREVIOUS'], v1: [] })
  })

  test('under a label of its own it is not current, and the label leaves the version that had it', async () => {
    await create()
    await put('two', 'v2', ['OURS'])
    await put('three', 'v3', ['OURS'])
    expect(await value()).toBe('one')
    expect(await labels()).toEqual({ v3: ['OURS'], v2: [], v1: [CURRENT] })
    expect((await aws.getSecretValue({ SecretId, VersionStage: 'OURS' })).SecretString).toBe('three')
    expect((await aws.getSecretValue({ SecretId, VersionId: token('v2') })).SecretString).toBe('two')
  })

  test('AWSCURRENT moves from the version that is named, which becomes AWSPREVIOUS', async () => {
    await create()
    await put('two', 'v2', ['OURS'])
    await move('v2', 'v1')
    expect(await value()).toBe('two')
    expect(await labels()).toEqual({ v2: ['OURS', CURRENT], v1: ['AWSPREVIOUS'] })
  })

  test.for<[string, string | undefined, string | undefined, string]>([
    ['from another version than the one that has it', 'v3', 'v1', 'InvalidParameterException'],
    ['from no version', 'v3', undefined, 'InvalidParameterException'],
    ['to no version', undefined, 'v2', 'InvalidParameterException'],
    ['to a version that is not there', 'v9', 'v2', 'ResourceNotFoundException'],
    ['from a version that is not there', 'v3', 'v9', 'ResourceNotFoundException'],
  ])('AWSCURRENT does not move %s', async ([, to, from, name]) => {
    await create()
    await put('two', 'v2')
    await put('three', 'v3', ['OURS'])
    await expect(move(to, from)).rejects.toMatchObject({ name })
    expect(await value()).toBe('two')
  })

  test('a secret made without a value has none; its first version is current, whatever its label', async () => {
    await aws.createSecret({ Name: SecretId })
    await expect(value()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    expect((await put('one', 'v1', ['OURS'])).VersionStages).toEqual(['OURS', CURRENT])
    expect(await value()).toBe('one')
  })

  test('bytes are kept as bytes', async () => {
    await aws.createSecret({ Name: SecretId, SecretBinary: Buffer.from([1, 2, 255]) })
    const { SecretString, SecretBinary } = await aws.getSecretValue({ SecretId })
    expect({ SecretString, bytes: [...(SecretBinary ?? [])] }).toEqual({ SecretString: undefined, bytes: [1, 2, 255] })
  })

  test('of a hundred and more the oldest without a label go', async () => {
    await create()
    for (let i = 2; i <= 105; i += 1) await put(String(i), `v${i}`)
    const kept = await labels()
    expect([Object.keys(kept).length, kept.v1, kept.v105]).toEqual([100, undefined, [CURRENT]])
  })
})

describe('a token', () => {
  test('that comes again with the same value is answered by what it made', async () => {
    await create()
    const first = await put('two', 'v2')
    await put('three', 'v3')
    expect(await put('two', 'v2')).toMatchObject({ VersionId: first.VersionId })
    expect(await value()).toBe('three')
    expect(await create()).toMatchObject({ VersionId: token('v1') })
  })

  test('with another value is refused', async () => {
    await create()
    await expect(put('two', 'v1')).rejects.toMatchObject({ name: 'ResourceExistsException' })
    await expect(create('two')).rejects.toMatchObject({ name: 'ResourceExistsException' })
    expect(await value()).toBe('one')
  })

  test('has 32 characters at least', async () => {
    await create()
    const short = aws.putSecretValue({ SecretId, SecretString: 'two', ClientRequestToken: 'short' })
    await expect(short).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('limits', () => {
  test.for([
    ['64 KB of letters', 'x'.repeat(65_536), 'x'.repeat(65_537)],
    ['64 KB of what JSON escapes', '"'.repeat(65_536), '"'.repeat(65_537)],
    ['64 KB in UTF-8', '红'.repeat(21_845), '红'.repeat(21_846)],
  ] as const)('%s are stored, and no more', async ([, most, more]) => {
    await create(most)
    await expect(put(more, 'v2')).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await value()).toBe(most)
  })

  test('twenty labels', async () => {
    await create()
    const many = Array.from({ length: 19 }, (_, i) => `LABEL_${i}`)
    await put('two', 'v2', many)
    await expect(put('three', 'v3', ['ONE_MORE'])).rejects.toMatchObject({ name: 'LimitExceededException' })
    await expect(put('three', 'v3', [''])).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  test('a value is needed, and one only', async () => {
    await create()
    await expect(aws.putSecretValue({ SecretId })).rejects.toMatchObject({ name: 'InvalidRequestException' })
    const both = aws.putSecretValue({ SecretId, SecretString: 'x', SecretBinary: Buffer.from('x') })
    await expect(both).rejects.toMatchObject({ name: 'InvalidRequestException' })
  })
})

describe('a secret that is deleted', () => {
  test('cannot be read, written, labelled or made again until it is restored', async () => {
    await create()
    await put('two', 'v2', ['OURS'])
    await aws.deleteSecret({ SecretId })
    const marked = { name: 'InvalidRequestException' }
    for (const call of [() => value(), () => put('three', 'v3'), () => move('v2', 'v1'), () => create()]) {
      await expect(call()).rejects.toMatchObject(marked)
    }
    expect((await aws.describeSecret({ SecretId })).DeletedDate).toBeInstanceOf(Date)
    await aws.restoreSecret({ SecretId })
    expect(await value()).toBe('one')
  })

  test('for good is gone', async () => {
    await create()
    await aws.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true })
    await expect(value()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await create('anew')
    expect(await value()).toBe('anew')
  })
})

test('all of it is kept in its file, 0600, which may be one of an earlier version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redpack-secrets-'))
  const file = join(folder, 'secrets.json')
  try {
    const old = { SecretString: 'one', VersionId: token('v1'), CreatedDate: 1, VersionStages: [CURRENT] }
    writeFileSync(file, JSON.stringify({ [SecretId]: [old] }), { mode: 0o600 })
    await stop()
    await start(file)
    expect(await value()).toBe('one')
    await put('two', 'v2', ['OURS'])
    await aws.deleteSecret({ SecretId })
    await stop()
    await start(file)
    await expect(value()).rejects.toMatchObject({ name: 'InvalidRequestException' })
    await aws.restoreSecret({ SecretId })
    expect(await labels()).toEqual({ v2: ['OURS'], v1: [CURRENT] })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('OURS')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
