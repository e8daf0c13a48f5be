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
      `Epoch ${epoch}: records created before ${before} are held: WeChat is asked about them, and nothing is sent with their order numbers`,
    (epoch, before) => `epoch ${epoch}：${before} 之前的记录被扣住。服务只向微信查询它们，不以它们的单号发送`,
  ),
  means: both(
    'After the release they are like all others: settle sends a packet again if WeChat answers NOT_FOUND for 20 minutes (up to 29 days after the record was created), and a caller who repeats the key sends it',
    '放行之后与其他记录一样：微信 20 分钟以上都答 NOT_FOUND 的，settle 会补发（创建后 29 天以内）；调用方重复同一个 key 也会发送',
  ),
  look: both(
    'First check the records that are still unknown or pending (redpack list --all): a person who was paid with another key after the restore point will be paid a second time',
    '请先查看仍为 unknown 或 pending 的记录（redpack list --all）：恢复点之后已用其他 key 付过的人，会再收到一次',
  ),
  sure: both(
    (epoch: number) => `Release the held records of epoch ${epoch}?`,
    (epoch) => `放行 epoch ${epoch} 扣住的记录？`,
  ),
  declined: both('Nothing was released.', '没有放行。'),
  released: both(
    (epoch: number, before: string, seconds: number) =>
      `Released: the records created before ${before} (epoch ${epoch}). Every function sees it within ${seconds} s`,
    (epoch, before, seconds) => `已放行：${before} 之前的记录（epoch ${epoch}），所有函数在 ${seconds} 秒内生效`,
  ),
  changed: both(
    (epoch: number) =>
      `Epoch ${epoch} has begun in the meantime, so nothing was released. Check the held records, then run the command again`,
    (epoch) => `此时 epoch ${epoch} 已经开始，没有放行。请先查看，再运行一次`,
  ),
}

export const releaseHelp = {
  release: both('after a restore: let the held records be sent again', '恢复表之后：放行被扣住的记录'),
  releaseAfter: both(
    `
A table that was restored to an earlier time has lost later sends. After a deployment with a higher REDPACK_EPOCH, the
service holds all older records: it asks WeChat about them, and sends none of them until you run this command.`,
    `
恢复到较早时间的表会丢失之后的发送。用更高的 REDPACK_EPOCH 部署之后，服务扣住此前的所有记录：
只向微信查询，不发送，直到运行这条命令。`,
  ),
}
