// The proxy that the environment names, for the service and for AWS. Node's fetch uses it only if it is told to.
import http from 'node:http'
import https from 'node:https'
import type { Context } from './context.ts'
import { CliError } from './exit.ts'

const VARIABLES = {
  HTTPS_PROXY: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  HTTP_PROXY: ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const
type Kind = keyof typeof VARIABLES
/** Since 24.14; older ones do not have it. */
const IS_ABLE = 'setGlobalProxyFromEnv' in http

/** As Node takes it, which does not know ALL_PROXY; undefined if there is none, or NODE_USE_ENV_PROXY=0 says not to. */
function proxyEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
  if (env.NODE_USE_ENV_PROXY === '0') return undefined
  const named = (Object.keys(VARIABLES) as Kind[]).flatMap((kind) => {
    const name = variableOf(kind, env)
    return name === undefined ? [] : [[kind, withScheme(env[name] ?? '')]]
  })
  if (named.length === 0) return undefined
  return { ...Object.fromEntries(named), NO_PROXY: env.no_proxy || env.NO_PROXY || '' }
}

function variableOf(kind: Kind, env: NodeJS.ProcessEnv): string | undefined {
  return VARIABLES[kind].find((name) => env[name])
}

/**
 * From now on fetch goes through the proxy. A Node before 24.14 cannot be told so while it runs: there NODE_USE_ENV_PROXY=1 does it.
 * @returns what ends that. @throws CliError for a proxy that is no http(s) URL
 */
export function useProxy({ env, m }: Context): () => void {
  const proxies = proxyEnv(env)
  if (proxies === undefined || !IS_ABLE) return () => {}
  const kinds = Object.keys(VARIABLES) as Kind[]
  const bad = kinds.filter((kind) => proxies[kind] !== undefined && !/^https?:\/\/[^/]/i.test(proxies[kind]))
  const names = new Set(bad.flatMap((kind) => variableOf(kind, env) ?? []))
  if (names.size > 0) throw new CliError('not_configured', m.badProxy([...names].join(', ')))
  return http.setGlobalProxyFromEnv(proxies)
}

/** For the AWS SDK, which has agents of its own. */
export function proxyAgents(env: NodeJS.ProcessEnv): { httpAgent?: http.Agent; httpsAgent?: https.Agent } {
  const proxies = proxyEnv(env)
  if (proxies === undefined) return {}
  const options = { keepAlive: true, proxyEnv: proxies }
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) }
}

/** What is said beside a failure to reach `endpoint`: a proxy may be the reason. Empty if none is meant for it. */
export function proxyNote({ env, m, endpoint }: Context): string {
  if (endpoint === undefined || !URL.canParse(endpoint)) return ''
  const url = new URL(endpoint)
  const name = variableOf(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', env)
  if (name === undefined || isExempt(url, env.no_proxy || env.NO_PROXY || '')) return ''
  return IS_ABLE && env.NODE_USE_ENV_PROXY !== '0' ? m.viaProxy(name, hostOf(env[name] ?? '')) : m.proxyUnused(name)
}

/** NO_PROXY: hosts and domains, with a port or without, `*` for all. */
function isExempt({ hostname, port }: URL, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [host = '', only] = entry.split(/:(?=\d+$)/)
      const domain = host.replace(/^\*?\./, '')
      if (entry === '*') return true
      return domain !== '' && (!only || only === port) && (hostname === domain || hostname.endsWith(`.${domain}`))
    })
}

/** Without a password that may stand in it. */
function hostOf(proxy: string): string {
  const url = withScheme(proxy)
  return URL.canParse(url) ? new URL(url).host : '?'
}

function withScheme(proxy: string): string {
  return proxy.includes('://') ? proxy : `http://${proxy}`
}
