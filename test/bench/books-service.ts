// A service with many records for test/bench/books.ts: it lists them from memory, and looks at no signature.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RedPackRecord } from '../../client/src/index.ts'
import { aRow, NOON_S } from '../unit/cli/mirror/records.ts'

const DAYS = 30
const ACTIVITIES = ['新年红包', '周年庆', '会员日', '开门红']
/** As long as WeChat's own answer. */
const RAW = `<xml>${'<return_code><![CDATA[SUCCESS]]></return_code>'.repeat(15)}</xml>`

let total = Number(process.argv[2])

/** Spread over a month, the newest now; of a hundred 80 received, 10 returned, 9 refused, and one still open if it is new. */
function record(n: number): RedPackRecord {
  const created_at = NOON_S - DAYS * 86_400 + Math.floor((n * DAYS * 86_400) / total)
  const kind = n % 100
  const common = {
    created_at,
    updated_at: created_at,
    raw_result: RAW,
    act_name: ACTIVITIES[n % 4] ?? '',
    total_amount: (100 + (n % 900)) / 100,
  }
  if (kind < 9)
    return aRow(n, {
      ...common,
      outcome: 'refused',
      status: null,
      result: { err_code: 'SENDNUM_LIMIT', err_code_des: '', mch_billno: '' },
    })
  if (kind < 19) return aRow(n, { ...common, status: 'REFUND' })
  return aRow(n, { ...common, status: kind === 19 && n > total * 0.9 ? 'SENT' : 'RECEIVED' })
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://service')
  const id = /^\/redpacks\/([0-9a-f]{24})$/.exec(url.pathname)?.[1]
  response.setHeader('content-type', 'application/json')
  if (id !== undefined) return response.end(JSON.stringify(record(Number.parseInt(id, 16))))
  const [limit = 0, offset = 0] = ['limit', 'offset'].map((name) => Number(url.searchParams.get(name)))
  const from = total - 1 - offset
  const count = Math.max(0, Math.min(limit, from + 1))
  const objects = Array.from({ length: count }, (_, i) => record(from - i)).map((one) => ({ ...one, pk: one.id }))
  return response.end(
    JSON.stringify({ meta: { limit, offset, next: null, previous: null, total_count: total }, objects }),
  )
})

process.on('message', ({ more }: { more: number }) => {
  total += more
})
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
