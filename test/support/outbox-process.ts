// A console that sends its outbox and does nothing else: DATABASE_URL, FIELD_KEYS (file), BLOBS (folder), NOW_MS.
import { openConsole } from '../../api/mod.ts';
import { createLogger, loadOrCreateFieldKeys, openFolderBlobStore } from '../../platform/mod.ts';

const read = (name: string): string => process.env[name] ?? '';
const console = await openConsole({
  databaseUrl: read('DATABASE_URL'),
  blobs: openFolderBlobStore(read('BLOBS')),
  fieldKeys: await loadOrCreateFieldKeys(read('FIELD_KEYS')),
  logger: createLogger('warn'),
  webDir: null,
  integrationNetworks: ['127.0.0.0/8'],
  nowMs: () => Number(read('NOW_MS')),
});
await console.sendOutbox();
await console.close();
