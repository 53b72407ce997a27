import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{domain,ingest,detector,rules,evidence,api,models,platform,app,samples,web,bench,test}/**/*.test.{ts,tsx}',
    ],
    exclude: ['test/browser/**', 'node_modules/**', 'dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // One more than the cores of a small machine: many tests wait for cameras, clocks and servers.
    maxWorkers: 3,
    reporters: ['default'],
  },
});
