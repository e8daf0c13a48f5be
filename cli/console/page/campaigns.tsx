// Campaigns: how far each is, what halts it, and pause, resume and retry.
import { useEffect, useState } from 'preact/hooks'
import type { CampaignCounts } from '../../../client/src/index.ts'
import { count, yuan } from '../../yuan.ts'
import type { CampaignCard, Campaigns, Command } from '../campaigns.ts'
import { Failed, Notice, type Question, question } from './parts.tsx'
import { linkTo } from './route.ts'
import { act, is_acting, placeOf, state, useAnswer } from './server.ts'
import { m } from './words.ts'

const MOVING_MS = 4_000
/** Parts of the bar, and what is told; the kinds give the colours. */
const PARTS = [
  ['sent', 'received'],
  ['refused', 'refused'],
  ['unknown', 'unknown'],
  ['manual', 'unknown'],
] as const

export function CampaignsView() {
  const [beat, setBeat] = useState(0)
  const { data, error, reload } = useAnswer<Campaigns>('/api/campaigns', `${state.value?.revision} ${beat}`)
  const is_moving = data?.objects.some((one) => ['queued', 'running', 'settling'].includes(one.state)) ?? false
  useEffect(() => {
    if (!is_moving) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setBeat((n) => n + 1)
    }, MOVING_MS)
    return () => clearInterval(timer)
  }, [is_moving])
  if (error && !data) return <Failed error={error} again={reload} />
  if (!data) return <p class="quiet">{m.value.loading}</p>
  if (data.is_offline) return <Notice tone="plain" title={m.value.campaignsOffline} />
  if (data.objects.length === 0) return <Notice tone="plain" title={m.value.noCampaigns} />
  return (
    <>
      {error && <Failed error={error} again={reload} />}
      <ul class="campaigns">
        {data.objects.map((campaign) => (
          <Campaign key={campaign.id} campaign={campaign} reload={reload} />
        ))}
      </ul>
      {data.total > data.objects.length && (
        <p class="quiet">{m.value.newestCampaigns(count(data.objects.length), count(data.total))}</p>
      )}
    </>
  )
}

function Campaign({ campaign, reload }: { campaign: CampaignCard; reload: () => void }) {
  const { id, name, state_text, state: phase, rows, fen, rate_per_s, created_at, halt, reasons } = campaign
  const { created, rate, packetsUnit, itsPackets } = m.value
  return (
    <li class="card campaign">
      <div class="head">
        <h2>{name}</h2>
        <span class={`phase is-${phase}`}>{state_text}</span>
      </div>
      <p class="quiet">
        {packetsUnit(count(rows))} · ¥{yuan(fen)} · {rate(rate_per_s)} · {created(created_at)}
      </p>
      <Progress campaign={campaign} />
      {halt && <p class={`halt ${phase === 'stopped' ? 'is-bad' : 'is-doubt'}`}>{halt}</p>}
      {reasons.length > 0 && (
        <ul class="reasons">
          {reasons.map((one) => (
            <li key={one.err_code}>
              <code>{one.err_code}</code>
              <span>{packetsUnit(count(one.count))}</span>
              <span class="money">¥{yuan(one.fen)}</span>
              <span class="why">{one.advice}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="buttons">
        <Commands campaign={campaign} reload={reload} />
        <a class="button" href={linkTo('packets', { campaign: id, called: name })}>
          {itsPackets}
        </a>
      </div>
    </li>
  )
}

function Progress({ campaign }: { campaign: CampaignCard }) {
  const { counts, amounts, rows } = campaign
  const begun = rows - counts.waiting
  const text = m.value.begun(count(begun), count(rows))
  const told: (keyof CampaignCounts)[] = ['sent', 'received', 'refunded', 'refused', 'unknown', 'manual']
  const names = { ...m.value.told, manual: m.value.outcomes.manual }
  return (
    <>
      <div
        class="bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={rows}
        aria-valuenow={begun}
        aria-valuetext={text}
        aria-label={campaign.name}
      >
        {PARTS.map(([name, kind]) => (
          <i key={name} class={`is-${kind}`} style={{ width: `${(100 * counts[name]) / rows}%` }} />
        ))}
      </div>
      <p class="begun">{text}</p>
      <ul class="counts">
        {told
          .filter((name) => name === 'sent' || counts[name] > 0)
          .map((name) => (
            <li key={name}>
              <span>{names[name as keyof typeof names]}</span> <b>{count(counts[name])}</b>{' '}
              <span class="money">¥{yuan(amounts[name])}</span>
            </li>
          ))}
      </ul>
      <p class="quiet">{m.value.countsAsOf(campaign.updated_at)}</p>
    </>
  )
}

function Commands({ campaign, reload }: { campaign: CampaignCard; reload: () => void }) {
  const { may } = campaign
  const may_act = state.value?.may_act ?? false
  if (may.length === 0) return null
  const run = (command: Command, body: object) =>
    void act(`/api/campaigns/${campaign.id}/${command}`, body).then(reload)
  return (
    <>
      {may.map((command) => (
        <button
          key={command}
          type="button"
          class={command === 'pause' ? '' : 'primary'}
          disabled={!may_act || is_acting.value}
          onClick={() => {
            question.value = questionOf(command, campaign, run)
          }}
        >
          {m.value.commands[command]}
        </button>
      ))}
      {is_acting.value && <small role="status">{m.value.working}</small>}
      {!may_act && <small>{m.value.readingWhy}</small>}
    </>
  )
}

function questionOf(command: Command, campaign: CampaignCard, run: (command: Command, body: object) => void): Question {
  const { name, counts, amounts, reasons } = campaign
  const { askCommand, commands, whichCode, anyCode } = m.peek()
  const place = placeOf(state.peek())
  const of = command === 'retry' ? 'refused' : 'waiting'
  const choices = reasons.map(({ err_code, count: rows }) => [err_code, `${err_code} (${count(rows)})`] as const)
  return {
    text: askCommand[command](name, count(counts[of]), yuan(amounts[of]), place),
    yes: commands[command],
    ...(command === 'retry' &&
      choices.length > 1 && { field: { label: whichCode, choices: [['', anyCode] as const, ...choices] } }),
    run: (code) => run(command, command === 'retry' && code ? { err_code: code } : {}),
  }
}
