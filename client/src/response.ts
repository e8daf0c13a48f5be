// An answer as any fetch gives it: the platform's own, node-fetch, or a function that wraps one of them.

/** What is looked at of a Response; only `status` has to be there. */
export type ResponseLike = {
  readonly status: number
  readonly headers?: unknown
  readonly body?: unknown
  readonly bodyUsed?: boolean
  text?(): Promise<string>
  arrayBuffer?(): Promise<ArrayBuffer>
}

/** A page of 1000 records is well below this, and Lambda answers with 6 MB at most. */
const BODY_MAX = 8 * 1024 * 1024

/** @throws Error if `fetch` gave something else than a Response */
export function asResponse(value: unknown): ResponseLike {
  const status = typeof value === 'object' && value !== null && 'status' in value ? value.status : undefined
  if (typeof status === 'number') return value as ResponseLike
  throw new Error('the option fetch must be a function that gives a Response')
}

/** @throws Error for a body that is too long, broken off, or already read */
export async function readText(response: ResponseLike): Promise<string> {
  const { body } = response
  if (response.bodyUsed) throw new Error('the option fetch gave a Response whose body was read before: give a clone()')
  if (typeof body === 'string' || body instanceof Uint8Array) return within(bytesOf(body))
  // node-fetch has a stream of Node's for a body, which can be iterated over; older platforms have none at all.
  const chunks = hasReader(body) ? readerOf(body) : isIterable(body) ? body : undefined
  if (chunks) return readChunks(chunks)
  if (response.arrayBuffer) return within(bytesOf(await response.arrayBuffer()))
  return within(bytesOf(response.text ? await response.text() : ''))
}

/** Null for a header that is not there; `headers` may be a plain object. */
export function headerOf({ headers }: ResponseLike, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null
  const value: unknown =
    'get' in headers && typeof headers.get === 'function' ? headers.get(name) : ownHeader(headers, name)
  return typeof value === 'string' ? value : null
}

function ownHeader(headers: object, name: string): unknown {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
}

type Reader = { read(): Promise<{ done: boolean; value?: unknown }>; cancel(): Promise<void> }

function hasReader(body: unknown): body is { getReader(): Reader } {
  return typeof body === 'object' && body !== null && 'getReader' in body && typeof body.getReader === 'function'
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** Not every web stream can be iterated over, so its reader is used. */
async function* readerOf(body: { getReader(): Reader }): AsyncGenerator<unknown, void, undefined> {
  const reader = body.getReader()
  let ended = false
  try {
    while (!ended) {
      const { done, value } = await reader.read()
      ended = done
      if (!done) yield value
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {})
  }
}

async function readChunks(chunks: AsyncIterable<unknown>): Promise<string> {
  const read: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    const bytes = bytesOf(chunk)
    size += bytes.byteLength
    if (size > BODY_MAX) throw tooLong()
    read.push(bytes)
  }
  return within(...read)
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8')
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  throw new Error('the body of the answer is no stream of bytes')
}

function within(...chunks: Uint8Array[]): string {
  const bytes = Buffer.concat(chunks)
  if (bytes.byteLength > BODY_MAX) throw tooLong()
  return bytes.toString('utf8')
}

function tooLong(): Error {
  return new Error(`the answer is longer than ${BODY_MAX} bytes`)
}
