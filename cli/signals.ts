// Ctrl-C, a closed terminal and `kill`: heard in one place, so that money under way is never left without a word.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls `hear` at each of these signals. @returns what stops that */
export function onSignals(hear: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, hear)
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear)
  }
}
