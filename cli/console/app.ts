// The console's routes: the page, what it reads, and what it may do. Who may ask at all is guard.ts's matter.
import { type Context as Call, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { RedPackError } from '../../client/src/index.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { explain } from '../explain.ts'
import { LANGS, type Lang } from '../words/both.ts'
import { commandBrake, commandCampaign } from './actions.ts'
import { campaignsOf } from './campaigns.ts'
import { contextIn, type Desk, Problem } from './desk.ts'
import { FILES, type PageFiles } from './files.ts'
import { overviewOf, stateOf } from './overview.ts'
import { activitiesOf, exportOf, packetsOf } from './packets.ts'
import { askStatus, storyOf } from './story.ts'

const BODY_MAX_BYTES = 8 * 1024
const COMMANDS = ['pause', 'resume', 'retry'] as const
const ID = '{[0-9a-f]{24}}'

export function appOf(desk: Desk, files: PageFiles): Hono {
  const contexts = Object.fromEntries(LANGS.map((lang) => [lang, contextIn(lang, desk.context)])) as Record<
    Lang,
    Context
  >
  const words = (call: Call) => contexts[langOf(call, desk.context.lang)]
  const app = new Hono({ strict: true })
  const read = (path: string, answer: (call: Call, context: Context) => unknown) =>
    app.get(path, async (call) => call.json((await answer(call, words(call))) as object))

  app.get('/', (call) => call.html(files.html(desk.context.lang)))
  for (const [path, type] of Object.entries(FILES)) {
    app.get(path, (call) => call.body(files.read(path), 200, { 'content-type': type }))
  }
  read('/api/state', (_call, context) => {
    desk.filler.tick()
    return stateOf(desk, context)
  })
  read('/api/overview', () => overviewOf(desk))
  read('/api/packets', (call, context) => packetsOf(desk, call.req.query(), context))
  read('/api/activities', () => ({ objects: activitiesOf(desk) }))
  read(`/api/packets/:id${ID}`, (call, context) => storyOf(idOf(call), desk, context))
  read('/api/campaigns', (_call, context) => campaignsOf(desk, context))
  app.get('/export.csv', (call) => {
    const csv = exportOf(desk, call.req.query(), words(call))
    return call.body(csv, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="redpack.csv"',
    })
  })

  app.use(bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (call) => tooLarge(call, words(call)) }))
  app.post('/api/update', async (call) => {
    await bodyOf(call, words(call))
    void desk.filler.updateAll()
    return call.json({}, 202)
  })
  const act = (path: string, answer: (call: Call, body: unknown, context: Context) => Promise<object>) =>
    app.post(path, async (call) => {
      const context = words(call)
      if (!desk.may_act) throw new Problem(403, 'actions_off', context.m.console.actionsOff)
      return call.json(await answer(call, await bodyOf(call, context), context))
    })
  act(`/api/packets/:id${ID}/ask`, (call, _body, context) => askStatus(idOf(call), desk, context))
  for (const command of COMMANDS) {
    act(`/api/campaigns/:id${ID}/${command}`, (call, body, context) =>
      commandCampaign(idOf(call), command, body, desk, context),
    )
  }
  act('/api/brake/stop', (_call, body, context) => commandBrake('stop', body, desk, context))
  act('/api/brake/resume', (_call, body, context) => commandBrake('resume', body, desk, context))

  app.notFound((call) => problem(call, 404, 'not_found', words(call).m.console.notHere))
  app.onError((error, call) => toProblem(error, call, words(call)))
  return app
}

function langOf(call: Call, or: Lang): Lang {
  const wanted = call.req.query('lang')
  return wanted === 'zh' || wanted === 'en' ? wanted : or
}

function idOf(call: Call): string {
  return call.req.param('id') ?? ''
}

/** Only JSON that says so: a form of another page can send any other type without asking first. */
async function bodyOf(call: Call, { m }: Context): Promise<unknown> {
  const type = call.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new Problem(415, 'wrong_content_type', m.problems.wrong_content_type)
  try {
    return await call.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem(400, 'malformed_json', m.problems.malformed_json)
    throw error
  }
}

function tooLarge(call: Call, { m }: Context): Response {
  return problem(call, 413, 'body_too_large', m.problems.body_too_large)
}

/** What the page is told: the same words that the command would end with. */
function toProblem(error: unknown, call: Call, context: Context): Response {
  if (error instanceof Error && error.name === 'BodyLimitError') return tooLarge(call, context)
  if (error instanceof Problem) return problem(call, error.status, error.code, error.message)
  const { code, message } = explain(error, context)
  if (error instanceof CliError) return problem(call, 409, code, message)
  if (error instanceof RedPackError) return problem(call, 502, code, message)
  return problem(call, 500, code, message)
}

function problem(call: Call, status: 400 | 403 | 404 | 409 | 413 | 415 | 500 | 502, code: string, message: string) {
  return call.json({ code, message }, status)
}
