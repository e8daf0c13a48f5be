// What a person means by the word behind `get` and `status`: an id, a number, or something that is neither.
import type { Context } from './context.ts'
import { CliError } from './exit.ts'
import { toService } from './shell.ts'

/** WeChat's openids begin with o and have 28 characters; test systems make them a little shorter or longer. */
const OPENID = /^o[\w-]{15,31}$/
const NUMBER = /^RP([0-9a-f]{24})$/

/** @throws CliError if the text is an openid: a person is no packet, and "no such record" would say that nobody was paid */
export function assertNoOpenid(text: string, { m, argv, env }: Context): void {
  if (!OPENID.test(text.trim())) return
  const find = toService(['find', text.trim()], { argv, env })
  throw new CliError('usage', m.isOpenid(text.trim(), find), undefined, { openid: text.trim() })
}

/** The id of the record with this number; undefined for a number that this service does not make. */
export function idOf(mch_billno: string): string | undefined {
  return NUMBER.exec(mch_billno)?.[1]
}
