// `npm run docs` writes docs/openapi.yaml and docs/api/index.html from the schemas and the tables of lib.
// The description is tracked, and test/contract/openapi.test.ts fails while it is stale; the page is not.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { answerSchemas } from './openapi/answers.ts'
import { campaignSchemas } from './openapi/campaigns.ts'
import { operations } from './openapi/operations.ts'
import { readingPage } from './openapi/page.ts'
import { PROBLEM_SCHEMA, RETRY_AFTER, sharedResponses } from './openapi/problems.ts'
import { idempotencyKeySchema, requestSchemas } from './openapi/requests.ts'
import type { Json } from './openapi/schema.ts'
import { signatureScheme } from './openapi/signature.ts'
import { pathsWithVersion, versionHeader, withVersion } from './openapi/version.ts'

const HEAD = '# Written by `npm run docs` from the schemas and tables of lib: change those, not this file.\n'

/** docs/openapi.yaml, as it should be. */
export function openapiYaml(): string {
  return `${HEAD}${stringify(describeApi(), { lineWidth: 0, aliasDuplicateObjects: false })}`
}

/** docs/api/index.html: the same to read. */
export function apiPage(): string {
  return readingPage(describeApi())
}

/** The API, as OpenAPI 3.1 has it. */
function describeApi(): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'redpack',
      version: packageVersion(),
      summary: '公众号发送红包：发送现金红包、查询发送记录与发送状态，同一个 Idempotency-Key 只付一次款',
      description: readFileSync(new URL('openapi/intro.md', import.meta.url), 'utf8').trim(),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{api_id}.execute-api.{region}.amazonaws.com',
        description: 'The URL that `npx serverless deploy` prints (部署后的地址)',
        variables: { api_id: { default: 'a1b2c3d4e5' }, region: { default: 'ap-southeast-1' } },
      },
      {
        url: 'http://127.0.0.1:3000',
        description: '`npm start`, on one machine with a simulator in place of WeChat (本机)',
      },
    ],
    security: [{ messageSignature: [] }],
    tags: [
      { name: 'RedPack', description: 'The methods of `BaaS.RedPack` (公众号发送红包).' },
      { name: 'Campaign', description: 'One packet for each row of a list, sent by the service itself (批量活动).' },
    ],
    paths: pathsWithVersion(operations()),
    components: {
      securitySchemes: { messageSignature: signatureScheme() },
      parameters: headerParameters(),
      responses: withVersion(sharedResponses()),
      headers: { RetryAfter: RETRY_AFTER, RedpackVersion: versionHeader(packageVersion()) },
      schemas: { ...requestSchemas(), ...answerSchemas(), ...campaignSchemas(), Problem: PROBLEM_SCHEMA },
    },
  }
}

function headerParameters(): Json {
  const seen = 'See the security scheme.'
  return {
    IdempotencyKey: {
      ...header(
        'Idempotency-Key',
        'Identifies the packet that you want to send (幂等键): 1 to 255 visible ASCII characters without comma.',
      ),
      schema: idempotencyKeySchema(),
      example: 'new-year-2026/onqOjjmM1tad',
    },
    ContentDigest: {
      ...header('Content-Digest', `SHA-256 of the body (RFC 9530). ${seen}`),
      schema: { type: 'string', pattern: '^sha-256=:[A-Za-z0-9+/]{43}=:$' },
    },
    SignatureInput: {
      ...header('Signature-Input', `The signed components, the time and the keyid (RFC 9421). ${seen}`),
      schema: { type: 'string', pattern: '^redpack=\\(.*\\);.+$' },
    },
  }
}

function header(name: string, description: string): Json {
  return { name, in: 'header', required: true, description }
}

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

if (import.meta.main) {
  mkdirSync(new URL('api/', import.meta.url), { recursive: true })
  writeFileSync(new URL('openapi.yaml', import.meta.url), openapiYaml())
  writeFileSync(new URL('api/index.html', import.meta.url), apiPage())
}
