// The choices of a stage: deploy/default.yml, over it deploy/<stage>.yml, over that --param; checked, since a choice that is
// misspelled would be one that nobody made. serverless.yml reads it as ${file(./deploy/choices.cjs)}.
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { parse } = require('yaml')

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
const whole = (least, most) => ({
  fits: (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  form: `a whole number from ${least} to ${most}`,
})

const CHOICES = {
  alarm_topic: {
    fits: (value) => value === '' || /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(value),
    form: 'the ARN of an SNS topic, or empty',
  },
  alarm_email: {
    fits: (value) => value === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value),
    form: 'an e-mail address, or empty',
  },
  throttle_rate_per_s: whole(1, 10_000),
  throttle_burst: whole(1, 5_000),
  settle_concurrency: {
    fits: (value) => value === 'none' || whole(1, 1_000).fits(value),
    form: 'a whole number from 1 to 1000, or none',
  },
  log_retention_days: { fits: (value) => RETENTION_DAYS.includes(value), form: `one of ${RETENTION_DAYS.join(', ')}` },
}

/** What serverless.yml uses: the choices, and what follows from them. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage')
  const params = {}
  for (const name of Object.keys(CHOICES)) {
    const given = await resolveVariable(`param:${name}, null`)
    if (given !== null) params[name] = /^\d+$/.test(String(given)) ? Number(given) : given
  }
  return choose(stage, params)
}
module.exports.choose = choose

/** `folder` has default.yml and the files of the stages. */
function choose(stage, params = {}, folder = __dirname) {
  return derived(checked({ ...chosen(folder, 'default'), ...chosen(folder, stage), ...params }))
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
  if (choices.alarm_topic !== '' && choices.alarm_email !== '') {
    throw new Error('alarm_topic and alarm_email: choose one, and subscribe the address to the topic')
  }
  return choices
}

function derived(choices) {
  const made = choices.alarm_email === '' ? {} : { AlarmTopic: topic(choices.alarm_email) }
  const topics = choices.alarm_email === '' ? [choices.alarm_topic].filter(Boolean) : [{ Ref: 'AlarmTopic' }]
  return {
    ...choices,
    settle_concurrency: choices.settle_concurrency === 'none' ? null : choices.settle_concurrency,
    alarm_actions: topics,
    resources: { Resources: made },
  }
}

function topic(email) {
  return { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Protocol: 'email', Endpoint: email }] } }
}
