// Where bills come from: files of the portal, and WeChat itself.
import { readFileSync, statSync } from 'node:fs'
import { merchants } from '../../lib/aws/merchants.ts'
import { secretsManager } from '../../lib/aws/secrets.ts'
import type { GatewayType } from '../../lib/redpack/params.ts'
import { queryMeaningOf } from '../../lib/wechatpay/codes.ts'
import { secretStore } from '../aws/store.ts'
import type { Context } from '../context.ts'
import { beijingDay } from '../days.ts'
import { CliError, EXIT } from '../exit.ts'
import { STDIN } from '../input.ts'
import { wechatConfig } from '../merchant/check.ts'
import { causeOf } from '../reach.ts'
import { type Bill, BillError, readBill } from './bill.ts'
import { ACCOUNTS, downloadBill } from './download.ts'
import { FILE_MAX_BYTES, textOf, unpacked } from './text.ts'

export type Merchant = { miniapp_id: string; gateway_type: GatewayType; appid: string; prefix?: string | undefined }

/** @throws CliError if it cannot be read, or is no file of WeChat's that is known */
export async function billOfFile(file: string, context: Context): Promise<Bill> {
  const { m, terminal } = context
  try {
    if (file !== STDIN && statSync(file).size > FILE_MAX_BYTES)
      throw new CliError('too_large', m.reconcile.tooLarge(file))
    const bytes = file === STDIN ? await terminal.stdin() : readFileSync(file)
    return understand(textOf(unpacked(bytes)), file, context)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError('unreadable', m.unreadable(file, causeOf(error)))
  }
}

/**
 * The bills of both accounts of some days, as far as there are any.
 * @throws CliError if WeChat does not give one, or a day is not over and has none
 */
export async function billsOfDays(days: readonly string[], whose: Merchant, context: Context): Promise<Bill[]> {
  const { m } = context
  const { miniapp_id, gateway_type, appid, prefix } = whose
  const { wechatpay_origin: origin, wechatpay_ca: ca } = wechatConfig(context)
  const store = secretStore(prefix, context)
  await store.read(`merchants/${miniapp_id}`)
  const merchant = await merchants(secretsManager(store.client), store.prefix).load(miniapp_id, gateway_type)
  const today = beijingDay(Date.now() / 1000)
  const bills: Bill[] = []
  for (const day of days) {
    const before = bills.length
    for (const account of ACCOUNTS) {
      context.note(m.reconcile.fetching(day, account))
      const text = await billText({ origin, ca, merchant, appid, day, account }, context)
      if (text !== undefined) bills.push(understand(text, `${day} ${account}`, context))
    }
    if (bills.length === before && day >= today) {
      throw new CliError('bill_not_ready', m.reconcile.notReady(day), EXIT.unreachable)
    }
  }
  return bills
}

/** @returns undefined if the account did not move on that day */
async function billText(asked: Parameters<typeof downloadBill>[0], { m }: Context): Promise<string | undefined> {
  const { day, account } = asked
  let got: Awaited<ReturnType<typeof downloadBill>>
  try {
    got = await downloadBill(asked)
  } catch (error) {
    throw new CliError('wechat_unreachable', m.reconcile.notFetched(day, account, causeOf(error)), EXIT.unreachable)
  }
  if ('text' in got) return got.text
  const { refused, words } = got
  if (refused === 'NO_BILL_EXIST') return undefined
  if (refused === 'BILL_CREATING') throw new CliError('bill_not_ready', m.reconcile.notReady(day), EXIT.unreachable)
  const exit_code = queryMeaningOf(refused).setup === 'busy' ? EXIT.unreachable : EXIT.error
  throw new CliError('bill_refused', m.reconcile.refused(day, account, `${refused} ${words}`.trim()), exit_code)
}

function understand(text: string, name: string, { m }: Context): Bill {
  try {
    return readBill(text)
  } catch (error) {
    if (!(error instanceof BillError)) throw error
    const { fault, line } = error
    throw new CliError('bad_bill', m.reconcile.badBill(name, line, m.reconcile.faults[fault]), EXIT.error, { line })
  }
}
