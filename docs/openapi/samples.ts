// Code for each operation, from one table: with curl, with the client, and with nothing but Node.
// test/contract/samples.test.ts runs every one of them.
import * as campaigns from './campaign-examples.ts'
import * as examples from './examples.ts'

type Sample = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: object
  readonly key?: string
  /** The same with the client. `body`: the request's, as JavaScript. */
  readonly call: (body: string) => string
}
export type CodeSample = { readonly lang: string; readonly label: string; readonly source: string }

const KEY = 'new-year-2026/onqOjjmM1tad'
const id = examples.RECORD_ID
const campaign = campaigns.CAMPAIGN.id
const VERSION = { version: 1 }

const command = (name: string, body: object = VERSION): Sample => ({
  method: 'POST',
  path: `/campaigns/${campaign}/${name}`,
  body,
  call: (text) => `const { data } = await redPack.campaigns.${name}('${campaign}', ${text})`,
})

const SAMPLES: Readonly<Record<string, Sample>> = {
  sendRedPack: {
    method: 'POST',
    path: '/redpacks',
    body: examples.SEND_MINIMAL,
    key: KEY,
    call: (text) =>
      `const { data } = await redPack.sendRedPack(${text}, { idempotency_key: '${KEY}' })\n// data.outcome: sent, refused, or unknown (send again under the same key, never under another)`,
  },
  getSentRedPackList: {
    method: 'GET',
    path: '/redpacks?limit=20&offset=0',
    call: () => 'const { data } = await redPack.getSentRedPackList({ limit: 20, offset: 0 })',
  },
  getRedPackStatus: {
    method: 'GET',
    path: `/redpacks/status?id=${id}`,
    call: () => `const { data } = await redPack.getRedPackStatus({ id: '${id}' })`,
  },
  getSentRedPack: {
    method: 'GET',
    path: `/redpacks/${id}`,
    call: () => `const { data } = await redPack.getSentRedPack('${id}')`,
  },
  createCampaign: {
    method: 'POST',
    path: '/campaigns',
    body: campaigns.CREATE,
    call: (text) => `const { data } = await redPack.campaigns.create(${text})`,
  },
  listCampaigns: {
    method: 'GET',
    path: '/campaigns?limit=20&offset=0',
    call: () => 'const { data } = await redPack.campaigns.list({ limit: 20, offset: 0 })',
  },
  getCampaign: {
    method: 'GET',
    path: `/campaigns/${campaign}`,
    call: () => `const { data } = await redPack.campaigns.get('${campaign}')`,
  },
  listCampaignRows: {
    method: 'GET',
    path: `/campaigns/${campaign}/rows?limit=1000&offset=0`,
    call: () => `const { data } = await redPack.campaigns.rowsPage('${campaign}', { limit: 1000, offset: 0 })`,
  },
  uploadCampaignRows: {
    method: 'PUT',
    path: `/campaigns/${campaign}/rows/0`,
    body: campaigns.UPLOAD,
    call: () =>
      `// Any iterable; the client cuts it into chunks.\nconst data = await redPack.campaigns.upload('${campaign}', ${literal(campaigns.UPLOAD.rows)})`,
  },
  startCampaign: command('start'),
  pauseCampaign: command('pause'),
  resumeCampaign: command('resume'),
  cancelCampaign: command('cancel'),
  retryCampaign: command('retry', campaigns.RETRY),
}

/** As Redoc and others show them: `x-codeSamples`. @throws Error for an operation without a sample */
export function codeSamples(operationId: string): CodeSample[] {
  const sample = SAMPLES[operationId]
  if (!sample) throw new Error(`docs/openapi/samples.ts has no sample for ${operationId}`)
  return [
    { lang: 'Shell', label: 'curl', source: curl(sample) },
    { lang: 'JavaScript', label: 'redpack-client', source: client(sample) },
    { lang: 'JavaScript', label: 'Node.js', source: node(sample) },
  ]
}

/** `redpack sign` prints the curl line with its signature, which holds for five minutes. */
function curl({ method, path, body, key }: Sample): string {
  if (!body) return `redpack sign GET '${path}' | sh`
  const flags = ['--data body.json', ...(key ? [`--key '${key}'`] : [])].join(' ')
  return `cat > body.json <<'JSON'\n${JSON.stringify(body, null, 2)}\nJSON\nredpack sign ${method} ${path} ${flags} | sh`
}

function client({ body, call }: Sample): string {
  return `import { RedPack } from 'redpack-client'

const redPack = new RedPack() // REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET
${call(body ? literal(body) : '')}`
}

function node({ method, path, body, key }: Sample): string {
  const covered = [
    '@method',
    '@path',
    '@query',
    ...(body ? ['content-digest'] : []),
    ...(key ? ['idempotency-key'] : []),
  ]
  const imported = body ? 'createHash, createHmac' : 'createHmac'
  const headers = [
    `  'content-type': 'application/json',`,
    `  'content-digest': \`sha-256=:\${createHash('sha256').update(body).digest('base64')}:\`,`,
    ...(key ? [`  'idempotency-key': '${key}',`] : []),
  ]
  const signed = [
    ...(body ? [`\n  \`"content-digest": \${headers['content-digest']}\`,`] : []),
    ...(key ? [`\n  \`"idempotency-key": \${headers['idempotency-key']}\`,`] : []),
  ]
  return `import { ${imported} } from 'node:crypto'

const { REDPACK_ENDPOINT, REDPACK_KEYID, REDPACK_SECRET } = process.env
const url = new URL(REDPACK_ENDPOINT + '${path}')
${body ? `const body = JSON.stringify(${literal(body)})\nconst headers = {\n${headers.join('\n')}\n}` : 'const headers = {}'}

const names = '${covered.map((name) => `"${name}"`).join(' ')}'
const created = Math.floor(Date.now() / 1000)
const params = \`(\${names});created=\${created};keyid="\${REDPACK_KEYID}";alg="hmac-sha256"\`
const base = [
  '"@method": ${method}',
  \`"@path": \${url.pathname}\`,
  \`"@query": \${url.search || '?'}\`,${signed.join('')}
  \`"@signature-params": \${params}\`,
].join('\\n')
const hmac = createHmac('sha256', Buffer.from(REDPACK_SECRET, 'base64')).update(base).digest('base64')
headers['signature-input'] = \`redpack=\${params}\`
headers.signature = \`redpack=:\${hmac}:\`

const response = await fetch(url, { method: '${method}', headers${body ? ', body' : ''}, redirect: 'error' })
console.log(response.status, await response.text())`
}

/** JSON as people write it in JavaScript. */
function literal(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replace(/^(\s*)"(\w+)":/gm, '$1$2:')
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => `'${text.replaceAll("'", "\\'").replaceAll('\\"', '"')}'`)
}
