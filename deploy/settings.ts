// Which settings belong to one machine: a deployment with them would pay into a simulator, or read another table.
import { BlockList, isIP } from 'node:net'

export type Finding = { readonly name: string; readonly value: string; readonly why: string }

/** Names that never lead out of a machine or its network (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal) and names of containers. */
const LOCAL_NAME = /^[^.]*$|(^|\.)(localhost|localdomain|local|internal|test|invalid|example|lan|home|home\.arpa)$/
/** Public names that resolve to this machine, or to the address that stands in them. */
const LEADS_BACK = /(^|\.)(localhost\.localstack\.cloud|localtest\.me|lvh\.me|nip\.io|sslip\.io|xip\.io)$/
/** `local`, `redpack-local`, `redpack/local`: what local/parts.ts and people call a place on their own machine. */
const LOCAL_WORD = /(^|[-_./:])local([/:]|$)/i
/** Of WECHATPAY_ORIGIN these are the only ones that it may be; lib/config.ts refuses others when a request comes. */
const HTTPS_ORIGIN = /^https:\/\/[^/?#@]+\/?$/i
const ENDPOINT = /^AWS_ENDPOINT_URL(_|$)/

/** Loopback, unspecified, link-local and private addresses; IPv4 ones also as IPv6 writes them. */
const LOCAL_ADDRESSES = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  LOCAL_ADDRESSES.addSubnet(net, prefix)
for (const [net, prefix] of [
  ['::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  LOCAL_ADDRESSES.addSubnet(net, prefix, 'ipv6')

/** A stage that may be packaged with anything: `local`, or a name that ends so. */
export function isLocalStage(stage: string): boolean {
  return LOCAL_WORD.test(stage)
}

/** True for a host name or address that only this machine or its network knows, however it is spelled. */
export function isLocalHost(host: string): boolean {
  const url = URL.parse(`http://${isIP(host) === 6 ? `[${host}]` : host}`)
  if (!url) return true
  const name = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const version = isIP(name)
  return version === 0
    ? LOCAL_NAME.test(name) || LEADS_BACK.test(name)
    : LOCAL_ADDRESSES.check(name, version === 6 ? 'ipv6' : 'ipv4')
}

/** What of a function's environment, and of the shell that packages it, is local or cannot work on AWS. */
export function localSettings(environment: Record<string, unknown>, shell: NodeJS.ProcessEnv = {}): Finding[] {
  const endpoints = Object.fromEntries(Object.entries(shell).filter(([name]) => ENDPOINT.test(name)))
  return Object.entries({ ...endpoints, ...environment }).flatMap(([name, value]) => {
    if (typeof value !== 'string') return []
    const why = fault(name, value)
    return why === undefined ? [] : [{ name, value, why }]
  })
}

function fault(name: string, value: string): string | undefined {
  if (ENDPOINT.test(name)) return value !== '' && isLocalUrl(value) ? 'leads to this machine or network' : undefined
  if (name === 'WECHATPAY_CA')
    return value === '' ? undefined : 'is for simulators; the certificates of WeChat Pay need none'
  if (name === 'WECHATPAY_ORIGIN') return originFault(value)
  if (name !== 'REDPACK_TABLE' && name !== 'REDPACK_SECRET_PREFIX') return undefined
  if (value.trim() === '') return 'is empty'
  return LOCAL_WORD.test(value) ? 'is the name of a local one' : undefined
}

function originFault(value: string): string | undefined {
  if (value === '') return undefined
  if (isLocalUrl(value)) return 'leads to this machine or network'
  return HTTPS_ORIGIN.test(value) ? undefined : 'is not an https:// origin'
}

/** A value without a scheme counts with one, as people write `localhost:8000`. */
function isLocalUrl(text: string): boolean {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  return !url || isLocalHost(url.hostname)
}
