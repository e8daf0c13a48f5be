// The control of a simulator, typed: for test suites, also of a simulator that runs elsewhere.

export type Status = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND'
export type Op = 'sendredpack' | 'sendgroupredpack' | 'sendminiprogramhb' | 'gethbinfo' | 'downloadfundflow'

/** One receiver's share; `amount` in fen, the time is Beijing's. */
export type Receipt = { openid: string; amount: number; rcv_time: string }

/** A debit that has really happened; amounts in fen. */
export type Debit = {
  mch_billno: string
  mch_id: string
  wxappid: string
  re_openid: string
  total_amount: number
  total_num: number
  hb_type: 'NORMAL' | 'GROUP'
  send_name: string
  wishing: string
  act_name: string
  remark: string
  sub_mch_id?: string
  mini_program?: true
  send_listid: string
  status: Status
  reason?: string
  hblist?: Receipt[]
  debited_at: string
  refunded_at?: string
  refund_amount?: number
}

export type Ledger = {
  balance: number
  balances?: Record<string, number>
  total_debited: number
  debits: Debit[]
}

/** A call as it came in, and what it was answered with or what was done instead. */
export type Call = {
  op: Op
  at: string
  at_ms: number
  mch_billno: string
  mch_id: string
  fields: Record<string, string>
  answer: string | { return_code: string; result_code: string; err_code: string }
  fault?: string
  connection: number
}

/** The XML of one call, both ways. */
export type Exchange = { op: Op; at: string; mch_billno: string; mch_id: string; request: string; response: string }

type Trouble = 'hang' | 'reset' | 'systemerror' | 'processing' | 'numeric' | 'garbage' | 'html' | 'other_echo'
/** What can go wrong, or any err_code of WeChat's. */
export type Kind = `${Trouble}_before` | `${Trouble}_after` | 'late_debit' | 'failed' | 'sending' | (string & {})

/** How a fault is aimed and how often it hits; `total_amount` in fen. */
export type FaultOptions = {
  count?: number
  op?: Op
  seconds?: number
  mch_id?: string
  mch_billno?: string
  re_openid?: string
  total_amount?: number
  reason?: string
  text?: string
}
export type Fault = FaultOptions & { kind: Kind; count: number }

/** What a test asks of a simulator; each rejects with the control's own words if it says no. */
export type Control = {
  /** All debits and the balance. */
  ledger(): Promise<Ledger>
  /** The last calls, in order. */
  calls(): Promise<Call[]>
  /** The XML of a number's calls. */
  exchanges(mch_billno: string, mch_id?: string): Promise<Exchange[]>
  /** Lets the next fitting call, or the next `count`, go wrong. @returns the faults that wait */
  fault(kind: Kind, options?: FaultOptions): Promise<Fault[]>
  /** The faults that wait. */
  faults(): Promise<Fault[]>
  clock: {
    now(): Promise<Date>
    /** Moves the clock forward. @returns the new time */
    advance(advance_s: number): Promise<Date>
  }
  /** Lets receivers collect a packet: one of them, or all. */
  receive(
    mch_billno: string,
    options?: { mch_id?: string; openid?: string },
  ): Promise<{ status: Status; hblist: Receipt[] }>
  /** Sets the balance, fen: of all merchants, or of one. */
  balance(fen: number, mch_id?: string): Promise<void>
  /** Puts everything back to the start. */
  reset(): Promise<void>
}

/** The control at an origin, http://127.0.0.1:8444 for example. */
export function connect(control_origin: string): Control {
  const get = <T>(path: string) => ask<T>(control_origin, 'GET', path)
  const post = <T>(path: string, body?: object) => ask<T>(control_origin, 'POST', path, body)
  return {
    ledger: () => get<Ledger>('/ledger'),
    calls: async () => (await get<{ calls: Call[] }>('/calls')).calls,
    exchanges: async (mch_billno, mch_id) => {
      const query = new URLSearchParams({ mch_billno, ...(mch_id === undefined ? {} : { mch_id }) })
      return (await get<{ exchanges: Exchange[] }>(`/exchanges?${query}`)).exchanges
    },
    fault: async (kind, options = {}) => (await post<{ faults: Fault[] }>('/faults', { kind, ...options })).faults,
    faults: async () => (await get<{ faults: Fault[] }>('/faults')).faults,
    clock: {
      now: async () => new Date((await get<{ now: string }>('/clock')).now),
      advance: async (advance_s) => new Date((await post<{ now: string }>('/clock', { advance_s })).now),
    },
    receive: (mch_billno, options = {}) => post('/receive', { mch_billno, ...options }),
    balance: async (fen, mch_id) => {
      await post('/balance', { fen, ...(mch_id === undefined ? {} : { mch_id }) })
    },
    reset: async () => {
      await post('/reset')
    },
  }
}

async function ask<T>(origin: string, method: string, path: string, body?: object): Promise<T> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(`${origin}${path}`, { method, ...json })
  const answer = (await response.json()) as T & { error?: string }
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.error ?? response.status}`)
  return answer
}
