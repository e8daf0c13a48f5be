// Where a profile's secret is: in the system's keychain, or in a file that only its owner can read.
import { randomBytes } from 'node:crypto'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { readSecrets, type SecretPlace, type StoredProfile, writeSecrets } from './file.ts'
import { keychainOf } from './keychain.ts'

type Kept = StoredProfile['secret']

/**
 * Under an account of its own each time: until the profile names it, the old secret stays what it was.
 * @param wanted undefined: the keychain if it works, else the file
 * @throws CliError if the keychain is wanted and does not work
 */
export function keepSecret(secret: string, name: string, wanted: SecretPlace | undefined, context: Context): Kept {
  const account = randomBytes(8).toString('hex')
  if (wanted !== 'file') {
    const keychain = keychainOf(context.env)
    if (keychain?.put(account, secret, `redpack: ${name}`)) return { in: 'keychain', account }
    if (wanted === 'keychain') throw new CliError('no_keychain', context.m.profile.noKeychain(keychain?.name ?? '–'))
  }
  writeSecrets({ ...readSecrets(context), [account]: secret }, context)
  return { in: 'file', account }
}

/** @throws CliError that says how to store it again, if it is not where it was put */
export function secretOf(name: string, kept: Kept, context: Context): string {
  const { account } = kept
  const secrets = kept.in === 'file' ? readSecrets(context) : undefined
  const found = secrets ? ownOf(secrets, account) : keychainOf(context.env)?.get(account)
  if (found) return found
  throw new CliError('secret_missing', context.m.profile.secretMissing(name, context.m.profile.places[kept.in]))
}

export function dropSecret(kept: Kept, context: Context): void {
  const { account } = kept
  if (kept.in === 'keychain') {
    keychainOf(context.env)?.remove(account)
    return
  }
  const { [account]: _, ...others } = readSecrets(context)
  writeSecrets(others, context)
}

function ownOf(secrets: Record<string, string>, account: string): string | undefined {
  return Object.hasOwn(secrets, account) ? secrets[account] : undefined
}
