// The ledger, read again each second; a click on a number shows the XML of its calls, both ways.
const EVERY_MS = 1000
const LIMIT = 200

const byId = (id) => document.getElementById(id)
/** What is shown, as text: what has not changed stays as it is, with the reader's selection and scrolling. */
const shown = {}
let chosen

async function read(path) {
  const response = await fetch(path, { cache: 'no-store' })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

/** Fen as yuan; what was no amount is null. */
function yuan(fen) {
  return fen === null ? '–' : (fen / 100).toFixed(2)
}

function statusOf({ status, reason, received }) {
  if (status === null) return '–'
  if (reason) return `${status} (${reason})`
  return received > 0 && status !== 'RECEIVED' ? `${status} (已领取 received ${yuan(received)})` : status
}

/** Texts are only ever set as text: they come from whoever calls. */
function element(name, text, className) {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

function row(packet) {
  const made = document.createElement('tr')
  const number = document.createElement('td')
  const button = element('button', packet.mch_billno)
  button.type = 'button'
  button.addEventListener('click', async () => {
    chosen = packet
    await refresh()
    byId('exchanges').scrollIntoView({ block: 'nearest' })
  })
  number.append(button)
  if (isChosen(packet)) made.setAttribute('aria-current', 'true')
  made.append(
    number,
    element('td', packet.mch_id),
    element('td', packet.re_openid),
    element('td', yuan(packet.total_amount), 'number'),
    element('td', statusOf(packet)),
    element('td', packet.sends, 'number'),
    element('td', packet.queries, 'number'),
    element('td', packet.answer),
  )
  // On a narrow screen each cell stands under its column's name.
  for (const [index, cell] of [...made.cells].entries()) cell.dataset.name = byId('names').cells[index].textContent
  return made
}

function isChosen({ mch_billno, mch_id }) {
  return chosen !== undefined && chosen.mch_billno === mch_billno && chosen.mch_id === mch_id
}

/** Puts children into an element if they come from something else than before. */
function show(id, from, make) {
  const text = JSON.stringify(from)
  if (shown[id] === text) return
  shown[id] = text
  const focused = document.activeElement?.textContent
  byId(id).replaceChildren(...make())
  for (const button of byId(id).querySelectorAll('button')) if (button.textContent === focused) button.focus()
}

async function showLedger() {
  const { now, balance, balances = {}, debited, called, packets } = await read(`packets?limit=${LIMIT}`)
  byId('now').textContent = now
  const own = Object.entries(balances).map(([mch_id, fen]) => ` · ${mch_id} ${yuan(fen)} 元`)
  byId('balance').textContent = `${yuan(balance)} 元${own.join('')}`
  byId('debited').textContent = debited
  byId('called').textContent = called > packets.length ? `${packets.length} / ${called}` : called
  byId('empty').hidden = packets.length > 0
  show('packets', [packets, chosen?.mch_id, chosen?.mch_billno], () => packets.map(row))
}

async function showExchanges() {
  byId('exchanges').hidden = chosen === undefined
  if (!chosen) return
  const query = new URLSearchParams({ mch_billno: chosen.mch_billno, mch_id: chosen.mch_id })
  const { exchanges } = await read(`exchanges?${query}`)
  byId('number').textContent = chosen.mch_billno
  show('xml', [chosen.mch_id, chosen.mch_billno, exchanges], () => {
    const all = exchanges.flatMap(({ op, at, request, response }) => [
      element('h3', `${op} · ${at}`),
      element('h4', '请求 request'),
      element('pre', request),
      element('h4', '应答 response'),
      element('pre', response || '（没有应答 no answer）'),
    ])
    return all.length > 0 ? all : [element('p', '已不再保存。Not kept any more.')]
  })
}

async function refresh() {
  try {
    await Promise.all([showLedger(), showExchanges()])
    byId('state').textContent = ''
  } catch {
    byId('state').textContent = '模拟器没有应答。The simulator does not answer.'
  }
}

async function watch() {
  await refresh()
  setTimeout(watch, EVERY_MS)
}

void watch()
