import { defineConfig } from 'vitest/config';

const suffix = '**/*.test.{ts,tsx}';
const exclude = ['test/browser/**', 'node_modules/**', 'dist/**'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: [`{domain,rules,web}/${suffix}`],
          exclude,
          // Nothing there has a state of its own: loading it anew for each file took longer than half of the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: [`{ingest,detector,evidence,api,models,platform,app,samples,bench,test}/${suffix}`],
          exclude,
        },
      },
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // One more than the cores of a small machine: many tests wait for cameras, clocks and servers.
    maxWorkers: 3,
    reporters: ['default'],
  },
});
