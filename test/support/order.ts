// The order of the files: the search of the log comes after every other file that writes to it.
import { basename } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const LAST = ['zz-logs.test.ts']

/** Vitest's own order, in which what failed and what takes long comes first, and then the files that come last. */
export default class Order extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLast = ({ moduleId }: TestSpecification) => LAST.includes(basename(moduleId))
    return [...sorted.filter((file) => !isLast(file)), ...sorted.filter(isLast)]
  }
}
