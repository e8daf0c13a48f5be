// npm run faults: stacks whose connections break and whose processes die, by the minute. `npm test` has one test of each kind.
import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

const { projects: _, ...test } = base.test ?? {}

export default defineConfig({
  test: { ...test, name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeout: 180_000 },
})
