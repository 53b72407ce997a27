import path from 'node:path';
import { build } from 'vite';
import { projectRoot } from '../support/fixtures.ts';

/** Builds the pages from the sources as they are now, as they are shipped, into a folder of the caller's. */
export async function buildPages(webDir: string): Promise<void> {
  // A test run's NODE_ENV would bring in React's development build.
  const nodeEnv = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({
      configFile: path.join(projectRoot, 'web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: webDir, emptyOutDir: true },
    });
  } finally {
    process.env['NODE_ENV'] = nodeEnv;
  }
}
