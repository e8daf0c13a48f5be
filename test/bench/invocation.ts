// One invocation of settle in a process of its own, as Lambda runs it, and what it took.
import { app } from '../../lib/app.ts'
import { settle, type Tally } from '../../lib/redpack/settle.ts'

export type Measured = { tally: Tally; took_s: number; cpu_ms: number; rss_mb: number }

const INVOCATION_MS = 60_000
const begun_ms = Date.now()
const tally = await settle(app.services().ports, () => begun_ms + INVOCATION_MS - Date.now())
const { user, system } = process.cpuUsage()
const took_s = (Date.now() - begun_ms) / 1_000
const measured: Measured = {
  tally,
  took_s,
  cpu_ms: (user + system) / 1_000,
  rss_mb: process.resourceUsage().maxRSS / 1_024,
}
process.send?.(measured, () => process.exit())
