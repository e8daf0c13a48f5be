// Words: files that are given to a command, and files with secrets that it makes.
import { both } from './both.ts'

export const input = {
  tooLarge: both(
    (file: string) => `${file} is too large: more than 1 MB`,
    (file) => `${file} 太大：超过 1 MB`,
  ),
  empty: both(
    (file: string) => `${file} is empty`,
    (file) => `${file} 是空的`,
  ),
  exists: both(
    (file: string) => `${file} already exists and is not overwritten: choose another name`,
    (file) => `${file} 已存在，不会覆盖：请换一个名字`,
  ),
  oneStdin: both(
    (flags: string) => `Standard input can be read only once: use a file for one of ${flags}`,
    (flags) => `标准输入只能读一次：${flags} 中请有一个用文件`,
  ),
}
