// Time, in one place, so that tests decide how much of it has passed.

export const clock = {
  now_ms: (): number => Date.now(),
  wait: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
  /** Runs `task` once `ms` have passed. @returns what calls it off */
  after(ms: number, task: () => void): () => void {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}
