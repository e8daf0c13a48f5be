// One line of the doctor's: what was looked at, how it is, and what to do.

/** none: not looked at, and no fault. `text` and `hint` in the user's language. */
export type Finding = {
  readonly check:
    | 'configuration'
    | 'endpoint'
    | 'caller'
    | 'clock'
    | 'secrets'
    | 'certificate'
    | 'wechatpay'
    | 'brake'
    | 'epoch'
    | 'settle'
    | 'version'
    | 'proxy'
    | 'rest'
  readonly state: 'good' | 'bad' | 'doubt' | 'none'
  readonly text: string
  readonly hint?: string | undefined
  /** Of a certificate: whole days until it ends. */
  readonly days_left?: number
}
