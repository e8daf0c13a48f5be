// The choices of a stage: deploy/default.yml, over it deploy/<stage>.yml, over that --param; checked, since a choice that is
// misspelled would be one that nobody made. serverless.yml reads it as ${file(./deploy/choices.cjs)}.
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { parse } = require('yaml')

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
/** Each has a pipe in resources/events.yml under this name. */
const EVENTS = ['packet.sent', 'packet.refused', 'packet.received', 'packet.refunded', 'campaign.done']
const SHARDS = '0123456789abcdef'
const RATE = 'rate(1 minute)'

const whole = (least, most) => ({
  fits: (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  form: `a whole number from ${least} to ${most}`,
})
const oneOf = (values) => ({ fits: (value) => values.includes(value), form: `one of ${values.join(', ')}` })
const text = (pattern, form) => ({ fits: (value) => typeof value === 'string' && pattern.test(value), form })
const yesOrNo = { fits: (value) => typeof value === 'boolean', form: 'true or false' }

const CHOICES = {
  alarm_topic: text(/^$|^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'the ARN of an SNS topic, or empty'),
  alarm_email: text(/^$|^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address, or empty'),
  dashboard: yesOrNo,
  tracing: yesOrNo,
  throttle_rate_per_s: whole(1, 10_000),
  throttle_burst: whole(1, 5_000),
  settle_entries: oneOf([1, 2, 4, 8, 16]),
  settle_concurrency: {
    fits: (value) => value === 'none' || whole(1, 1_000).fits(value),
    form: 'a whole number from 1 to 1000, or none',
  },
  log_retention_days: oneOf(RETENTION_DAYS),
  nat_gateways: whole(0, 2),
  subnets: text(
    /^$|^subnet-[0-9a-f]+(, ?subnet-[0-9a-f]+){0,15}$/,
    'up to 16 ids of subnets with commas between them, or empty',
  ),
  security_groups: text(
    /^$|^sg-[0-9a-f]+(, ?sg-[0-9a-f]+){0,4}$/,
    'up to 5 ids of security groups with commas between them, or empty',
  ),
  kms_key: text(/^(none|new|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/, 'none, new, or the ARN of a key'),
  events: {
    fits: (value) =>
      typeof value === 'boolean' || (typeof value === 'string' && value !== '' && listed(value).every(isEvent)),
    form: `true, false, or some of ${EVENTS.join(', ')} with commas between them`,
  },
  events_openid: yesOrNo,
}

/** What serverless.yml uses: the choices, and what follows from them. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage')
  const params = {}
  for (const name of Object.keys(CHOICES)) {
    const given = await resolveVariable(`param:${name}, null`)
    if (given !== null) params[name] = typed(String(given))
  }
  return choose(stage, params)
}
module.exports.choose = choose
module.exports.EVENTS = EVENTS

/** `folder` has default.yml and the files of the stages. */
function choose(stage, params = {}, folder = __dirname) {
  return derived(checked({ ...chosen(folder, 'default'), ...chosen(folder, stage), ...params }))
}

/** A parameter is a text; `default.yml` has numbers and yes or no, too. */
function typed(given) {
  if (given === 'true' || given === 'false') return given === 'true'
  return /^\d+$/.test(given) ? Number(given) : given
}

function chosen(folder, name) {
  const file = join(folder, `${name}.yml`)
  if (!existsSync(file)) return {}
  const choices = parse(readFileSync(file, 'utf8')) ?? {}
  if (typeof choices !== 'object' || Array.isArray(choices)) {
    throw new Error(`deploy/${name}.yml has to be lines of choices: name: value`)
  }
  for (const choice of Object.keys(choices)) {
    if (!Object.hasOwn(CHOICES, choice)) {
      throw new Error(`deploy/${name}.yml: there is no choice ${choice}; there are ${Object.keys(CHOICES).join(', ')}`)
    }
  }
  return choices
}

function checked(choices) {
  for (const [name, { fits, form }] of Object.entries(CHOICES)) {
    if (!fits(choices[name])) throw new Error(`${name} is ${JSON.stringify(choices[name])}, and has to be ${form}`)
  }
  const { alarm_topic, alarm_email, settle_entries, settle_concurrency, nat_gateways, subnets, security_groups } =
    choices
  const refuse = (if_so, message) => {
    if (if_so) throw new Error(message)
  }
  refuse(
    alarm_topic !== '' && alarm_email !== '',
    'alarm_topic and alarm_email: choose one, and subscribe the address to the topic',
  )
  refuse((subnets === '') !== (security_groups === ''), 'subnets and security_groups: choose both, or neither')
  refuse(
    nat_gateways > 0 && subnets !== '',
    'nat_gateways and subnets: choose one; gateways are made in a VPC of their own, subnets are in yours',
  )
  // A run takes most of its minute, so the next one begins beside it.
  refuse(
    settle_concurrency !== 'none' && settle_concurrency < settle_entries + 2,
    `settle_concurrency is ${settle_concurrency}, and has to be at least ${settle_entries + 2} for ${settle_entries} settle_entries, or none`,
  )
  return choices
}

function derived(choices) {
  const { alarm_topic, alarm_email, settle_entries, settle_concurrency, subnets, security_groups, kms_key } = choices
  return {
    ...choices,
    settle_concurrency: settle_concurrency === 'none' ? null : settle_concurrency,
    settle_events: schedule(settle_entries),
    alarm_actions: alarm_email === '' ? listed(alarm_topic) : [{ Ref: 'AlarmTopic' }],
    subnets: listed(subnets),
    security_groups: listed(security_groups),
    key: kms_key === 'new' ? { 'Fn::GetAtt': ['Key', 'Arn'] } : kms_key,
    // Continues a JSON object.
    openid_of_events: choices.events_openid ? ', "re_openid": "<$.dynamodb.NewImage.re_openid.S>"' : ' ',
    resources: ['main.yml', ...parts(choices)].map(variable),
  }
}

/** The parts of resources/ that make up the template besides main.yml: a file, or one object of a file. */
function parts({ alarm_email, dashboard, nat_gateways, subnets, kms_key, events }) {
  const kinds = events === true ? EVENTS : events === false ? [] : listed(events)
  return [
    ...(alarm_email === '' ? [] : ['topic.yml']),
    ...(dashboard ? ['dashboard.yml'] : []),
    ...(nat_gateways > 0 ? ['network.yml:one', 'egress.yml:rights', 'egress.yml:made'] : []),
    ...(nat_gateways === 2 ? ['network.yml:second'] : []),
    ...(subnets === '' ? [] : ['egress.yml:rights', 'egress.yml:existing']),
    ...(kms_key === 'none' ? [] : ['key.yml:use']),
    ...(kms_key === 'new' ? ['key.yml:new'] : []),
    ...(kms_key.startsWith('arn:') ? ['key.yml:existing'] : []),
    ...(kinds.length === 0 ? [] : ['events.yml:bus']),
    ...kinds.map((kind) => `events.yml:${kind.replace('.', '_')}`),
    ...(kinds.length > 0 && kms_key.startsWith('arn:') ? ['events.yml:key'] : []),
  ]
}

/** @returns what osls reads a part by */
function variable(part) {
  const [file, object] = part.split(':')
  return `\${file(./resources/${file})${object === undefined ? '' : `:${object}`}}`
}

/** One entry does all; several have the shards in equal parts, and say how many they are (lib/redpack/shards.ts). */
function schedule(entries) {
  if (entries === 1) return [{ schedule: { rate: RATE } }]
  const size = SHARDS.length / entries
  return Array.from({ length: entries }, (_, i) => ({
    schedule: { rate: RATE, input: { shards: [...SHARDS.slice(i * size, (i + 1) * size)], of: entries } },
  }))
}

function listed(values) {
  return values === '' ? [] : values.split(',').map((value) => value.trim())
}

function isEvent(name) {
  return EVENTS.includes(name)
}
