// Words: the file that redpack campaign send reads.
import { both } from './both.ts'

export const campaignFile = {
  notAFile: both(
    (file: string) =>
      `${file} is no file that can be read twice (a pipe, a device or a folder). Save the list as a file first. Nothing was sent`,
    (file) => `${file} 不是可以读两遍的文件（是管道、设备或文件夹）。请先存成文件。没有发送`,
  ),
  fileChanged: both(
    'The file was changed after it was checked: run the command again. Nothing was sent',
    '检查之后文件又被修改：请重新运行。没有发送',
  ),
  oldWorkbook: both(
    (file: string) => `${file} is a workbook of the old kind (.xls) or has a password: save it as .xlsx or as CSV`,
    (file) => `${file} 是旧格式（.xls）或带密码的工作簿：请另存为 .xlsx 或 CSV`,
  ),
  badWorkbook: both(
    (file: string, why: string) => `${file} is no workbook that can be read (${why}): save it as .xlsx or as CSV`,
    (file, why) => `无法读取工作簿 ${file}（${why}）：请另存为 .xlsx 或 CSV`,
  ),
  largeWorkbook: both(
    (file: string) => `${file} has more than 32 MB: save it as CSV`,
    (file) => `${file} 超过 32 MB：请另存为 CSV`,
  ),
  badEncoding: both(
    (file: string) => `${file} is text neither in UTF-8 nor in GB18030, or is damaged. Save it as "CSV UTF-8"`,
    (file) => `${file} 既不是 UTF-8 也不是 GB18030 文本，或已损坏。请另存为“CSV UTF-8”`,
  ),
  badCsv: both(
    (line: number, what: string) => `Not a CSV file, line ${line}: ${what}`,
    (line, what) => `不是合法的 CSV，第 ${line} 行：${what}`,
  ),
  empty: both(
    (file: string) => `${file} has no rows`,
    (file) => `${file} 中没有数据行`,
  ),
  cellCount: both(
    (there: number, wanted: number) => `${there} cells instead of ${wanted}; a text with a comma needs quotes`,
    (there, wanted) => `有 ${there} 个单元格，应为 ${wanted} 个；含逗号的文字需要加引号`,
  ),
  badMap: both(
    (text: string, names: string) =>
      `--map ${text}: must be column=parameter, for example 金额（元）=total_amount. Parameters: ${names}`,
    (text, names) => `--map ${text}：须为“列名=参数”，例如 金额（元）=total_amount。参数有：${names}`,
  ),
  absentColumns: both(
    (names: string) => `--map names columns that are not in the file: ${names}`,
    (names) => `--map 指定的列不在文件中：${names}`,
  ),
  columnsTwice: both(
    (names: string) => `Several columns mean the same: ${names}. Say which by --map column=parameter, or remove one`,
    (names) => `几列的含义相同：${names}。请用 --map 列名=参数 指明，或删去其一`,
  ),
  gatewayColumn: both(
    'A campaign has one merchant: remove the column gateway_type, and give --gateway-type',
    '一个活动只有一个商户：请删去 gateway_type 列，改用选项 --gateway-type',
  ),
  missingColumns: both(
    (names: string, there: string) =>
      `Missing columns: ${names}. Columns of the file: ${there}. Use --map column=parameter, or a flag that sets the same for all rows, for example --act-name`,
    (names, there) =>
      `缺少的列：${names}。文件中的列：${there}。请用 --map 列名=参数 指明，或用选项统一填写，例如 --act-name`,
  ),
  badRow: both(
    (line: number, what: string) => `line ${line}: ${what}`,
    (line, what) => `第 ${line} 行：${what}`,
  ),
  bad: both(
    (bad: number, rows: number) => `${bad} of ${rows} rows are wrong. Nothing was sent.`,
    (bad, rows) => `${rows} 行中有 ${bad} 行有误。一个红包也没有发。`,
  ),
  repeated: both(
    (openid: string, line: number) =>
      `re_openid "${openid}": same receiver as line ${line}. If everybody who stands there twice is to be paid twice: --allow-repeats`,
    (openid, line) =>
      `re_openid “${openid}”：与第 ${line} 行的接收人相同。确实要给重复出现的人各发一次，请加 --allow-repeats`,
  ),
  tooMany: both(
    (most: number) => `more than ${most} rows: split the list into several campaigns`,
    (most) => `超过 ${most} 行：请拆成几个活动`,
  ),
}
