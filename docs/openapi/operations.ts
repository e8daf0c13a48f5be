// The operations: the four, under the names that the methods have, and those of campaigns.
import { campaignOperations } from './campaigns.ts'
import * as examples from './examples.ts'
import { problemResponses } from './problems.ts'
import { idParameter, listParameters, statusParameters } from './requests.ts'
import { codeSamples } from './samples.ts'
import { type Json, ref } from './schema.ts'

const SIGNATURE_INPUT = { $ref: '#/components/parameters/SignatureInput' }

const REPLAYED = {
  'Idempotent-Replayed': {
    description:
      '`true` if this answer was given before, and WeChat was not called for this request. The body is the same, byte for byte.',
    schema: { const: 'true' },
  },
}

const STOPPED = {
  'Redpack-Stopped': {
    description:
      'Only while the operators have put the brake on for the caller’s mini app: since when, Unix seconds. Nothing new is sent meanwhile; what is read stays right (发送已被维护者暂停).',
    schema: { type: 'integer', minimum: 0 },
    example: 1735689600,
  },
}

/** `paths`. */
export function operations(): Json {
  return {
    '/redpacks': { post: sendRedPack(), get: getSentRedPackList() },
    '/redpacks/status': { get: getRedPackStatus() },
    '/redpacks/{id}': { get: getSentRedPack() },
    ...campaignOperations(),
  }
}

function sendRedPack(): Json {
  return {
    operationId: 'sendRedPack',
    tags: ['RedPack'],
    summary: 'Send a red packet (发送红包)',
    description:
      '`redPack.sendRedPack(params)`\n\nA key is paid at most once. A refusal by WeChat is an answer with status 200, as in the original; `outcome` says whether it is final. The body may have at most 64 KB.',
    parameters: [
      { $ref: '#/components/parameters/IdempotencyKey' },
      { $ref: '#/components/parameters/ContentDigest' },
      SIGNATURE_INPUT,
    ],
    requestBody: {
      required: true,
      ...json(ref('SendRedPackParams'), {
        normal: ['A normal packet (普通红包), as on the page', examples.SEND_NORMAL],
        minimal: ['Required parameters only', examples.SEND_MINIMAL],
        fission: ['A fission packet (裂变红包)', examples.SEND_FISSION],
      }),
    },
    responses: {
      200: {
        description: 'WeChat has answered (微信已应答): sent, refused, or a code after which the outcome is unknown.',
        headers: REPLAYED,
        ...json(
          {
            oneOf: [ref('SentRedPack'), ref('RefusedRedPack'), ref('UnknownRedPack')],
            discriminator: {
              propertyName: 'outcome',
              mapping: {
                sent: ref('SentRedPack').$ref,
                refused: ref('RefusedRedPack').$ref,
                unknown: ref('UnknownRedPack').$ref,
              },
            },
          },
          {
            sent: ['Sent (发送成功)', examples.SENT],
            refused: ['Refused (微信拒绝)', examples.REFUSED],
            unknown: ['Unknown: WeChat’s code does not say whether it was paid (结果未知)', examples.UNKNOWN],
          },
        ),
      },
      202: {
        headers: REPLAYED,
        description:
          'WeChat has not answered (微信未应答): the request was accepted, and the outcome is unknown. Query the status, or send again with the same key.',
        ...json(ref('ProcessingRedPack'), { processing: ['No answer yet (处理中)', examples.PROCESSING] }),
      },
      ...problemResponses('sendRedPack'),
    },
    'x-codeSamples': codeSamples('sendRedPack'),
  }
}

function getSentRedPackList(): Json {
  return {
    operationId: 'getSentRedPackList',
    tags: ['RedPack'],
    summary: 'List the records (查询发送记录)',
    description:
      '`redPack.getSentRedPackList({limit, offset})`\n\nThe records of the caller’s mini app, newest first. A late page is as fast as the first.',
    parameters: [...listParameters(), SIGNATURE_INPUT],
    responses: {
      200: {
        description: 'A page of records.',
        headers: STOPPED,
        ...json(ref('RedPackList'), { list: ['The page’s example', examples.LIST] }),
      },
      ...problemResponses('getSentRedPackList'),
    },
    'x-codeSamples': codeSamples('getSentRedPackList'),
  }
}

function getSentRedPack(): Json {
  return {
    operationId: 'getSentRedPack',
    tags: ['RedPack'],
    summary: 'Get a record (获取单个发送记录详情)',
    description: '`redPack.getSentRedPack(id)`\n\nThe stored record, without a query to WeChat.',
    parameters: [{ ...idParameter(), example: examples.RECORD_ID }, SIGNATURE_INPUT],
    responses: {
      200: {
        description: 'The record.',
        headers: STOPPED,
        ...json(ref('RedPackRecord'), { record: ['The page’s example', examples.RECORD] }),
      },
      ...problemResponses('getSentRedPack'),
    },
    'x-codeSamples': codeSamples('getSentRedPack'),
  }
}

function getRedPackStatus(): Json {
  return {
    operationId: 'getRedPackStatus',
    tags: ['RedPack'],
    summary: 'Query the status (查询发送状态)',
    description:
      '`redPack.getRedPackStatus({id})`, `redPack.getRedPackStatus({mch_billno})`\n\nQueries WeChat now and writes the result to the record: `status`, and `outcome` if it becomes final. Amounts are strings in fen.',
    parameters: [...statusParameters(), SIGNATURE_INPUT],
    responses: {
      200: {
        description: 'WeChat’s answer, also where WeChat says that something is wrong.',
        headers: STOPPED,
        ...json(ref('RedPackStatus'), {
          received: ['The page’s example', examples.RECEIVED],
          received_by: ['With the receivers (领取列表)', examples.RECEIVED_BY],
          not_found: ['WeChat does not know the number (yet)', examples.NOT_FOUND],
        }),
      },
      202: {
        description: 'WeChat has not answered the question (微信未应答). Ask again later.',
        headers: STOPPED,
        ...json(ref('UnansweredStatus'), { unanswered: ['No answer', examples.UNANSWERED] }),
      },
      ...problemResponses('getRedPackStatus'),
    },
    'x-codeSamples': codeSamples('getRedPackStatus'),
  }
}

function json(schema: Json, values: Record<string, readonly [summary: string, value: unknown]>): Json {
  const named = Object.entries(values).map(([name, [summary, value]]) => [name, { summary, value }])
  return { content: { 'application/json': { schema, examples: Object.fromEntries(named) } } }
}
