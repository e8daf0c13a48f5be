// Words: Secrets Manager, as the operator's commands meet it.
import { both } from './both.ts'

export const aws = {
  malformed: both(
    (name: string) => `The secret ${name} does not hold what it should; it was left as it is`,
    (name) => `密钥 ${name} 的内容不对；没有改动它`,
  ),
  credentials: both(
    (why: string) => `AWS credentials are missing or not accepted: ${why}`,
    (why) => `没有 AWS 凭证，或凭证不被接受：${why}`,
  ),
  region: both('No AWS region: set AWS_REGION', '没有 AWS 区域：请设置 AWS_REGION'),
  denied: both(
    (why: string) => `AWS does not allow it: ${why}`,
    (why) => `AWS 不允许：${why}`,
  ),
  unreachable: both(
    (why: string) => `Secrets Manager cannot be reached: ${why}`,
    (why) => `无法连接 Secrets Manager：${why}`,
  ),
  other: both(
    (what: string) => `Secrets Manager says no: ${what}`,
    (what) => `Secrets Manager 拒绝：${what}`,
  ),
}
