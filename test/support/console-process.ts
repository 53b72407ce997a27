// A process that runs the console alone, with a short undo window: DATABASE_URL, BLOBS. Says on stdout where it listens.
import { openConsole } from '../../api/mod.ts';
import { createLogger, openFolderBlobStore } from '../../platform/mod.ts';

const console = await openConsole({
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  blobs: openFolderBlobStore(process.env['BLOBS'] ?? ''),
  logger: createLogger('error'),
  webDir: null,
  review: { blindShare: 0, undoWindowMs: 300 },
});
const url = await console.app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${url}\n`);
process.on('SIGTERM', () => void console.close());
