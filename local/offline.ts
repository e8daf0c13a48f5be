// npm run offline: `serverless offline` with nothing but the environment it is given, on PORT (default 3000).
import { PortTakenError, portOf } from './listen.ts'
import { startOffline } from './serverless-offline.ts'

try {
  const port = portOf(process.env.PORT, 3000)
  const offline = await startOffline({ port, env: process.env, onLine: (line) => console.log(line) })
  console.log(`redpack listens on ${offline.url} · Ctrl-C stops it`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void offline.stop())
  process.exitCode = (await offline.ended) ?? 0
} catch (error) {
  console.error(error instanceof PortTakenError ? `${error.message}, for example PORT=3100 npm run offline` : error)
  process.exitCode = 1
}
