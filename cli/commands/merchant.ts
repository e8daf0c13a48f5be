// redpack merchant: the payment certificates that the service pays with.
import type { Command } from 'commander'
import { GATEWAY_TYPES, type GatewayType } from '../../lib/redpack/params.ts'
import type { Context } from '../context.ts'
import { CliError } from '../exit.ts'
import { decimal } from '../flags.ts'
import type { PutOptions } from '../merchant/put.ts'

export function addMerchant(program: Command, context: Context): void {
  const { help } = context.m
  const merchant = program.command('merchant').description(help.merchant).addHelpText('after', help.merchantAfter)
  const add = (name: string, description: string) =>
    merchant
      .command(name)
      .description(description)
      .argument('<miniapp-id>', help.miniappId)
      .argument('<gateway-type>', `${help.gatewayType}: ${GATEWAY_TYPES.join(', ')}`)
      .option('--prefix <prefix>', help.prefix)
  add('put', help.merchantPut)
    .option('--p12 <file>', help.p12)
    .option('--password <text>', help.password)
    .option('--password-file <file>', context.m.merchant.passwordFile)
    .option('--cert <file>', help.cert)
    .option('--key <file>', help.key)
    .option('--mch-id <number>', help.mchId)
    .option('--api-key-file <file>', help.apiKeyFile)
    .option('--client-ip <ip>', help.clientIp)
    .option('--daily-limit-yuan <yuan>', help.dailyLimit, decimal(0.01, 1_000_000))
    .addHelpText('after', help.merchantPutAfter)
    .action(async (miniapp_id: string, gateway_type: string, options: PutOptions) => {
      assertNames(miniapp_id, gateway_type, context)
      const { put } = await import('../merchant/put.ts')
      await put(miniapp_id, gateway_type as GatewayType, options, context)
    })
  add('check', help.merchantCheck)
    .requiredOption('--appid <appid>', help.appid)
    .addHelpText('after', help.merchantCheckAfter)
    .action(async (miniapp_id: string, gateway_type: string, options: { appid: string; prefix?: string }) => {
      assertNames(miniapp_id, gateway_type, context)
      const { checkMerchant } = await import('../merchant/check.ts')
      await checkMerchant(miniapp_id, gateway_type as GatewayType, options, context)
    })
}

function assertNames(miniapp_id: string, gateway_type: string, { m }: Context): void {
  if (!/^[\w.-]{1,64}$/.test(miniapp_id)) throw new CliError('usage', m.badMiniappId)
  if (!GATEWAY_TYPES.some((name) => name === gateway_type)) {
    throw new CliError('usage', m.badGatewayType(gateway_type, GATEWAY_TYPES.join(', ')))
  }
}
