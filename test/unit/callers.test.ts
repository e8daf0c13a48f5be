import { describe, expect, test } from 'vitest'
import { callers } from '../../lib/aws/callers.ts'
import type { Secrets } from '../../lib/aws/secrets.ts'
import { AppError } from '../../lib/errors.ts'

const SECRET = Buffer.alloc(32, 7)
const OLD_SECRET = Buffer.alloc(32, 8)
const base64 = (secret: Buffer) => secret.toString('base64')

/** The callers of the secret `redpack/test/callers`. */
function calling(text: string | undefined | AppError) {
  const read = async (name: string) => {
    if (text instanceof AppError) throw text
    return name === 'redpack/test/callers' ? text : undefined
  }
  const secrets: Secrets = { read, readAnew: read }
  return callers(secrets, 'redpack/test')
}
const entry = { miniapp_id: 'miniapp-1', secrets: [base64(SECRET)] }

test('a key names its mini app and its secret', async () => {
  expect(await calling(JSON.stringify({ k1: entry })).find('k1')).toEqual({
    miniapp_id: 'miniapp-1',
    secrets: [SECRET],
  })
})

test('a key has two secrets while one is rotated out', async () => {
  const text = JSON.stringify({ k1: { ...entry, secrets: [base64(SECRET), base64(OLD_SECRET)] } })
  expect(await calling(text).find('k1')).toEqual({ miniapp_id: 'miniapp-1', secrets: [SECRET, OLD_SECRET] })
})

test.for(['k2', '', 'K1', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'nobody has the key %j',
  async (keyid) => {
    expect(await calling(JSON.stringify({ k1: entry })).find(keyid)).toBeUndefined()
  },
)

test('every mini app that somebody may call for is named once', async () => {
  const text = JSON.stringify({ k1: entry, k2: { ...entry, miniapp_id: 'miniapp-2' }, k3: entry })
  expect(await calling(text).miniapps()).toEqual(['miniapp-1', 'miniapp-2'])
  expect(await calling('{}').miniapps()).toEqual([])
})

describe('a secret that cannot be used is secrets_unavailable for every key, and is not quoted', () => {
  test.for([
    ['is missing', undefined],
    ['is empty', ''],
    ['is no JSON', `{"k1": ${JSON.stringify(entry)}`],
    ['is no object', JSON.stringify(base64(SECRET))],
    ['is null', 'null'],
    ['has an entry that is no object', JSON.stringify({ k1: base64(SECRET) })],
    ['has no miniapp_id', JSON.stringify({ k1: { secrets: [base64(SECRET)] } })],
    ['has an empty miniapp_id', JSON.stringify({ k1: { ...entry, miniapp_id: '' } })],
    ['has a miniapp_id with a slash', JSON.stringify({ k1: { ...entry, miniapp_id: '../callers' } })],
    ['has a miniapp_id of 65 characters', JSON.stringify({ k1: { ...entry, miniapp_id: 'x'.repeat(65) } })],
    ['has no secrets', JSON.stringify({ k1: { miniapp_id: 'miniapp-1' } })],
    ['has none of the secrets', JSON.stringify({ k1: { ...entry, secrets: [] } })],
    ['has three secrets', JSON.stringify({ k1: { ...entry, secrets: [1, 2, 3].map(() => base64(SECRET)) } })],
    ['has an empty secret', JSON.stringify({ k1: { ...entry, secrets: [''] } })],
    ['has a secret that is not base64', JSON.stringify({ k1: { ...entry, secrets: ['not base64!'] } })],
    ['has one good key and one bad one', JSON.stringify({ k1: entry, k2: { ...entry, secrets: [] } })],
  ] as const)('it %s', async ([, text]) => {
    for (const call of [calling(text).find('k1'), calling(text).miniapps()]) {
      const error = await call.catch((error: unknown) => error)
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code: 'secrets_unavailable', cause: undefined })
      expect(String(error)).not.toContain(base64(SECRET))
    }
  })
})

test('what the secret store says when it is down is passed on', async () => {
  const down = new AppError('secrets_unavailable', 'down')
  await expect(calling(down).find('k1')).rejects.toBe(down)
})
