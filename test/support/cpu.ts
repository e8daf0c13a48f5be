// What a function costs in CPU time of this thread: on a busy machine it waits, and that does not count.

/** @returns milliseconds */
export function cpuMs(act: () => unknown): number {
  const before = process.threadCpuUsage()
  act()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
