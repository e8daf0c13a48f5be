// A proxy that the environment names, and whether Node's fetch uses it: it does so only if it is told to.

/** A sentence for the error of a request that got no answer, or undefined if no proxy is meant for `url`. */
export function proxyHint(url: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  const name = [...names, 'all_proxy', 'ALL_PROXY'].find((one) => env[one])
  const proxy = name && env[name]
  if (!proxy || isExempt(hostname, port, env.no_proxy || env.NO_PROXY || '')) return undefined
  const named = `${name} names the proxy ${withoutPassword(proxy)}`
  if (isUsed(name, env)) return `${named}, which fetch uses`
  return (
    `${named}, but Node's fetch does not use it unless NODE_USE_ENV_PROXY=1 is set ` +
    '(Node 22.21, 24 and later; for an older Node give the option fetch)'
  )
}

/** Node reads it when it starts, and does not know ALL_PROXY. */
function isUsed(name: string, env: NodeJS.ProcessEnv): boolean {
  const told =
    env.NODE_USE_ENV_PROXY === '1' ||
    [...process.execArgv, env.NODE_OPTIONS ?? ''].join(' ').includes('--use-env-proxy')
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const can = major >= 24 || (major === 22 && minor >= 21)
  return told && can && !/^all_proxy$/i.test(name)
}

/** NO_PROXY: hosts and domains, with a port or without, `*` for all. */
function isExempt(hostname: string, port: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [host = '', only = ''] = entry.split(/:(?=\d+$)/)
      const domain = host.replace(/^\*?\./, '')
      if (entry === '*') return true
      return domain !== '' && (!only || only === port) && (hostname === domain || hostname.endsWith(`.${domain}`))
    })
}

function withoutPassword(proxy: string): string {
  try {
    return new URL(proxy.includes('://') ? proxy : `http://${proxy}`).host
  } catch {
    return '(which is no URL)'
  }
}
