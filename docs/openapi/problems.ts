// The errors, from the table in lib/errors.ts: which operation can end in which, and what each of them asks of a caller.

import { CAMPAIGN_STATES } from '../../lib/campaigns/view.ts'
import { ERROR_TABLE, type ErrorCode } from '../../lib/errors.ts'
import { type Json, ref } from './schema.ts'

/** What each means, and what to do. */
const MEANS: Record<ErrorCode, string> = {
  not_a_cloud_function:
    'The signature is absent, malformed, stale, wrong or by an unknown key. The service does not say which: its log does.',
  body_too_large: 'The body has more than 64 KB; of rows, more than 1 MB.',
  wrong_content_type: 'Content-Type is not application/json.',
  malformed_json: 'The body is not JSON in UTF-8.',
  idempotency_key_missing: 'There is no Idempotency-Key.',
  idempotency_key_malformed: 'Idempotency-Key is not 1 to 255 visible ASCII characters without comma.',
  invalid_parameters: 'Parameters are missing, wrong or unknown; `errors` names each (the first 20).',
  certificate_missing: 'No payment certificate is configured for this gateway type.',
  certificate_unusable:
    'The payment certificate or its key cannot be read, do not belong together, or are out of date.',
  merchant_changed:
    'The packet belongs to another merchant number than the one that is configured now. Put the first one back, and repeat.',
  not_found: 'The caller’s mini app has no such record.',
  campaign_state: 'The campaign’s state does not allow this; `state` names it.',
  campaign_changed: 'A command was given since the campaign was last read. Read it again, and decide anew.',
  campaign_incomplete:
    'Chunks are missing, or the rows’ amounts do not add up to `total_amount`: `errors` says which (the first 20).',
  campaign_similar:
    'Campaigns of the last 30 days pay over half of the smaller list the same: `similar` says which, and what they have paid. If this is meant, start with `even_if_similar: true`. Not found is a small cut from the midst of a very large list.',
  campaign_exists: 'The mini app has used this name for another campaign. A name is never free again: take another.',
  chunk_written:
    'Other rows stand under this chunk, and rows are never changed. Cancel the draft, and take another name.',
  chunk_too_large: 'The rows compress to more than 380 KB. Put texts that are equal in all rows into `defaults`.',
  in_progress: 'The same key is being sent right now. Repeat after Retry-After, under the same key.',
  key_reused: 'The key was used for other parameters. Another packet needs another key.',
  secrets_unavailable:
    'The keys of callers or merchants cannot be read, and no byte has gone to WeChat. Repeat after Retry-After, under the same key.',
  store_unavailable:
    'The records cannot be read or written, and no byte has gone to WeChat. A record may stand all the same. Repeat after Retry-After, under the same key.',
  too_many_open:
    '500 sends of this merchant have no result yet: WeChat is not answering. Repeat after Retry-After, under the same key.',
  stopped: 'The operators have put the brake on, and nothing was written. Repeat under the same key once it is off.',
  record_unreadable:
    'The record under this key was written by another version of the service, or is damaged: it is left as it is. Repeat after Retry-After, under the same key.',
  misconfigured:
    'AWS refuses the service itself (access denied, no such table, a secret that was deleted, a disabled key), and no byte has gone to WeChat. The operator has to look; repeating does not help before.',
  internal: 'A fault of the service. It says nothing about the money: repeat under the same key.',
}

const ANYWHERE: readonly ErrorCode[] = [
  'not_a_cloud_function',
  'invalid_parameters',
  'secrets_unavailable',
  'store_unavailable',
  'misconfigured',
  'internal',
]
const MERCHANT: readonly ErrorCode[] = ['certificate_missing', 'certificate_unusable', 'merchant_changed']

const BODY: readonly ErrorCode[] = ['body_too_large', 'wrong_content_type', 'malformed_json']
const COMMAND: readonly ErrorCode[] = [
  ...ANYWHERE,
  ...BODY,
  'not_found',
  'record_unreadable',
  'campaign_state',
  'campaign_changed',
]

/** Which errors each operation can end in. */
const ENDS_IN = {
  sendRedPack: [
    ...ANYWHERE,
    'body_too_large',
    'wrong_content_type',
    'malformed_json',
    'idempotency_key_missing',
    'idempotency_key_malformed',
    ...MERCHANT,
    'in_progress',
    'key_reused',
    'record_unreadable',
    'too_many_open',
    'stopped',
  ],
  createCampaign: [
    ...ANYWHERE,
    ...BODY,
    'certificate_missing',
    'certificate_unusable',
    'record_unreadable',
    'campaign_exists',
  ],
  uploadCampaignRows: [
    ...ANYWHERE,
    ...BODY,
    'not_found',
    'record_unreadable',
    'campaign_state',
    'chunk_written',
    'chunk_too_large',
  ],
  startCampaign: [...COMMAND, 'certificate_missing', 'certificate_unusable', 'campaign_incomplete', 'campaign_similar'],
  pauseCampaign: COMMAND,
  resumeCampaign: COMMAND,
  cancelCampaign: COMMAND,
  retryCampaign: COMMAND,
  listCampaigns: ANYWHERE,
  getCampaign: [...ANYWHERE, 'not_found', 'record_unreadable'],
  listCampaignRows: [...ANYWHERE, 'not_found', 'record_unreadable'],
  getSentRedPackList: ANYWHERE,
  getSentRedPack: [...ANYWHERE, 'not_found', 'record_unreadable'],
  getRedPackStatus: [...ANYWHERE, ...MERCHANT, 'not_found', 'record_unreadable'],
} as const satisfies Record<string, readonly ErrorCode[]>

/** Every status but 400 means the same wherever it is answered; those of campaigns have codes of their own. */
const SHARED: Readonly<Record<number, string>> = {
  404: 'NotFound',
  409: 'InProgress',
  415: 'NotACloudFunction',
  422: 'KeyReused',
  500: 'Internal',
  503: 'Unavailable',
}

/** The responses of an operation that are errors, by status. */
export function problemResponses(operation: keyof typeof ENDS_IN): Record<string, Json> {
  const responses = byStatus(ENDS_IN[operation]).map(([status, group]): [number, Json] => [
    status,
    isShared(status, group) ? { $ref: `#/components/responses/${SHARED[status]}` } : problemResponse(status, group),
  ])
  return Object.fromEntries(responses)
}

/** `components.responses`. */
export function sharedResponses(): Record<string, Json> {
  const codes = (Object.keys(MEANS) as ErrorCode[]).filter((code) => !isOfCampaigns(code))
  const shared = byStatus(codes).filter(([status]) => SHARED[status])
  return Object.fromEntries(shared.map(([status, group]) => [SHARED[status], problemResponse(status, group)]))
}

function isShared(status: number, group: readonly ErrorCode[]): boolean {
  return SHARED[status] !== undefined && !group.some(isOfCampaigns)
}

function isOfCampaigns(code: ErrorCode): boolean {
  return /^(campaign|chunk)_/.test(code)
}

function byStatus(codes: readonly ErrorCode[]): [status: number, group: ErrorCode[]][] {
  const inOrder = (Object.keys(MEANS) as ErrorCode[]).filter((code) => codes.includes(code))
  const groups = Map.groupBy(inOrder, (code) => ERROR_TABLE[code].status)
  return [...groups].sort(([a], [b]) => a - b)
}

function problemResponse(status: number, codes: readonly ErrorCode[]): Json {
  const waits = codes.filter((code) => ERROR_TABLE[code].retry_after_s !== undefined).length
  const retry_after =
    waits === codes.length ? { $ref: '#/components/headers/RetryAfter' } : { ...RETRY_AFTER, required: false }
  const told = codes.map((code) => `\`${code}\` ${ERROR_TABLE[code].title}: ${MEANS[code]}`)
  return {
    description: told.length > 1 ? told.map((line) => `- ${line}`).join('\n') : told.join(),
    ...(waits > 0 && { headers: { 'Retry-After': retry_after } }),
    content: {
      'application/problem+json': {
        schema: { allOf: [ref('Problem')], properties: { status: { const: status }, code: { enum: codes } } },
        examples: exampleOf(codes),
      },
    },
  }
}

/** The first of the codes, with its title for what is wrong this time. */
function exampleOf([code = 'internal']: readonly ErrorCode[]): Json {
  const { status, title } = ERROR_TABLE[code]
  const type = `urn:redpack:problem:${code}`
  const value = { type, title, status, detail: title, code, request_id: '6f1c2e0a-3f0b-4a6e-9d53-0e7a5c1b2d4f' }
  return { [code]: { summary: `${code} ${title}`, value } }
}

export const RETRY_AFTER = {
  description: 'Seconds to wait before the same request is repeated.',
  required: true,
  schema: { type: 'integer', minimum: 1 },
  example: 2,
}

export const PROBLEM_SCHEMA = {
  title: 'Problem',
  description: 'Problem details (RFC 9457).',
  type: 'object',
  properties: {
    type: {
      type: 'string',
      pattern: '^urn:redpack:problem:[a-z_]+$',
      description: '`urn:redpack:problem:` and the code.',
    },
    title: {
      type: 'string',
      enum: Object.values(ERROR_TABLE).map(({ title }) => title),
      description: 'The code in Chinese.',
    },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', minLength: 1, description: 'What is wrong this time, in Chinese.' },
    code: {
      type: 'string',
      enum: Object.keys(ERROR_TABLE),
      description: 'What is wrong, for programs. Does not change.',
    },
    maybe_sent: {
      type: 'boolean',
      description:
        'In the answer to a send: false when nothing can come of this key unless it is sent again, true when a record may stand that the service will carry out. With true, never take a new key.',
    },
    state: { enum: CAMPAIGN_STATES, description: 'Of the campaign, where that is what is wrong.' },
    version: { type: 'integer', minimum: 1, description: 'Of the campaign, where it has changed.' },
    similar: {
      type: 'array',
      minItems: 1,
      description: 'The similar campaigns, most similar first, with what they have paid by now.',
      items: ref('SimilarPaid'),
    },
    request_id: { type: 'string', minLength: 1, description: 'Names this request in the service’s log.' },
    errors: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      description: 'Each thing that is wrong with the request.',
      items: {
        type: 'object',
        properties: {
          pointer: {
            type: 'string',
            pattern: '^(/.*)?$',
            description: 'Where: a JSON Pointer (RFC 6901) into the body, the query or the headers.',
          },
          detail: { type: 'string', minLength: 1, description: 'What, in Chinese.' },
        },
        required: ['pointer', 'detail'],
        additionalProperties: false,
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  additionalProperties: false,
}
