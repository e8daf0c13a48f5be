// The merchants that WeChat knows.

/** A merchant: its API v2 key, and what it has registered. */
export type Merchant = Readonly<{
  mch_id: string
  api_key: string
  /** The appids bound to it; any if none are named. */
  appids?: readonly string[] | undefined
  /** A service provider's own merchants: with them it may send sub_mch_id, msgappid and consume_mch_id. */
  sub_mch_ids?: readonly string[] | undefined
  /** The addresses that may call; any if none are named. */
  ips?: readonly string[] | undefined
}>
