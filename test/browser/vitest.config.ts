import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: 'test/support/postgres-broker.ts',
    testTimeout: 90_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // One browser and one database at a time.
    maxWorkers: 1,
    fileParallelism: false,
    reporters: ['default'],
  },
});
