// SHA-256 by Node alone: the SDK brings one written in JavaScript for other platforms.
// The bundler puts this in the place of @smithy/core/checksum.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'

type Bytes = string | ArrayBuffer | ArrayBufferView

export class Sha256 {
  private made: Hash | Hmac
  private readonly secret: Buffer | string | undefined

  constructor(secret?: Bytes) {
    this.secret = secret === undefined ? undefined : bytesOf(secret)
    this.made = this.make()
  }

  update(data: Bytes): void {
    this.made.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.made.digest())
  }

  reset(): void {
    this.made = this.make()
  }

  private make(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret)
  }
}

function bytesOf(data: Bytes): Buffer | string {
  if (typeof data === 'string') return data
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.from(data)
}
