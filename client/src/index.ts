// The package's entry: all that is public.
export type * from './answers.ts'
export { HError, NetworkError, type Problem, RedPackError, TimeoutError } from './errors.ts'
export {
  type ReadReply,
  type RecordsOptions,
  RedPack,
  type Reply,
  type SendOptions,
  type SendReply,
} from './redpack.ts'
export type { Fetch, RedPackOptions } from './settings.ts'
export { type SignRequest, signRequest } from './sign.ts'
