// Who may speak to the control: programs on this machine. A web page, also one that has its name lead here, is turned away.
import type { IncomingMessage } from 'node:http'

/** Why a request is turned away. */
export type Refused = Readonly<{ status: number; error: string }>

/**
 * Looks at where a request comes from.
 * @param hosts names under which this control may be reached besides localhost, 127.0.0.0/8 and ::1
 */
export function guard({ headers, url }: IncomingMessage, hosts: readonly string[]): Refused | undefined {
  const host = hostName(headers.host)
  // DNS rebinding: a page's own name that leads to this machine is still in its Host.
  if (!isLoopback(host) && !hosts.includes(host)) {
    const name = JSON.stringify(host).slice(0, 100)
    return {
      status: 403,
      error: `the control answers to localhost, not to ${name}; --control-name allows another name`,
    }
  }
  if (headers.origin !== undefined) return { status: 403, error: 'the control does not answer web pages (Origin)' }
  const site = headers['sec-fetch-site']
  const opened = headers['sec-fetch-mode'] === 'navigate' && url === '/'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opened)
    return { status: 403, error: 'the control does not answer web pages (Sec-Fetch-Site)' }
  return undefined
}

/** A body is JSON and says so: a page can send any other type without asking first. */
export function guardBody({ headers }: IncomingMessage, body: Buffer): Refused | undefined {
  if (body.length === 0) return undefined
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return undefined
  return { status: 415, error: 'the body must be JSON: send the header content-type: application/json' }
}

function hostName(host = ''): string {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host)?.[1] ?? host
  return name.toLowerCase()
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
