import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** It moves the clock. */
const HAS_A_STACK_TO_ITSELF = 'test/e2e/campaign.test.ts'

// The programs that tests start need not be compiled by each anew.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

/** Files that leave nothing behind: the next one need not load everything anew. */
const SHARED = { isolate: false } as const

export default defineConfig({
  test: {
    // Vitest waits a second for an event, which a busy machine can take for one request.
    expect: { poll: { timeout: 50_000 } },
    // Those that wait for a back-off wait for it together.
    maxConcurrency: 20,
    reporters: ['default', './test/support/count-reporter.ts'],
    // Most long files wait more than they work.
    maxWorkers: 4,
    // For what has come to a standstill: no test is about how fast the machine is.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { ...SHARED, name: 'unit', include: ['test/unit/**/*.test.ts', 'simulator/test/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          ...SHARED,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: 'test/support/dynamodb-local.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'simulator/test/integration/*.test.ts'],
          testTimeout: 180_000,
        },
      },
      { extends: true, test: { ...SHARED, name: 'browser', include: ['test/browser/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          ...SHARED,
          name: 'simulation',
          include: ['test/{simulation,mutation}/**/*.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [HAS_A_STACK_TO_ITSELF],
          globalSetup: 'test/support/stack.ts',
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'campaigns',
          include: [HAS_A_STACK_TO_ITSELF],
          globalSetup: 'test/support/stack.ts',
          testTimeout: 180_000,
        },
      },
    ],
  },
})
