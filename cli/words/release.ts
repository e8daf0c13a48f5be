// Words: redpack release.
import { both } from './both.ts'

export const release = {
  nothing: both(
    (epoch: number) => `Epoch ${epoch}: no record is held, so there is nothing to release`,
    (epoch) => `epoch ${epoch}：没有被扣住的记录，无需放行`,
  ),
  raise: both(
    (next: number) =>
      `After a restore: deploy with REDPACK_EPOCH=${next} (or higher); the first function that runs then holds the older records`,
    (next) => `恢复表之后：用 REDPACK_EPOCH=${next}（或更高）部署；之后第一个运行的函数会扣住更早的记录`,
  ),
  held: both(
    (epoch: number, before: string) =>
      `Epoch ${epoch}: records that were made before ${before} are held. WeChat is asked about them, and nothing is sent under their numbers`,
    (epoch, before) => `epoch ${epoch}：${before} 之前的记录被扣住。服务只向微信查询它们，不以它们的单号发送`,
  ),
  means: both(
    'Released, they are like all others: what WeChat answers NOT_FOUND for 20 minutes is sent again by settle, up to 29 days after it was made, and a caller who repeats its key sends it',
    '放行之后与其他记录一样：微信 20 分钟以上都答 NOT_FOUND 的，settle 会补发（创建后 29 天以内）；调用方重复同一个 key 也会发送',
  ),
  look: both(
    'Look first at those that are still unknown or pending (redpack list --all): whoever was paid under another key since the restore point is paid once more',
    '请先查看仍为 unknown 或 pending 的记录（redpack list --all）：恢复点之后已用其他 key 付过的人，会再收到一次',
  ),
  sure: both(
    (epoch: number) => `Release the held records of epoch ${epoch}?`,
    (epoch) => `放行 epoch ${epoch} 扣住的记录？`,
  ),
  declined: both('Nothing was released.', '没有放行。'),
  released: both(
    (epoch: number, before: string, seconds: number) =>
      `Released: the records made before ${before} (epoch ${epoch}). Every function sees it within ${seconds} s`,
    (epoch, before, seconds) => `已放行：${before} 之前的记录（epoch ${epoch}），所有函数在 ${seconds} 秒内生效`,
  ),
  changed: both(
    (epoch: number) => `Meanwhile epoch ${epoch} has begun, and nothing was released. Look, then run the command again`,
    (epoch) => `此时 epoch ${epoch} 已经开始，没有放行。请先查看，再运行一次`,
  ),
}

export const releaseHelp = {
  release: both('after a restore: let the held records be sent again', '恢复表之后：放行被扣住的记录'),
  releaseAfter: both(
    `
A table that was restored to an earlier time has forgotten sends. Deployed with a higher REDPACK_EPOCH, the service
holds every record from before: it asks WeChat about them and sends none, until this command.`,
    `
恢复到较早时间的表会忘记一些发送。用更高的 REDPACK_EPOCH 部署之后，服务扣住此前的所有记录：
只向微信查询，不发送，直到运行这条命令。`,
  ),
}
