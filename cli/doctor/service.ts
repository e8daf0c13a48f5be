// The caller's side: settings, the service behind the endpoint, the signature, and the clock that it needs.
import type { Command } from 'commander'
import { HError, type RedPack, type RedPackOptions } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { explain, withRequest } from '../explain.ts'
import { REDIRECTED, withoutRedirects } from '../redirect.ts'
import { serviceOf, settingsOf } from '../service.ts'
import { when } from '../when.ts'
import type { Finding } from './finding.ts'
import { serviceVersion, VERSION_HEADER } from './version.ts'

/** A signature may be this far off the gateway's clock (docs/openapi.yaml), and a clock that is half of it off will soon be. */
const SKEW_MAX_S = 300
const SKEW_SOON_S = 60
const TIMEOUT_MS = 15_000

export async function* examineService(command: Command, context: Context): AsyncGenerator<Finding> {
  const { m } = context
  let skew_s: number | undefined
  let version: string | null = null
  const watched: RedPackOptions = {
    retries: 0,
    timeout_ms: TIMEOUT_MS,
    fetch: async (...request) => {
      const sent_ms = Date.now()
      const response = await withoutRedirects(fetch)(...request)
      version = response.headers.get(VERSION_HEADER)
      skew_s = skewOf(response.headers.get('date'), sent_ms, Date.now())
      return response
    },
  }
  let service: RedPack
  try {
    service = serviceOf(command, context, watched)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    yield { check: 'configuration', state: 'bad', text: error.message, hint: m.doctor.configure }
    return
  }
  const { endpoint, keyid } = settingsOf(command, context)
  yield* profileOf(context)
  yield { check: 'configuration', state: 'good', text: m.doctor.configured(endpoint, keyid) }
  try {
    const { data, stopped_since } = await service.getSentRedPackList({ limit: 1 })
    yield { check: 'endpoint', state: 'good', text: m.doctor.reached(endpoint) }
    yield { check: 'caller', state: 'good', text: m.doctor.accepted(keyid, data.meta.total_count) }
    yield serviceVersion(version, context)
    if (stopped_since !== undefined) yield { check: 'brake', state: 'doubt', text: m.stopped(when(stopped_since)) }
  } catch (error) {
    yield* unanswered(error, endpoint, keyid, context)
  }
  if (skew_s !== undefined) yield clock(skew_s, context)
}

function* profileOf({ profile, m }: Context): Generator<Finding> {
  if (profile === undefined) return
  const kind = profile.is_test ? m.profile.test : m.profile.live
  yield { check: 'configuration', state: 'good', text: m.doctor.profile(profile.name, kind, m.profile.by[profile.by]) }
}

function* unanswered(error: unknown, endpoint: string, keyid: string, context: Context): Generator<Finding> {
  const { m } = context
  if (!(error instanceof HError)) {
    yield { check: 'endpoint', state: 'bad', text: explain(error, context).message, hint: m.doctor.reach(endpoint) }
    return
  }
  if (error.code !== 415) {
    const ours = error.problem !== undefined
    const moved = error.problem?.code === REDIRECTED && error.problem.detail
    const hint = moved ? m.doctor.setEndpoint(moved) : ours ? m.doctor.serviceSide : m.doctor.otherServer
    yield { check: 'endpoint', state: 'bad', text: explain(error, context).message, hint }
    return
  }
  yield { check: 'endpoint', state: 'good', text: m.doctor.reached(endpoint) }
  const text = withRequest(m.doctor.refused(keyid), error.problem, context)
  yield { check: 'caller', state: 'bad', text, hint: m.doctor.refusedHint }
}

function clock(skew_s: number, { m }: Context): Finding {
  const off_s = Math.abs(skew_s)
  const text = m.doctor.clock(skew_s)
  if (off_s >= SKEW_MAX_S) return { check: 'clock', state: 'bad', text, hint: m.doctor.setClock }
  if (off_s >= SKEW_SOON_S) return { check: 'clock', state: 'doubt', text, hint: m.doctor.setClock }
  return { check: 'clock', state: 'good', text }
}

/** Seconds by which this machine is ahead, to the second that a Date header has; undefined where there is none. */
export function skewOf(date: string | null, sent_ms: number, received_ms: number): number | undefined {
  const there_ms = Date.parse(date ?? '')
  if (Number.isNaN(there_ms)) return undefined
  // It was written between sending and receiving, in the second that begins at there_ms.
  if (sent_ms - there_ms > 1000) return Math.round((sent_ms - there_ms) / 1000)
  return received_ms < there_ms ? Math.round((received_ms - there_ms) / 1000) : 0
}
