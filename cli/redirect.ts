// A service that is asked over http and answers "ask over https": nothing is signed for the other address, and the user is told it.

type Fetch = typeof fetch

/** The problem that stands for such an answer; the service itself has no such code. */
export const REDIRECTED = 'redirected'
/** Misdirected Request (RFC 9110 §15.5.20): the client neither tries again nor takes it for an answer to a send. */
const MISDIRECTED = 421

/**
 * A fetch that follows no redirect. From http to https of the same path it gives a problem with the address to use: whoever
 * answers so has passed nothing on. Any other redirect is an error, after which a send is in doubt.
 */
export function withoutRedirects(inner: Fetch): Fetch {
  return async (input, init) => {
    const response = await inner(input, { ...init, redirect: 'manual' })
    const { status, headers } = response
    if (status < 300 || status > 399) return response
    const asked = urlOf(input)
    const target = targetOf(headers.get('location'), asked)
    await response.body?.cancel()
    if (!target || !isSameOverTls(asked, target))
      throw new TypeError(`redirect (HTTP ${status}) to ${target?.origin ?? '?'}`)
    // The address of the service is what stands before the API's own path.
    const detail = target.origin + target.pathname.replace(/\/(redpacks|campaigns)(\/.*)?$/, '')
    return Response.json({ code: REDIRECTED, detail, status, maybe_sent: false }, { status: MISDIRECTED })
  }
}

function urlOf(input: Parameters<Fetch>[0]): URL {
  return new URL(typeof input === 'object' && 'url' in input ? input.url : String(input))
}

function targetOf(location: string | null, base: URL): URL | undefined {
  return location !== null && URL.canParse(location, base.href) ? new URL(location, base.href) : undefined
}

function isSameOverTls(from: URL, to: URL): boolean {
  return from.protocol === 'http:' && to.protocol === 'https:' && from.pathname === to.pathname
}
