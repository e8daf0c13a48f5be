// The ledger, read again each second; a click on a number shows the XML of its calls, both ways.
const EVERY_MS = 1000
const LIMIT = 200

const byId = (id) => document.getElementById(id)
let chosen

async function read(path) {
  const response = await fetch(path, { cache: 'no-store' })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return response.json()
}

function yuan(fen) {
  return (fen / 100).toFixed(2)
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
  button.addEventListener('click', () => {
    chosen = packet
    void refresh()
  })
  number.append(button)
  const status = packet.status ?? '–'
  made.setAttribute('aria-selected', String(isChosen(packet)))
  made.append(
    number,
    element('td', packet.mch_id),
    element('td', packet.re_openid),
    element('td', yuan(packet.total_amount), 'number'),
    element('td', packet.reason ? `${status} (${packet.reason})` : status),
    element('td', packet.sends, 'number'),
    element('td', packet.queries, 'number'),
    element('td', packet.answer),
  )
  return made
}

function isChosen({ mch_billno, mch_id }) {
  return chosen !== undefined && chosen.mch_billno === mch_billno && chosen.mch_id === mch_id
}

async function showLedger() {
  const { now, balance, debited, called, packets } = await read(`packets?limit=${LIMIT}`)
  byId('now').textContent = now
  byId('balance').textContent = `${yuan(balance)} 元`
  byId('debited').textContent = debited
  byId('called').textContent = called > packets.length ? `${packets.length} / ${called}` : called
  byId('empty').hidden = packets.length > 0
  const focused = document.activeElement?.textContent
  byId('packets').replaceChildren(...packets.map(row))
  for (const button of byId('packets').querySelectorAll('button')) if (button.textContent === focused) button.focus()
}

async function showExchanges() {
  byId('exchanges').hidden = chosen === undefined
  if (!chosen) return
  const query = new URLSearchParams({ mch_billno: chosen.mch_billno, mch_id: chosen.mch_id })
  const { exchanges } = await read(`exchanges?${query}`)
  byId('number').textContent = chosen.mch_billno
  const shown = exchanges.flatMap(({ op, at, request, response }) => [
    element('h3', `${op} · ${at}`),
    element('pre', request),
    element('pre', response || '（没有应答 no answer）'),
  ])
  byId('xml').replaceChildren(...(shown.length > 0 ? shown : [element('p', '已不再保存。Not kept any more.')]))
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
