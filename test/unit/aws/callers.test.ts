import { describe, expect, test } from 'vitest'
import { type CallerFault, callers } from '../../../lib/aws/callers.ts'
import type { Secrets } from '../../../lib/aws/secrets.ts'
import { AppError } from '../../../lib/errors.ts'

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
  const faults: CallerFault[] = []
  return { ...callers(secrets, 'redpack/test', (fault) => faults.push(fault)), faults }
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
    ['is a list', JSON.stringify([entry])],
    ['is a number', '1'],
  ] as const)('it %s', async ([, text]) => {
    for (const call of [calling(text).find('k1'), calling(text).miniapps()]) {
      const error = await call.catch((error: unknown) => error)
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code: 'secrets_unavailable', cause: undefined })
      expect(String(error)).not.toContain(base64(SECRET))
    }
  })
})

describe('an entry that cannot be used refuses its caller, and nobody else', () => {
  const short = base64(Buffer.alloc(31, 7))

  test.for([
    ['is no object', base64(SECRET), 'malformed'],
    ['is null', null, 'malformed'],
    ['is a list', [entry], 'malformed'],
    ['has no miniapp_id', { secrets: [base64(SECRET)] }, 'malformed'],
    ['has an empty miniapp_id', { ...entry, miniapp_id: '' }, 'malformed'],
    ['has a miniapp_id with a slash', { ...entry, miniapp_id: '../callers' }, 'malformed'],
    ['has a miniapp_id of 65 characters', { ...entry, miniapp_id: 'x'.repeat(65) }, 'malformed'],
    ['has no secrets', { miniapp_id: 'miniapp-1' }, 'malformed'],
    ['has none of the secrets', { ...entry, secrets: [] }, 'malformed'],
    ['has three secrets', { ...entry, secrets: [1, 2, 3].map(() => base64(SECRET)) }, 'malformed'],
    ['has a secret that is not base64', { ...entry, secrets: ['not base64!'] }, 'malformed'],
    ['has an empty secret', { ...entry, secrets: [''] }, 'malformed'],
    ['has a good secret and one that is not base64', { ...entry, secrets: [base64(SECRET), '!'] }, 'malformed'],
    ['has a secret of 31 bytes', { ...entry, secrets: [short] }, 'short_secret'],
    ['has a secret of one byte', { ...entry, secrets: ['AA=='] }, 'short_secret'],
    ['has two short secrets', { ...entry, secrets: [short, short] }, 'short_secret'],
  ] as const)('it %s', async ([, bad, why]) => {
    const known = calling(JSON.stringify({ bad, good: entry }))
    expect(await known.find('bad')).toBeUndefined()
    expect(await known.find('good')).toEqual({ miniapp_id: 'miniapp-1', secrets: [SECRET] })
    expect(known.faults).toEqual([{ keyid: 'bad', why }])
  })

  test('a short secret beside a good one is refused alone, so that it can be rotated out', async () => {
    const known = calling(JSON.stringify({ k1: { ...entry, secrets: [short, base64(SECRET)] } }))
    expect(await known.find('k1')).toEqual({ miniapp_id: 'miniapp-1', secrets: [SECRET] })
    expect(known.faults).toEqual([{ keyid: 'k1', why: 'short_secret' }])
  })

  test('its mini app is still named: its records are there', async () => {
    const text = JSON.stringify({ k1: entry, k2: { miniapp_id: 'miniapp-2', secrets: [] }, k3: { miniapp_id: '/' } })
    expect(await calling(text).miniapps()).toEqual(['miniapp-1', 'miniapp-2'])
  })
})

test.for(['constructor', 'toString', 'hasOwnProperty', 'prototype', '__proto__', 'valueOf'])(
  'a caller may be named %s',
  async (keyid) => {
    const known = calling(`{${JSON.stringify(keyid)}: ${JSON.stringify(entry)}}`)
    expect(await known.find(keyid)).toEqual({ miniapp_id: 'miniapp-1', secrets: [SECRET] })
    expect(await known.miniapps()).toEqual(['miniapp-1'])
    expect(known.faults).toEqual([])
  },
)

test('what stands in the place of a keyid is not told if it may be a secret', async () => {
  const known = calling(JSON.stringify({ [base64(SECRET)]: {}, 'shop:1@x.y-z_': {} }))
  await known.miniapps()
  expect(known.faults.map(({ keyid }) => keyid)).toEqual(['?', 'shop:1@x.y-z_'])
})

describe('the secret is understood once for each text that is fetched', () => {
  test('and its faults are told once', async () => {
    const known = calling(JSON.stringify({ k1: entry, bad: {} }))
    const [first, second] = [await known.find('k1'), await known.find('k1')]
    expect(second).toBe(first)
    await known.miniapps()
    expect(known.faults).toHaveLength(1)
  })

  test('another text takes effect at once, also one that cannot be used', async () => {
    let text: string | undefined = JSON.stringify({ k1: entry })
    const read = async () => text
    const { find } = callers({ read, readAnew: read }, 'redpack/test', () => {})
    expect(await find('k1')).toBeDefined()
    text = JSON.stringify({ k2: entry })
    expect([await find('k1'), await find('k2')]).toEqual([undefined, { miniapp_id: 'miniapp-1', secrets: [SECRET] }])
    for (text of ['null', undefined]) await expect(find('k2')).rejects.toMatchObject({ code: 'secrets_unavailable' })
    text = JSON.stringify({ k2: entry })
    expect(await find('k2')).toBeDefined()
  })
})

test('what the secret store says when it is down is passed on', async () => {
  const down = new AppError('secrets_unavailable', 'down')
  await expect(calling(down).find('k1')).rejects.toBe(down)
})
