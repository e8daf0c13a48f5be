// The file system of a container: everything is read-only but /tmp, in a mount namespace of its own.
import { spawnSync } from 'node:child_process'

/**
 * $1 is the folder that is Lambda's /var/task; the rest is the command. What it is run by is replaced by the command, so a
 * signal to the process reaches it. 97: a file could be written where none may.
 */
const SCRIPT = `
task=$1; shift
mount --make-rprivate / && mount --bind /tmp /tmp && mount --bind "$task" "$task" || exit 98
for target in $(cut -d ' ' -f 2 /proc/self/mounts); do
  case $target in /tmp | /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) ;; *) mount -o remount,bind,ro "$target" 2>/dev/null ;; esac
done
if touch "$task/probe" 2>/dev/null; then exit 97; fi
touch /tmp/.redpack-lambda-probe || exit 98
exec "$@"`

export type Sandbox = {
  /** How, for the report; undefined if this machine allows none. */
  readonly name: string | undefined
  command(task_root: string, command: readonly string[]): string[]
}

/** A namespace by unshare(1): as root, or as whoever may have user namespaces. */
export function sandbox(task_root: string): Sandbox {
  const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']
  const command = (folder: string, inner: readonly string[]) => [
    'unshare',
    ...flags,
    'sh',
    '-c',
    SCRIPT,
    'sandbox',
    folder,
    ...inner,
  ]
  const [program = '', ...args] = command(task_root, ['true'])
  if (spawnSync(program, args).status === 0) return { name: `unshare ${flags.join(' ')}`, command }
  return { name: undefined, command: (_, inner) => [...inner] }
}
