// A program may load this package twice, as ES module and as CommonJS. A brand makes instanceof hold between the two.

/** Makes `value instanceof type` true for instances of the same class of any copy. A subclass keeps the ordinary rule. */
export function brand(type: abstract new (...args: never[]) => object, name: string): void {
  const mark = Symbol.for(`redpack-client.${name}`)
  Object.defineProperty(type.prototype, mark, { value: true })
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as () => void, value)
      return typeof value === 'object' && value !== null && mark in value
    },
  })
}
