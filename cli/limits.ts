// What WeChat refuses although the service takes it: told before anything is sent, by parameter and in plain numbers.
import type { SendRedPackParams } from '../client/src/index.ts'
import { unseenIn } from './printable.ts'
import type { Messages } from './words/messages.ts'

/** bytes: a text that is too long in UTF-8. scene: an amount that needs a scene_id. */
export const DOUBTS = ['scene', 'bytes'] as const
export type Doubt = (typeof DOUBTS)[number]

/** `certain`: WeChat refuses it. Else it may: its own texts say "fewer than" of limits that others have reached. */
export type Excess = { readonly doubt: Doubt; readonly certain: boolean; readonly fault: string }

/** WeChat's texts of PARAM_ERROR (发放红包接口) say: act_name and send_name under 32, wishing under 128, remark under 256. It counts bytes. */
const BYTES_MAX = { send_name: 32, act_name: 32, wishing: 128, remark: 256 } as const
/** The same: scene_id is needed above 200 yuan and below 1 yuan a packet. */
const SCENE_ABOVE_FEN = 20_000
const SCENE_BELOW_FEN = 100

/** What programs write if they have no openid. */
const NO_OPENID = new Set(['undefined', 'null', 'none', 'nil', 'nan', 'true', 'false'])
const OPENID_MAX = 32
const NAMED_MAX = 5

/** Everything in a packet that WeChat refuses or may refuse. `fen`: its whole amount. */
export function excesses(params: SendRedPackParams, fen: number, m: Messages): Excess[] {
  const names = Object.keys(BYTES_MAX) as (keyof typeof BYTES_MAX)[]
  const texts = names.flatMap((name): Excess[] => {
    const [bytes, most] = [Buffer.byteLength(params[name], 'utf8'), BYTES_MAX[name]]
    if (bytes < most) return []
    return [{ doubt: 'bytes', certain: bytes > most, fault: m.fault(name, m.limits.bytes(bytes, most)) }]
  })
  const each_fen = fen / params.total_num
  const open = !params.scene_id && (each_fen > SCENE_ABOVE_FEN || each_fen < SCENE_BELOW_FEN)
  const scene: Excess = { doubt: 'scene', certain: true, fault: m.fault('scene_id', m.limits.scene) }
  return open ? [...texts, scene] : texts
}

/** What makes a text no openid, with the characters that are wrong in it by name; undefined if it may be one. */
export function openidFault(text: string, m: Messages): string | undefined {
  const unseen = unseenIn(text)
  if (unseen.length > 0) return m.limits.unseen(unseen.slice(0, NAMED_MAX).join(', '))
  const others = [...new Set(text.match(/[^\w-]/gu) ?? [])]
  if (others.length > 0) return m.limits.characters(others.slice(0, NAMED_MAX).map(named).join(', '))
  if (text.length > OPENID_MAX) return m.limits.openidLength(text.length)
  return NO_OPENID.has(text.toLowerCase()) ? m.limits.noOpenid(text) : undefined
}

/** Blanks are seen no better than what is invisible. */
function named(char: string): string {
  return /\s/u.test(char) ? `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` : char
}
