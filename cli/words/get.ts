// Words: redpack get.
import { both } from './both.ts'

export const getHelp = {
  get: both('show one record', '查看一条记录'),
  id: both('id of the record (24 hex digits), or its number (RP…)', '记录 ID（24 位十六进制），或单号（RP…）'),
  getAfter: both(
    `
Example:
  redpack get 5c474dd8e2aa136e58867af3`,
    `
示例：
  redpack get 5c474dd8e2aa136e58867af3`,
  ),
}
