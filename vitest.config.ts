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
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: [`{ingest,detector,evidence,api,models,platform,app,samples,bench,test}/${suffix}`],
          exclude,
          globalSetup: 'test/support/postgres-broker.ts',
        },
      },
    ],
    // No module has a state that one file could leave to the next; loading them anew for each file took a third of all processor time.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // One more than the cores of a small machine: many tests wait for cameras, clocks and servers.
    maxWorkers: 3,
    reporters: ['default'],
  },
});
