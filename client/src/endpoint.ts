// The service's address as the constructor takes it: what the paths of the API are put behind.

/** The address without slashes at its end, or what is wrong with it. */
export function parseEndpoint(text: string): { endpoint: string } | { fault: string } {
  const url = parse(text)
  if (!url) return { fault: 'endpoint must be an http(s) URL such as https://example.com/prod' }
  if (url.username || url.password) return { fault: 'endpoint must be a URL without user name and password' }
  // An empty query or fragment is dropped by the parser, so the text is looked at.
  if (/[?#]/.test(text)) return { fault: 'endpoint must be a URL without query and fragment' }
  if (/[\s\\]/.test(text)) return { fault: 'endpoint must be a URL without spaces and backslashes' }
  const path = url.pathname.replace(/\/+$/, '')
  if (path.includes('//')) return { fault: 'endpoint must be a URL without empty parts in its path' }
  const api = /\/redpacks(\/(status|[0-9a-f]{24}))?$/i.exec(path)
  if (api) {
    const base = `${url.origin}${path.slice(0, api.index)}`
    return { fault: `endpoint must be the service's address without ${api[0]}: ${base}` }
  }
  return { endpoint: `${url.origin}${path}` }
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text)
    // `https:example.com` is a URL to the parser, and to nobody else.
    return /^https?:\/\/[^/\\]/i.test(text.trim()) ? url : undefined
  } catch {
    return undefined
  }
}
