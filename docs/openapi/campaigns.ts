// Campaigns: their operations, what is sent, and what is answered; the compiler holds the answers to lib's own types.
import type { JsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { COUNTED } from '../../lib/campaigns/counted.ts'
import * as requests from '../../lib/campaigns/params.ts'
import {
  CAMPAIGN_STATES,
  type CampaignList,
  type CampaignView,
  type RetryAnswer,
  type RowList,
  type RowView,
  type SimilarPaid,
} from '../../lib/campaigns/view.ts'
import { ListParams } from '../../lib/redpack/params.ts'
import { OUTCOMES, STATUSES } from '../../lib/redpack/record.ts'
import type { Same } from './answers.ts'
import * as examples from './campaign-examples.ts'
import { problemResponses } from './problems.ts'
import { codeSamples } from './samples.ts'
import { type Json, jsonSchemas, ref, type Schemas } from './schema.ts'

const about = <S extends v.GenericSchema>(schema: S, description: string) => v.pipe(schema, v.description(description))
const whole = (min: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.description(description))
const amount = (description: string) => v.pipe(v.number(), v.minValue(0), v.description(description))
const orNull = (description: string) => about(v.nullable(v.string()), description)
const seconds = (description: string) =>
  about(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))), `${description}, Unix seconds; null before.`)
const hex = (description: string) => v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/), v.description(description))
const state = about(v.picklist(CAMPAIGN_STATES), 'Where it is: docs/campaigns.md has the table.')

const counts = (description: string) =>
  about(
    v.strictObject({
      waiting: amount('Not begun, or to be begun again after a refusal that was not the row’s.'),
      sent: amount('Paid, received and refunded ones among them.'),
      refused: amount('Refused for a reason of the row’s.'),
      unknown: amount('Pending or unknown: may have been paid.'),
      manual: amount('Still unknown after 30 days: people have to look.'),
      received: amount('Sent, and collected.'),
      refunded: amount('Sent, not collected, and paid back.'),
    }),
    description,
  )
const similar = {
  id: hex('Id of the other campaign.'),
  name: v.string(),
  share: v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description('Of the smaller list’s rows, in both.')),
}
const SimilarPaidSchema = v.strictObject({
  ...similar,
  state,
  created_at: whole(0, 'Unix seconds.'),
  paid: v.strictObject({
    count: whole(0, 'Rows that were sent, or may have been.'),
    amount: amount('Their yuan.'),
  }),
})

const campaign = {
  id: hex('Follows from mini app and name.'),
  name: v.string(),
  miniapp_id: v.string(),
  mch_id: about(v.string(), 'The merchant that pays: in a draft the one that would, from start on the one that does.'),
  state,
  version: whole(1, 'Commands carry it.'),
  stop: about(
    v.nullable(v.strictObject({ code: v.string(), detail: v.string() })),
    'Why it has stopped, and what to do, in Chinese; null unless stopped.',
  ),
  hold: about(
    v.nullable(v.strictObject({ code: v.string(), since: whole(0, 'Unix seconds.') })),
    'What it waits for, by itself: `stopped` the brake, `restored` a release after a restore, `wechat_silent`, `store_unavailable` and others.',
  ),
  defaults: v.strictObject({
    ...v.partial(
      v.object({
        type: v.picklist(['normal', 'fission']),
        re_openid: v.string(),
        send_name: v.string(),
        official_account_id: v.string(),
        total_amount: v.number(),
        total_num: v.number(),
        act_name: v.string(),
        remark: v.string(),
        wishing: v.string(),
        scene_id: v.nullable(v.string()),
        risk_info: v.nullable(v.string()),
      }),
    ).entries,
    gateway_type: v.string(),
  }),
  rows_count: whole(1, 'Rows of the list.'),
  total_amount: amount('Yuan, of all rows.'),
  rate_per_s: whole(1, 'Calls to WeChat in any second, at most; repeated ones count, and above 28 they are 28.'),
  counts: counts('Rows, as of updated_at; exact at rest. The first five add up to the whole.'),
  amounts: counts('Yuan, likewise: a row’s whole total_amount, also of a fission packet that was collected in part.'),
  reasons: about(
    v.array(v.strictObject({ err_code: v.string(), count: whole(1, 'Rows.'), amount: amount('Yuan.') })),
    'Refused rows by WeChat’s code, most first.',
  ),
  similar: about(v.nullable(v.array(v.strictObject(similar))), 'Null in a draft; start computes it.'),
  created_at: whole(0, 'Unix seconds.'),
  started_at: seconds('When it was started'),
  sent_at: seconds('When its last row was begun; anew with retry'),
  finished_at: seconds('When it was done or cancelled'),
  updated_at: whole(0, 'Unix seconds: counts are as of then.'),
}
const Campaign = v.strictObject(campaign)
const RetriedCampaign = v.strictObject({
  ...campaign,
  retried: whole(0, 'Refused rows that get a new attempt.'),
})
const meta = (path: string) => {
  const url = v.nullable(v.pipe(v.string(), v.regex(new RegExp(`^${path}\\?limit=\\d+&offset=\\d+`))))
  return v.strictObject({
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    next: url,
    offset: whole(0, 'How many were passed over.'),
    previous: url,
    total_count: whole(0, 'How many there are; it may lag by moments.'),
  })
}
const CampaignListSchema = v.strictObject({
  meta: meta('/campaigns'),
  objects: about(v.array(v.strictObject({ ...campaign, pk: hex('The same as `id`.') })), 'Newest first.'),
})

const CampaignRowResult = v.strictObject({
  row: whole(1, 'Its place in the list, from 1.'),
  type: v.picklist(['normal', 'fission']),
  re_openid: v.string(),
  send_name: v.string(),
  official_account_id: v.string(),
  total_amount: amount('Yuan.'),
  total_num: whole(1, 'How many people get a part of it.'),
  act_name: v.string(),
  remark: v.string(),
  wishing: v.string(),
  scene_id: v.nullable(v.string()),
  risk_info: v.nullable(v.string()),
  attempt: whole(1, 'The attempt that this is about; one before it was refused.'),
  id: hex('Of the attempt’s record.'),
  mch_billno: v.string(),
  outcome: about(v.nullable(v.picklist(OUTCOMES)), 'Null before it was begun.'),
  status: about(v.nullable(v.picklist(STATUSES)), 'WeChat’s word for where the packet is.'),
  err_code: orNull('WeChat’s code.'),
  err_code_des: orNull('WeChat’s words.'),
  send_listid: orNull('WeChat’s own number of the packet.'),
  created_at: seconds('When it was begun'),
  updated_at: seconds('When its record last changed'),
})
const CampaignRowList = v.strictObject({
  meta: meta('/campaigns/[0-9a-f]{24}/rows'),
  objects: about(v.array(CampaignRowResult), 'In the order of the list.'),
})

const ABOUT: Record<string, string> = {
  CreateCampaignParams: 'A campaign to be: nothing is sent before it is started.',
  CampaignRow: 'A row: the parameters that differ. With `defaults` it has to be what a send takes.',
  CommandParams: 'A command carries the version as last read.',
  StartParams: 'Start, and the answer to its question.',
  RetryParams: 'Which refused rows get a new attempt: all, or those with one code.',
  Campaign: 'A campaign, and what has become of its rows.',
  RetriedCampaign: 'The campaign, and how many rows are retried.',
  CampaignList: 'A page of campaigns.',
  CampaignRowList: 'A page of rows.',
  SimilarPaid: 'A campaign of the last 30 days whose list is similar.',
}

/** Requests' and answers' schemas by name. */
export function campaignSchemas(): Schemas {
  const { rows: _, ...upload } = requests.UploadRowsParams.entries
  const schemas = jsonSchemas({
    CreateCampaignParams: requests.CreateCampaignParams,
    CampaignRow: requests.CampaignRow,
    CommandParams: requests.CommandParams,
    StartParams: requests.StartParams,
    RetryParams: requests.RetryParams,
    Campaign,
    RetriedCampaign,
    CampaignList: CampaignListSchema,
    CampaignRowList,
    SimilarPaid: SimilarPaidSchema,
  })
  return {
    ...Object.fromEntries(
      Object.entries(schemas).map(([name, schema]): [string, JsonSchema] => [
        name,
        { title: name, description: ABOUT[name] ?? '', ...schema },
      ]),
    ),
    UploadRowsParams: {
      title: 'UploadRowsParams',
      description: `A chunk: ${requests.CHUNK_ROWS} rows, the last chunk fewer.`,
      type: 'object',
      properties: {
        ...upload,
        rows: { type: 'array', minItems: 1, maxItems: requests.CHUNK_ROWS, items: ref('CampaignRow') } as JsonSchema,
      },
      required: ['rows'],
      additionalProperties: false,
    },
  }
}

const SIGNED = ['ContentDigest', 'SignatureInput'].map((name) => ({ $ref: `#/components/parameters/${name}` }))
const [, SIGNATURE_INPUT] = SIGNED
const ID = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Id of the campaign.',
  schema: { type: 'string' },
  example: examples.CAMPAIGN.id,
}

type OperationId = Parameters<typeof problemResponses>[0]
type Body = { schema: string; value: unknown }
type Operation = {
  id: OperationId
  summary: string
  description: string
  parameters?: readonly Json[]
  body?: Body
  answers: Record<number, { description: string; schema?: string; value?: unknown }>
}

function operation({ id, summary, description, parameters = [], body, answers }: Operation): Json {
  const content = (schema: string, value: unknown) => ({
    content: { 'application/json': { schema: ref(schema), examples: { example: { summary: schema, value } } } },
  })
  const told = Object.entries(answers).map(([status, answer]) => [
    status,
    { description: answer.description, ...(answer.schema && content(answer.schema, answer.value)) },
  ])
  return {
    operationId: id,
    tags: ['Campaign'],
    summary,
    description,
    parameters: [...parameters, ...(body ? SIGNED : [SIGNATURE_INPUT])],
    ...(body && { requestBody: { required: true, ...content(body.schema, body.value) } }),
    responses: { ...Object.fromEntries(told), ...problemResponses(id) },
    'x-codeSamples': codeSamples(id),
  }
}

/** `paths`. */
export function campaignOperations(): Json {
  return {
    '/campaigns': { post: createCampaign(), get: listCampaigns() },
    '/campaigns/{id}': { get: getCampaign() },
    '/campaigns/{id}/rows': { get: listCampaignRows() },
    '/campaigns/{id}/rows/{chunk}': { put: uploadCampaignRows() },
    '/campaigns/{id}/start': {
      post: command(
        'startCampaign',
        'Start (开始)',
        'StartParams',
        'Compares with the campaigns of the last 30 days first. Started, it is `queued`, and runs when no other campaign of the merchant does.',
      ),
    },
    '/campaigns/{id}/pause': {
      post: command(
        'pauseCampaign',
        'Pause (暂停)',
        'CommandParams',
        'Answers after up to 3 s: no row begins after the answer. Rows under way end within 30 s.',
      ),
    },
    '/campaigns/{id}/resume': {
      post: command(
        'resumeCampaign',
        'Resume (继续)',
        'CommandParams',
        'A paused or stopped campaign goes on; it has given its place up, and is queued anew.',
      ),
    },
    '/campaigns/{id}/cancel': {
      post: command(
        'cancelCampaign',
        'Cancel (取消)',
        'CommandParams',
        'For good. Answers after up to 3 s, as pause does.',
      ),
    },
    '/campaigns/{id}/retry': { post: retryCampaign() },
  }
}

function createCampaign(): Json {
  return operation({
    id: 'createCampaign',
    summary: 'Create a draft (新建活动)',
    description:
      'One campaign a name and mini app, and a name is never free again. The same body again gives the same campaign.',
    body: { schema: 'CreateCampaignParams', value: examples.CREATE },
    answers: {
      200: {
        description: 'The campaign that stands under this name, created by the same body.',
        schema: 'Campaign',
        value: examples.CAMPAIGN,
      },
      201: { description: 'A new draft.', schema: 'Campaign', value: examples.DRAFT },
    },
  })
}

function uploadCampaignRows(): Json {
  const chunk = {
    name: 'chunk',
    in: 'path',
    required: true,
    description: `From 0. All but the last hold ${requests.CHUNK_ROWS} rows: row = ${requests.CHUNK_ROWS} × chunk + place.`,
    schema: { type: 'integer', minimum: 0, maximum: requests.ROWS_MAX / requests.CHUNK_ROWS - 1 },
    example: 0,
  }
  return operation({
    id: 'uploadCampaignRows',
    summary: 'Upload rows (上传名单)',
    description: 'Up to 1 MB. The same rows again change nothing; other rows for a chunk that is written are refused.',
    parameters: [ID, chunk],
    body: { schema: 'UploadRowsParams', value: examples.UPLOAD },
    answers: { 204: { description: 'The rows stand.' } },
  })
}

function command(id: OperationId, summary: string, schema: string, description: string): Json {
  return operation({
    id,
    summary,
    description,
    parameters: [ID],
    body: { schema, value: { version: 1 } },
    answers: {
      202: {
        description: 'The campaign. The last command again has this answer, too.',
        schema: 'Campaign',
        value: examples.CAMPAIGN,
      },
    },
  })
}

function retryCampaign(): Json {
  return operation({
    id: 'retryCampaign',
    summary: 'Retry refused rows (重试被拒的行)',
    description: 'Rows that are unknown or sent never get another attempt. It also resumes.',
    parameters: [ID],
    body: { schema: 'RetryParams', value: examples.RETRY },
    answers: {
      202: {
        description: 'The campaign, with the number of rows.',
        schema: 'RetriedCampaign',
        value: { ...examples.CAMPAIGN, retried: 3 },
      },
    },
  })
}

function listCampaigns(): Json {
  return operation({
    id: 'listCampaigns',
    summary: 'List campaigns (活动列表)',
    description: 'The campaigns of the caller’s mini app, newest first.',
    parameters: pageParameters(),
    answers: { 200: { description: 'A page of campaigns.', schema: 'CampaignList', value: examples.LIST } },
  })
}

function getCampaign(): Json {
  return operation({
    id: 'getCampaign',
    summary: 'Get a campaign (活动详情)',
    description: 'With its counts; once it is `done`, they are its final report.',
    parameters: [ID],
    answers: { 200: { description: 'The campaign.', schema: 'Campaign', value: examples.CAMPAIGN } },
  })
}

function listCampaignRows(): Json {
  const outcome = {
    name: 'outcome',
    in: 'query',
    description: 'Only rows that are counted so, as of updated_at.',
    schema: { enum: COUNTED },
  }
  return operation({
    id: 'listCampaignRows',
    summary: 'List rows (名单与结果)',
    description: 'Rows in the order of the list. Removed 400 days after finished_at.',
    parameters: [ID, ...pageParameters(), outcome],
    answers: { 200: { description: 'A page of rows.', schema: 'CampaignRowList', value: examples.ROWS } },
  })
}

function pageParameters(): Json[] {
  const { Params } = jsonSchemas({ Params: ListParams })
  return Object.entries(Params?.properties ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schema as JsonSchema
    return { name, in: 'query', description, schema: rest }
  })
}

type Agreed = [
  Same<v.InferOutput<typeof SimilarPaidSchema>, SimilarPaid>,
  Same<Omit<v.InferOutput<typeof Campaign>, 'defaults'>, Omit<CampaignView, 'defaults'>>,
  Same<keyof v.InferOutput<typeof Campaign>['defaults'], keyof CampaignView['defaults']>,
  Same<keyof v.InferOutput<typeof RetriedCampaign>, keyof RetryAnswer>,
  Same<keyof v.InferOutput<typeof CampaignListSchema>['objects'][number], keyof CampaignList['objects'][number]>,
  Same<v.InferOutput<typeof CampaignRowResult>, RowView>,
  Same<v.InferOutput<typeof CampaignRowList>, RowList>,
]
;[true, true, true, true, true, true, true] satisfies Agreed
