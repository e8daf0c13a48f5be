// What a call may be given. An option that is not known is an error: a misspelled key that is ignored pays twice.

/** The options of each call, by the name that users know it by. */
const OPTIONS = {
  'new RedPack': ['endpoint', 'keyid', 'secret', 'timeout_ms', 'retries', 'require_key', 'miniapp_id', 'fetch'],
  sendRedPack: ['idempotency_key'],
  getSentRedPackList: ['limit', 'offset'],
  getSentRedPack: ['idempotency_key'],
  getRedPackStatus: ['id', 'mch_billno'],
  records: ['limit', 'on_page'],
  signRequest: ['url', 'keyid', 'secret', 'created', 'method', 'body', 'idempotency_key'],
  'campaigns.create': ['name', 'defaults', 'rows_count', 'total_amount', 'rate_per_s'],
  'campaigns.upload': ['from_chunk', 'concurrency', 'on_chunk'],
  'campaigns.start': ['version', 'even_if_similar'],
  'campaigns.pause': ['version'],
  'campaigns.resume': ['version'],
  'campaigns.cancel': ['version'],
  'campaigns.retry': ['version', 'err_code'],
  'campaigns.list': ['limit', 'offset'],
  'campaigns.rowsPage': ['limit', 'offset', 'outcome'],
  'campaigns.rows': ['limit', 'outcome'],
} as const satisfies Record<string, readonly string[]>
export type Call = keyof typeof OPTIONS

export function wrong(what: string): TypeError {
  return new TypeError(`RedPack: ${what}. Nothing was sent.`)
}

/** @throws TypeError unless it is a plain object that holds nothing but options of `call` */
export function checkOptions(call: Call, options: unknown): void {
  const known: readonly string[] = OPTIONS[call]
  if (!isPlain(options)) throw wrong(`${call} takes { ${known.join(', ')} } as its options, not ${kindOf(options)}`)
  for (const name of Reflect.ownKeys(options)) {
    if (typeof name === 'symbol' || !known.includes(name)) throw wrong(unknownOption(call, String(name)))
  }
}

/** @throws TypeError if a call got more arguments than it takes */
export function checkEnd(call: string, rest: readonly unknown[]): void {
  if (rest.some((value) => value !== undefined)) throw wrong(`${call} got more arguments than it takes`)
}

/**
 * The parameters of a send as JSON.
 * @throws TypeError if they are no object, or if an option stands among them
 */
export function bodyOf(params: unknown): string {
  if (typeof params !== 'object' || params === null) {
    throw wrong(`sendRedPack takes the parameters of the red packet as its first argument, not ${kindOf(params)}`)
  }
  const body = jsonOf(params)
  const sent: unknown = JSON.parse(body)
  // What JSON makes of it counts: an array, a date, a Map and a promise that was not awaited have no parameters.
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent) || Object.keys(sent).length === 0) {
    throw wrong(`sendRedPack takes the parameters of the red packet as its first argument, not ${kindOf(params)}`)
  }
  for (const name of Object.keys(sent)) {
    const [option, call] = sendsOption(name) ?? []
    if (call === 'sendRedPack')
      throw wrong(`${quoted(name)} is no parameter: give { ${option} } as the second argument`)
    if (call) throw wrong(`${quoted(name)} is no parameter: ${option} is an option of ${call}`)
  }
  return body
}

/** @throws TypeError for what cannot be written as JSON */
export function jsonOf(params: object): string {
  try {
    return JSON.stringify(params) ?? 'null'
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw wrong(`the parameters cannot be written as JSON (${reason})`)
  }
}

/** The option that a parameter of a send was meant to be. */
function sendsOption(name: string): [option: string, call: Call] | undefined {
  for (const call of ['sendRedPack', 'new RedPack'] as const) {
    const option = OPTIONS[call].find((one) => plain(one) === plain(name))
    if (option) return [option, call]
  }
  return undefined
}

function unknownOption(call: Call, name: string): string {
  const known: readonly string[] = OPTIONS[call]
  const [nearest = '', distance] = nearestOf(name, known)
  // What is signed are no options of a service's caller: for `url`, the constructor has its own word.
  const elsewhere = (Object.keys(OPTIONS) as Call[]).find(
    (other) => other !== 'signRequest' && OPTIONS[other].some((option) => plain(option) === plain(name)),
  )
  const has = `${call} has no option ${quoted(name)}`
  if (distance > 0 && elsewhere) return `${has}: it is an option of ${elsewhere}. Options here: ${known.join(', ')}`
  if (known.length === 1 || distance <= Math.max(3, name.length / 2))
    return `${has}: did you mean ${nearest}? Its options: ${known.join(', ')}`
  return `${has}. Nearest: ${nearest}. Options: ${known.join(', ')}`
}

/** An object literal, or one like it, of this realm or another. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise (await it)'
  if (typeof value !== 'object') return `a ${typeof value}`
  return `this object (${value.constructor?.name || 'without a class'})`
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name)
}

/** The letters alone: `Idempotency-Key` and `idempotencyKey` mean idempotency_key. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function nearestOf(name: string, known: readonly string[]): [nearest: string | undefined, distance: number] {
  const ranked = known.map((option) => [option, distanceOf(plain(name), plain(option))] as const)
  const [first] = ranked.sort(([, a], [, b]) => a - b)
  return [first?.[0], first?.[1] ?? Number.POSITIVE_INFINITY]
}

/** Levenshtein's: how many letters are to be added, taken away or changed. Only the beginning of a long name counts. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...from.slice(0, 64)].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (letter === to[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
