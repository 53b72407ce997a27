import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmbeddedEngine } from '../../platform/mod.ts';
import { brokerVariable, startServer } from './postgres.ts';

/** Several files use the server at once, each with connections of its own; nothing of it outlives the run. */
const settings = { max_connections: '200', fsync: 'off', full_page_writes: 'off' };

let broker: Server | null = null;
let engine: Promise<EmbeddedEngine> | null = null;

/**
 * Vitest's global set-up: one PostgreSQL for all test files of a run, started when the first of them asks and stopped when the run
 * ends. Making a cluster for each file took longer than many of the files.
 */
export async function setup(): Promise<void> {
  const server = createServer((_, response) => {
    engine ??= startServer(settings);
    engine.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  broker = server;
  process.env[brokerVariable] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function teardown(): Promise<void> {
  broker?.close();
  broker?.closeAllConnections();
  await (await engine)?.stop();
}
