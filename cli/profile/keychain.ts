// The operating system's own store of secrets, through the program that each system has for it. A secret goes in and out by the
// program's standard streams: as an argument it would stand in the machine's list of processes.
import { spawnSync } from 'node:child_process'

/** The name under which the entries stand. */
const SERVICE = 'redpack'
/** A locked keychain asks its owner. */
const TIMEOUT_MS = 60_000

export type Keychain = {
  /** As its owner knows it. */
  readonly name: string
  /** @returns false if it is not there, locked, or does not give back what was put in */
  put(account: string, secret: string, label: string): boolean
  get(account: string): string | undefined
  remove(account: string): void
}

type Call = { readonly args: readonly string[]; readonly input?: string; readonly account?: string }
type Program = {
  readonly name: string
  readonly command: string
  put(account: string, secret: string, label: string): Call
  get(account: string): Call
  remove(account: string): Call
}

/** `account` is hex and `label` has no quotes: nothing in them means anything to these programs. */
const MACOS: Program = {
  name: 'macOS Keychain',
  command: 'security',
  // Its commands come by standard input with -i; -w as an argument could be seen.
  put: (account, secret, label) => ({
    args: ['-i'],
    input: `add-generic-password -U -s ${SERVICE} -a ${account} -l "${label}" -w "${secret}"\n`,
  }),
  get: (account) => ({ args: ['find-generic-password', '-s', SERVICE, '-a', account, '-w'] }),
  remove: (account) => ({ args: ['delete-generic-password', '-s', SERVICE, '-a', account] }),
}

const attributes = (account: string) => ['service', SERVICE, 'account', account]
const LINUX: Program = {
  name: 'Secret Service (secret-tool)',
  command: 'secret-tool',
  put: (account, secret, label) => ({ args: ['store', `--label=${label}`, ...attributes(account)], input: secret }),
  get: (account) => ({ args: ['lookup', ...attributes(account)] }),
  remove: (account) => ({ args: ['clear', ...attributes(account)] }),
}

const VAULT =
  '$ErrorActionPreference = "Stop"; ' +
  '[void][Windows.Security.Credentials.PasswordVault,Windows.Security.Credentials,ContentType=WindowsRuntime]; ' +
  '$vault = New-Object Windows.Security.Credentials.PasswordVault; $account = $env:REDPACK_KEYCHAIN_ACCOUNT; '
const vault = (script: string, account: string): Call => ({
  args: ['-NoProfile', '-NonInteractive', '-Command', VAULT + script],
  account,
})
/** Windows PowerShell, which each Windows has: newer ones do not know the vault. */
const WINDOWS: Program = {
  name: 'Windows Credential Manager',
  command: 'powershell.exe',
  put: (account, secret) => ({
    ...vault(
      '$secret = [Console]::In.ReadLine(); ' +
        `$vault.Add((New-Object Windows.Security.Credentials.PasswordCredential("${SERVICE}", $account, $secret)))`,
      account,
    ),
    input: `${secret}\n`,
  }),
  get: (account) => vault(`[Console]::Out.Write($vault.Retrieve("${SERVICE}", $account).Password)`, account),
  remove: (account) => vault(`$vault.Remove($vault.Retrieve("${SERVICE}", $account))`, account),
}

const PROGRAMS: Partial<Record<NodeJS.Platform, Program>> = { darwin: MACOS, linux: LINUX, win32: WINDOWS }

/** The keychain of this system; undefined if none is known for it. Whether it works shows when something is put in. */
export function keychainOf(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Keychain | undefined {
  const program = PROGRAMS[platform]
  if (!program) return undefined
  const run = ({ args, input = '', account }: Call): string | undefined => {
    const more = account === undefined ? {} : { REDPACK_KEYCHAIN_ACCOUNT: account }
    const { status, stdout } = spawnSync(program.command, args, {
      env: { ...process.env, ...env, ...more },
      input,
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    return status === 0 ? stdout : undefined
  }
  const get = (account: string) => run(program.get(account))?.replace(/\r?\n$/, '') || undefined
  return {
    name: program.name,
    get,
    put: (account, secret, label) => run(program.put(account, secret, label)) !== undefined && get(account) === secret,
    remove: (account) => void run(program.remove(account)),
  }
}
