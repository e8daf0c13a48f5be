// Reads a request's body up to a limit.
import type { IncomingMessage } from 'node:http'

/** No body of WeChat's endpoints or of the control comes near this. */
const BODY_MAX_BYTES = 65_536

/**
 * Reads a body whole; undefined when it is longer than the limit, its rest read and dropped so that the refusal is heard.
 * @throws Error when the client goes away first.
 */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length_bytes = 0
    request.on('data', (chunk: Buffer) => {
      length_bytes += chunk.length
      if (length_bytes <= BODY_MAX_BYTES) chunks.push(chunk)
    })
    request.on('end', () => resolve(length_bytes <= BODY_MAX_BYTES ? Buffer.concat(chunks) : undefined))
    request.on('error', reject)
  })
}
