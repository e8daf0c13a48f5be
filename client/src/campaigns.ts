// Campaigns: one packet to each row of a list, sent by the service itself. redPack.campaigns.
import type { RedPackListParams } from './answers.ts'
import type {
  Campaign,
  CampaignList,
  CampaignRow,
  CampaignRowList,
  CampaignRowResult,
  CampaignRowsParams,
  CreateCampaignParams,
  RetriedCampaign,
} from './campaign-answers.ts'
import { rowsOf } from './campaign-rows.ts'
import { type Uploaded, type UploadOptions, uploadRows } from './campaign-upload.ts'
import { exchange } from './exchange.ts'
import { checkEnd, checkOptions, jsonOf, kindOf, wrong } from './options.ts'
import { query, type ReadReply, type Reply, readReply } from './reply.ts'
import type { Settings } from './settings.ts'

/** `version`: the campaign's as last read. An older one is HError 409 `campaign_changed`; the last command again is answered as before. */
export type CommandOptions = { version: number }
export type StartOptions = CommandOptions & {
  /** Send although a campaign of the last 30 days pays over half of the list the same (else 409 `campaign_similar`). */
  even_if_similar?: boolean
}
export type RetryOptions = CommandOptions & {
  /** Only rows that were refused with this code of WeChat's. */
  err_code?: string
}

/** All methods reject as those of RedPack do. Each may be called again: nothing is created, uploaded or started twice. */
export class Campaigns {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** A draft, status 201; nothing is sent before start. The same parameters again: the same campaign, status 200. */
  async create(params: CreateCampaignParams, ...rest: undefined[]): Promise<Reply<Campaign>> {
    checkEnd('campaigns.create', rest)
    checkOptions('campaigns.create', params)
    return this.#write('POST', '/campaigns', params)
  }

  /**
   * Uploads the rows of a draft, in chunks of 500, of which only a few are in memory: `rows` may be any iterable, also an
   * asynchronous one. After an error call it again with the same rows; chunks that stand are not changed.
   * @throws TypeError; HError 422 `chunk_written` if other rows stand there; whatever `rows` throws
   */
  async upload(
    id: string,
    rows: Iterable<CampaignRow> | AsyncIterable<CampaignRow>,
    options: UploadOptions = {},
    ...rest: undefined[]
  ): Promise<Uploaded> {
    checkEnd('campaigns.upload', rest)
    checkOptions('campaigns.upload', options)
    const path = `${pathOf(id)}/rows`
    return uploadRows(rows, options, async (chunk, part) => {
      await exchange(this.#settings, { method: 'PUT', path: `${path}/${chunk}`, body: jsonOf({ rows: part }) })
    })
  }

  /** @throws HError 409 `campaign_incomplete`, `campaign_similar` (`problem.similar` says what was paid) */
  start(id: string, options: StartOptions, ...rest: undefined[]): Promise<Reply<Campaign>> {
    return this.#command('start', id, options, rest)
  }

  /** No row begins after the answer, which takes up to 3 s; rows under way end within 30 s. */
  pause(id: string, options: CommandOptions, ...rest: undefined[]): Promise<Reply<Campaign>> {
    return this.#command('pause', id, options, rest)
  }

  resume(id: string, options: CommandOptions, ...rest: undefined[]): Promise<Reply<Campaign>> {
    return this.#command('resume', id, options, rest)
  }

  /** For good. Answers as pause does. */
  cancel(id: string, options: CommandOptions, ...rest: undefined[]): Promise<Reply<Campaign>> {
    return this.#command('cancel', id, options, rest)
  }

  /** A new attempt for refused rows: `data.retried` says for how many. Rows that are unknown or sent never get one. */
  retry(id: string, options: RetryOptions, ...rest: undefined[]): Promise<Reply<RetriedCampaign>> {
    return this.#command('retry', id, options, rest)
  }

  /** The campaign with its counts. */
  async get(id: string, ...rest: undefined[]): Promise<ReadReply<Campaign>> {
    checkEnd('campaigns.get', rest)
    return this.#read(pathOf(id))
  }

  /** A page of campaigns, newest first; limit 1 to 1000 (default 20), offset from 0 (default). */
  async list(params: RedPackListParams = {}, ...rest: undefined[]): Promise<ReadReply<CampaignList>> {
    checkEnd('campaigns.list', rest)
    checkOptions('campaigns.list', params)
    const { limit, offset } = params
    return this.#read(`/campaigns${query({ limit, offset })}`)
  }

  /** A page of rows, in the order of the list. */
  async rowsPage(
    id: string,
    params: CampaignRowsParams = {},
    ...rest: undefined[]
  ): Promise<ReadReply<CampaignRowList>> {
    checkEnd('campaigns.rowsPage', rest)
    checkOptions('campaigns.rowsPage', params)
    const { limit, offset, outcome } = params
    return this.#read(`${pathOf(id)}/rows${query({ limit, offset, outcome })}`)
  }

  /** All rows in the order of the list, each once, read `limit` (2 to 1000, the default) at a time. */
  rows(
    id: string,
    options: Omit<CampaignRowsParams, 'offset'> = {},
    ...rest: undefined[]
  ): AsyncGenerator<CampaignRowResult, void, undefined> {
    checkEnd('campaigns.rows', rest)
    checkOptions('campaigns.rows', options)
    pathOf(id)
    const { limit = 1000, outcome } = options
    return rowsOf((page) => this.rowsPage(id, outcome === undefined ? page : { ...page, outcome }), limit)
  }

  async #command<T>(
    command: 'start' | 'pause' | 'resume' | 'cancel' | 'retry',
    id: string,
    options: CommandOptions,
    rest: undefined[],
  ): Promise<Reply<T>> {
    checkEnd(`campaigns.${command}`, rest)
    const path = `${pathOf(id)}/${command}`
    checkOptions(`campaigns.${command}`, options)
    if (!Number.isSafeInteger(options.version) || options.version < 1) {
      throw wrong(`campaigns.${command} needs { version }, the campaign's as you last read it`)
    }
    return this.#write('POST', path, options)
  }

  async #write<T>(method: 'POST', path: string, params: object): Promise<Reply<T>> {
    const { status, data } = await exchange(this.#settings, { method, path, body: jsonOf(params) })
    return { status, data: data as T }
  }

  async #read<T extends object>(path: string): Promise<ReadReply<T>> {
    return readReply(await exchange(this.#settings, { path }))
  }
}

/** As a part of the path the id must stay one. */
function pathOf(id: unknown): string {
  if (typeof id === 'string' && /^[0-9a-f]{24}$/.test(id)) return `/campaigns/${id}`
  throw wrong(`id must be the id of a campaign, 24 hex digits${typeof id === 'string' ? '' : `, not ${kindOf(id)}`}`)
}
