// The page of redpack console: its frame, and the view that the address names.
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { count } from '../../yuan.ts'
import { CampaignsView } from './campaigns.tsx'
import { OverviewView } from './overview.tsx'
import { PacketsView } from './packets.tsx'
import { Notice, QuestionDialog, question, Said } from './parts.tsx'
import { linkTo, route, VIEWS } from './route.ts'
import { act, lost, placeOf, state, updateNow, useCommandState } from './server.ts'
import { StoryDialog } from './story.tsx'
import { chooseLanguage, lang, m } from './words.ts'

const CONTENT = { overview: OverviewView, packets: PacketsView, campaigns: CampaignsView }

function Page() {
  useCommandState()
  const { view } = route.value
  const Content = CONTENT[view]
  useEffect(() => {
    document.title = `${m.value.views[view]} · ${m.value.title}`
  }, [view, lang.value])
  useEffect(() => chooseLanguage(lang.peek()), [])
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {m.value.skip}
      </button>
      <Header />
      <main id="content" tabIndex={-1}>
        <h1 class="unseen">{m.value.views[view]}</h1>
        {lost.value && <Notice tone="bad" title={m.value[lost.value]} />}
        <Brake />
        {state.value?.error && <p class="notice is-doubt">{m.value.notUpdated(state.value.error)}</p>}
        <Content />
      </main>
      <StoryDialog />
      <QuestionDialog />
      {!route.value.params.has('packet') && <Said />}
    </>
  )
}

function Header() {
  const now = state.value
  const { nav, views, title, otherLanguage, switchLanguage } = m.value
  const { view } = route.value
  return (
    <header>
      <div class="brand">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>{title}</span>
      </div>
      <nav aria-label={nav}>
        {VIEWS.map((one) => (
          <a key={one} href={linkTo(one)} aria-current={view === one ? 'page' : undefined}>
            {views[one]}
          </a>
        ))}
      </nav>
      <div class="place">
        {now && (
          <>
            {now.profile && (
              <span class={`profile ${now.profile.is_test ? 'is-test' : 'is-live'}`}>{now.profile.label}</span>
            )}
            <span class="endpoint" title={now.endpoint}>
              {now.endpoint.replace(/^https?:\/\//, '')}
            </span>
            <span class="keyid">{now.keyid}</span>
            <span class={`mode ${now.may_act ? 'is-acting' : ''}`} title={now.may_act ? '' : m.value.readingWhy}>
              {now.is_offline ? m.value.offline : now.may_act ? m.value.acting : m.value.reading}
            </span>
          </>
        )}
        <button
          type="button"
          class="small"
          lang={lang.value === 'zh' ? 'en' : 'zh-CN'}
          aria-label={switchLanguage}
          onClick={() => chooseLanguage(lang.value === 'zh' ? 'en' : 'zh')}
        >
          {otherLanguage}
        </button>
      </div>
      <Freshness />
    </header>
  )
}

function Freshness() {
  const now = state.value
  if (!now) return <p class="fresh" role="status" />
  const { is_running, done, total } = now.filling
  // Later updates read a page or two: only a first one is worth a bar.
  const is_first = is_running && now.as_of === null
  return (
    <div class="fresh">
      <p role="status">
        {is_first
          ? total > 0
            ? m.value.filling(count(done), count(total))
            : m.value.updating
          : now.as_of
            ? m.value.asOf(now.as_of.slice(0, 19))
            : m.value.neverRead}
      </p>
      {is_first && <progress max={total || 1} value={done} aria-label={m.value.filling(count(done), count(total))} />}
      {!now.is_offline && !is_first && (
        <button type="button" class="small" disabled={is_running} onClick={() => void updateNow()}>
          {m.value.update}
        </button>
      )}
    </div>
  )
}

/** That all sending is stopped, or how to stop it. */
function Brake() {
  const now = state.value
  if (!now) return null
  const { braked, brakedWhat, stopAll, resumeAll, askStopAll, askResumeAll, reason } = m.value
  const ask = (command: 'stop' | 'resume') => {
    const text = command === 'stop' ? askStopAll(placeOf(now)) : askResumeAll(placeOf(now))
    question.value = {
      text,
      yes: command === 'stop' ? stopAll : resumeAll,
      ...(command === 'stop' && { field: { label: reason } }),
      run: (value) => void act(`/api/brake/${command}`, value ? { reason: value } : {}),
    }
  }
  if (now.stopped_since) {
    return (
      <Notice tone="bad" title={braked(now.stopped_since.slice(0, 19))}>
        <p>{brakedWhat}</p>
        {now.may_brake && (
          <button type="button" onClick={() => ask('resume')}>
            {resumeAll}
          </button>
        )}
      </Notice>
    )
  }
  if (!now.may_brake) return null
  return (
    <p class="brake">
      <button type="button" class="danger" onClick={() => ask('stop')}>
        {stopAll}
      </button>
    </p>
  )
}

const root = document.getElementById('page')
if (root) render(<Page />, root)
