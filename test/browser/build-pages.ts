import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { projectRoot } from '../support/fixtures.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The console's pages, built from the sources as they are now. */
    webDir: string;
  }
}

/** Builds the pages once for all tests, into a folder of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const webDir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-web-'));
  // The pages as they are shipped: a test run's NODE_ENV would bring in React's development build.
  const nodeEnv = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  await build({
    configFile: path.join(projectRoot, 'web/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: webDir, emptyOutDir: true },
  });
  process.env['NODE_ENV'] = nodeEnv;
  project.provide('webDir', webDir);
  return () => rm(webDir, { recursive: true, force: true });
}
