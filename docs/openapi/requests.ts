// What callers send, from the schemas that the service checks it with; the English words for it stand here.
import type { JsonSchema } from '@valibot/to-json-schema'
import * as requests from '../../lib/redpack/params.ts'
import { type Json, jsonSchemas, ref, type Schemas } from './schema.ts'

type SendField = keyof requests.SendParamsInput

const ABOUT_SEND: Record<SendField, string> = {
  type: 'Kind of packet.',
  re_openid:
    'Openid of the receiver under `official_account_id`; for a fission packet the first receiver, who shares it.',
  send_name: "Sender's name, which the receiver sees. WeChat counts bytes: ten Chinese characters are safe.",
  official_account_id:
    'Appid of the official account. It must be bound to the merchant, and `re_openid` must be an openid of this account.',
  total_amount:
    'Amount in yuan, with at most two decimals. WeChat checks its own limits (1 to 200 yuan for each packet, unless the merchant has others).',
  total_num: 'Number of receivers.',
  act_name: 'Name of the activity.',
  remark: 'Remark.',
  wishing: 'Greeting.',
  scene_id:
    'Scene. WeChat requires it for packets above 200 or below 1 yuan; some merchants are not allowed to use it. There is no default. Null and an empty text mean the same as no value.',
  risk_info:
    'Information for WeChat’s risk control: `k=v&k=v`, URL-encoded once as a whole. Null and an empty text mean the same as no value.',
  gateway_type:
    'The merchant configuration that pays. Neither null nor an empty text is accepted: a mistake must not select who pays.',
}

const ABOUT_QUERY: Record<keyof requests.ListParams | keyof requests.StatusParams, string> = {
  limit: 'Number of records to return.',
  offset: 'Number of the newest records to skip.',
  id: 'Id of the record.',
  mch_billno: 'Order number at WeChat.',
}

/** The bodies' schemas by name. */
export function requestSchemas(): Schemas {
  const [normal, fission] = requests.SendParams.options
  const schemas = jsonSchemas({ NormalRedPack: normal, FissionRedPack: fission })
  const described = Object.entries(schemas).map(([name, schema]) => [
    name,
    { title: name, ...schema, properties: mapProperties(schema, ABOUT_SEND) },
  ])
  return {
    SendRedPackParams: {
      description: 'What to send (参数说明).',
      oneOf: [ref('NormalRedPack'), ref('FissionRedPack')],
      discriminator: {
        propertyName: 'type',
        mapping: { normal: ref('NormalRedPack').$ref, fission: ref('FissionRedPack').$ref },
      },
    } as JsonSchema,
    ...Object.fromEntries(described),
  }
}

/** The parameters of GET /redpacks. */
export function listParameters(): Json[] {
  return queryParameters(jsonSchemas({ Params: requests.ListParams }))
}

/** The parameters of GET /redpacks/status. */
export function statusParameters(): Json[] {
  return queryParameters(jsonSchemas({ Params: requests.StatusParams })).map((parameter) => ({
    ...parameter,
    description: `${parameter.description}\n\nExactly one of id and mch_billno must be given (二选一).`,
  }))
}

/** The parameter of GET /redpacks/{id}. */
export function idParameter(): Json {
  const { Id: { description, ...schema } = {} } = jsonSchemas({ Id: requests.GetParams.entries.id })
  return { name: 'id', in: 'path', required: true, description: `${ABOUT_QUERY.id}\n\n${description}`, schema }
}

export function idempotencyKeySchema(): JsonSchema {
  return jsonSchemas({ Key: requests.IdempotencyKey }).Key ?? {}
}

function queryParameters({ Params }: Schemas): Json[] {
  return Object.entries(mapProperties(Params ?? {}, ABOUT_QUERY)).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }))
}

/** The schema's own words are Chinese; they stand below the English ones. */
function mapProperties({ properties = {} }: JsonSchema, about: Record<string, string>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => [
      name,
      { ...schema, description: `${about[name]}\n\n${schema.description}` },
    ]),
  )
}
