import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '@nats-io/transport-node';
import { XunjieError } from '../../domain/mod.ts';
import type { EmbeddedEngine, EmbeddedEngineOptions } from './embedded-postgres.ts';
import { findFreePort } from './free-port.ts';
import { stopOrphans } from './orphan.ts';
import { superviseEngine } from './supervised-engine.ts';

/** Starts a real nats-server with JetStream in a folder, on a free loopback port with generated credentials. */
export async function startEmbeddedNats(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const binary = findNatsServer();
  await mkdir(options.dir, { recursive: true });
  const configFile = path.join(options.dir, 'nats.conf');
  const port = await findFreePort();
  const password = randomBytes(18).toString('base64url');
  await writeFile(
    configFile,
    `listen: "127.0.0.1:${port}"
max_payload: 1MB
authorization { user: "xunjie", password: "${password}", timeout: 5 }
jetstream { store_dir: ${JSON.stringify(path.join(options.dir, 'jetstream'))}, max_memory_store: 64MB, max_file_store: 16GB }
`,
    { mode: 0o600 },
  );
  const url = `nats://xunjie:${password}@127.0.0.1:${port}`;
  const engine = await superviseEngine({
    name: 'nats-server',
    command: {
      command: binary,
      args: ['-c', configFile],
      politeSignal: 'INT',
      hardSignal: 'KILL',
      patienceS: 10,
      logFile: path.join(options.dir, 'nats.log'),
    },
    prepare: () => stopOrphans('nats-server', binary, configFile, options.logger),
    probe: async () => {
      const connection = await connect({
        servers: `127.0.0.1:${port}`,
        user: 'xunjie',
        pass: password,
        timeout: 2000,
        reconnect: false,
      });
      await connection.close();
    },
    startTimeoutMs: 30_000,
    logger: options.logger,
    onLost: options.onLost ?? (() => undefined),
  });
  return { url, stop: () => engine.stop() };
}

/** URL of the server that runs in a folder, as its configuration has it; `null` when none was ever started there. */
export async function readEmbeddedNatsUrl(dir: string): Promise<string | null> {
  const config = await readFile(path.join(dir, 'nats.conf'), 'utf8').catch(() => null);
  const [, address] = /^listen: "([^"]+)"/m.exec(config ?? '') ?? [];
  const [, user, password] = /user: "([^"]+)", password: "([^"]+)"/.exec(config ?? '') ?? [];
  return address === undefined ? null : `nats://${user}:${password}@${address}`;
}

/** `NATS_SERVER_BIN`, else PATH and the places where Debian puts it. Throws `engine_missing`. */
function findNatsServer(): string {
  const asked = process.env['NATS_SERVER_BIN'];
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
  ];
  const candidates = asked
    ? [asked]
    : folders.filter(Boolean).map((folder) => path.join(folder, 'nats-server'));
  const found = candidates.find(isExecutable);
  if (!found)
    throw new XunjieError(
      'engine_missing',
      `${asked ?? 'nats-server'} is not there; install it (Debian, Ubuntu: apt-get install nats-server) or set NATS_URL`,
    );
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
