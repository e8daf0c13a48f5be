// Log lines as JSON, one object a line, straight to the process's output: Lambda's own console would put a text before each.

export type Log = Record<'info' | 'warn' | 'error', (message: string, fields?: object) => void>

/** `trace_id` is X-Ray's of the invocation that is running, if there is one. */
export function logger(service: string, trace_id: () => string | undefined, write: (line: string) => void): Log {
  const at = (level: string) => (message: string, fields?: object) => {
    const timestamp = new Date().toISOString()
    write(JSON.stringify({ level, message, timestamp, service, xray_trace_id: trace_id(), ...fields }))
  }
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}

export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}
