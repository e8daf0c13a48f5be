// The errors, from the table in lib/errors.ts: which operation can end in which, and what each of them asks of a caller.

import { CAMPAIGN_STATES } from '../../lib/campaigns/view.ts'
import { ERROR_TABLE, type ErrorCode } from '../../lib/errors.ts'
import { type Json, ref } from './schema.ts'

/** What each means, and what to do. */
const MEANS: Record<ErrorCode, string> = {
  not_a_cloud_function:
    'The signature is missing, malformed, too old, wrong or made with an unknown keyid. The answer does not say which; the service’s log does.',
  body_too_large: 'The body is larger than 64 KB; for rows, larger than 1 MB.',
  wrong_content_type: 'Content-Type is not application/json.',
  malformed_json: 'The body is not JSON in UTF-8.',
  idempotency_key_missing: 'The header Idempotency-Key is missing.',
  idempotency_key_malformed: 'Idempotency-Key is not 1 to 255 visible ASCII characters without comma.',
  invalid_parameters: 'Parameters are missing, wrong or unknown; `errors` names each (the first 20).',
  certificate_missing: 'No payment certificate is configured for this gateway type.',
  certificate_unusable:
    'The payment certificate or its key cannot be read, they do not match, or the certificate is expired or not valid yet.',
  merchant_changed:
    'The packet belongs to another merchant number than the one configured now. Configure the former merchant again, then repeat the request.',
  not_found: 'The caller’s mini app has no such record.',
  campaign_state: 'The campaign’s state does not allow this; `state` is the state.',
  campaign_changed: 'Another command was given since the campaign was last read. Read it again, then decide.',
  campaign_incomplete:
    'Chunks are missing, or the amounts of the rows do not add up to `total_amount`: `errors` says which (the first 20).',
  campaign_similar:
    'Campaigns of the last 30 days pay more than half of the smaller list the same: `similar` says which, and what they have paid. If this is intended, start with `even_if_similar: true`. A small part cut from the middle of a very large list is not found.',
  campaign_exists:
    'The mini app has already used this name for another campaign. A name cannot be used again: choose another.',
  chunk_written: 'The chunk already has other rows, and rows never change. Cancel the draft, and choose another name.',
  chunk_too_large: 'The rows compress to more than 380 KB. Put texts that are the same in all rows into `defaults`.',
  in_progress: 'The same key is being sent right now. Repeat after Retry-After, with the same key.',
  key_reused: 'The key was already used with other parameters. Another packet needs another key.',
  secrets_unavailable:
    'The secrets of callers or merchants cannot be read. This request has sent nothing to WeChat. Repeat after Retry-After, with the same key.',
  store_unavailable:
    'The records cannot be read or written. This request has sent nothing to WeChat, but the record may have been written. Repeat after Retry-After, with the same key.',
  too_many_open:
    '500 sends of this merchant have no result yet: WeChat is not answering. Repeat after Retry-After, with the same key.',
  stopped:
    'The operators have stopped all sends. Nothing was written. Repeat with the same key when they have resumed sending.',
  record_unreadable:
    'The record of this key was written by another version of the service, or it is damaged. It was not changed. Repeat after Retry-After, with the same key.',
  misconfigured:
    'AWS denies access to the service itself (access denied, no such table, a deleted secret, a disabled key). This request has sent nothing to WeChat. The operator has to fix it; repeating does not help before that.',
  internal: 'A bug in the service. The result is not known: repeat with the same key.',
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
  const told = codes.map((code) => `\`${code}\` (${ERROR_TABLE[code].title}): ${MEANS[code]}`)
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
        'In the answer to a send. False: nothing will be sent unless this key is sent again. True: a record may exist, and the service may still send it; never use a new key.',
    },
    state: { enum: CAMPAIGN_STATES, description: 'State of the campaign, if the state is the reason.' },
    version: { type: 'integer', minimum: 1, description: 'Version of the campaign, if it has changed.' },
    similar: {
      type: 'array',
      minItems: 1,
      description: 'The similar campaigns, most similar first, with what they have paid by now.',
      items: ref('SimilarPaid'),
    },
    request_id: { type: 'string', minLength: 1, description: 'Identifies this request in the service’s log.' },
    errors: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      description: 'The faults of the request.',
      items: {
        type: 'object',
        properties: {
          pointer: {
            type: 'string',
            pattern: String.raw`^(/[\s\S]*)?$`,
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
