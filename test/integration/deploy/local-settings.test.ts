// Packaging and deploying with the exports of `npm start` in the shell: stopped, before anything is made.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { serviceEnv } from '../../../local/parts.ts'
import { copyWithoutBundles, serverless } from '../../support/packaging.ts'

const folder = copyWithoutBundles()
const packaged = join(folder, '.serverless')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NPM_START: Record<string, string> = serviceEnv('/home/anna/redpack/.redpack/local', {
  wechatpay: 'https://127.0.0.1:3001',
  dynamodb: 'http://127.0.0.1:3003',
  secrets: 'http://127.0.0.1:3004',
})
const REFUSAL = `Error:
The settings of stage "prod" belong to one machine; nothing was packaged or deployed:
  AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:3003 leads to this machine or network
  AWS_ENDPOINT_URL_SECRETS_MANAGER=http://127.0.0.1:3004 leads to this machine or network
  REDPACK_TABLE=redpack-local is the name of a local one
  REDPACK_SECRET_PREFIX=redpack/local is the name of a local one
  WECHATPAY_ORIGIN=https://127.0.0.1:3001 leads to this machine or network
  WECHATPAY_CA=/home/anna/redpack/.redpack/local/ca.pem is for simulators; the certificates of WeChat Pay need none
They are exported in this shell. Open another one, or: unset AWS_ENDPOINT_URL_DYNAMODB AWS_ENDPOINT_URL_SECRETS_MANAGER REDPACK_TABLE REDPACK_SECRET_PREFIX WECHATPAY_ORIGIN WECHATPAY_CA AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
A stage named local, or ending in -local, may have them.
`

it.each([
  ['package', '--stage', 'prod'],
  ['deploy', 'function', '--function', 'send', '--stage', 'prod'],
])("with npm start's exports in the shell %s %s %s is refused, with every setting and the way out", async (...args) => {
  const { code, text } = await serverless(folder, args, NPM_START)

  expect(text).toContain(REFUSAL)
  expect(code).toBe(1)
  expect(existsSync(join(packaged, 'cloudformation-template-update-stack.json'))).toBe(false)
})

it('the stage local is packaged, says what it points at, and is not deployed as another stage from a clean shell', async () => {
  const { code, text } = await serverless(folder, ['package', '--stage', 'local'], NPM_START)

  expect(text).toContain(`
  stage     local (us-east-1)
  table     redpack-local
  secrets   redpack/local/…
  WeChat    https://127.0.0.1:3001
`)
  expect(code).toBe(0)

  const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' }
  const deployed = await serverless(folder, ['deploy', '--package', '.serverless', '--stage', 'prod'], keys)

  expect(deployed.text).toContain(
    'The settings of stage "prod" belong to one machine; nothing was packaged or deployed:',
  )
  expect(deployed.text).toContain('They stand in serverless.yml, or in the package.')
  expect(deployed.code).toBe(1)
})
