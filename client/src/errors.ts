// The three ways in which a call can fail, told apart by class: the service said no, no answer came, no answer came in time.
import type { Fault, ProblemCode } from './answers.ts'
import { brand } from './brand.ts'
import type { CampaignState, SimilarPaid } from './campaign-answers.ts'

/** What the service says of a refusal (RFC 9457). `detail` is for people and in Chinese; `code` is for programs. */
export type Problem = {
  // A newer service may have codes that this package does not know.
  readonly code: ProblemCode | (string & {})
  /** Of a send: false if nothing can come of its key unless it is sent again. An older service leaves it out. */
  readonly maybe_sent?: boolean
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly request_id?: string
  readonly errors?: readonly Fault[]
  /** Of the campaign, if it is what forbids the command. */
  readonly state?: CampaignState
  /** Of the campaign, if another command came first. */
  readonly version?: number
  /** Of `campaign_similar`: the campaigns that pay the same, with what they have paid. */
  readonly similar?: readonly SimilarPaid[]
}

/** Of a send: its key, and whether any of its requests may have moved money. */
export type SendState = { idempotency_key?: string | undefined; maybe_sent?: boolean | undefined }

/** What all errors of a call have in common. */
export abstract class RedPackError extends Error {
  /** The key of the send that failed, to go on with; undefined if nothing was being sent. */
  readonly idempotency_key: string | undefined
  /** True if the packet may have been sent or may still be. Then go on with the same key, never with another. */
  readonly maybe_sent: boolean

  constructor(message: string, { idempotency_key, maybe_sent = false }: SendState, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.idempotency_key = idempotency_key
    this.maybe_sent = maybe_sent
  }
}

/** The service answered no. `code` is the HTTP status (429: throttled), `message` says why, and so does `problem.code`. */
export class HError extends RedPackError {
  override readonly name = 'HError'
  readonly code: number
  /** Undefined if something between here and the service answered in its place. */
  readonly problem: Problem | undefined

  constructor(code: number, message: string, state: SendState = {}, problem?: Problem) {
    super(message, state)
    this.code = code
    this.problem = problem
  }
}

/** No answer came that could be understood: the connection failed or broke, or what came was not the service's. */
export class NetworkError extends RedPackError {
  override readonly name = 'NetworkError'
}

/** No answer came within `timeout_ms`. */
export class TimeoutError extends RedPackError {
  override readonly name = 'TimeoutError'
}

brand(RedPackError, 'RedPackError')
brand(HError, 'HError')
brand(NetworkError, 'NetworkError')
brand(TimeoutError, 'TimeoutError')
