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
    maxWorkers: 2,
    reporters: ['default'],
  },
});
