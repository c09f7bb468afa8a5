import { defineConfig } from 'vitest/config'

/** One configuration for every suite; `tools/test.ts` chooses files. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Real sockets, databases and browsers on two shared cores: a hang must end, a slow minute must not.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for, too: the default of a second would time what the tests only want to see happen.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    pool: 'forks',
  },
})
