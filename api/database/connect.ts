import { Kysely, PostgresDialect } from 'kysely';
import { type ClientConfig, Pool, TypeOverrides } from 'pg';
import { XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { toDatabaseError } from './database-error.ts';
import { PreparingClient } from './prepared.ts';
import type { Tables } from './tables.ts';

const connectTimeoutMs = 5_000;
const maxConnections = 10;
const maxReadConnections = 3;
/** Longer than any statement of a request; a statement that takes longer is wrong. */
const statementTimeoutMs = 10_000;
const migrationTimeoutMs = 300_000;

export interface DatabaseAddress {
  readonly url: string;
  /** `host:port`, for messages: never the user, never the password. */
  readonly place: string;
}

/** Checks the form of a `postgres://` URL without ever repeating it. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol) || parsed.hostname === '')
    throw new XunjieError(
      'bad_config',
      'the database URL is not of the form postgres://user:password@host:port/database',
    );
  return { url, place: `${parsed.hostname}:${parsed.port || '5432'}` };
}

/** A pool for requests: few connections, every wait bounded. */
export function connectDatabase(address: DatabaseAddress, logger: Logger): Kysely<Tables> {
  return openPool<Tables>(address, logger, maxConnections, statementTimeoutMs);
}

/** A few more for what everybody waits for (sessions, pages of the queue): a crowd of decisions holds none of it up. */
export function connectForReads(address: DatabaseAddress, logger: Logger): Kysely<Tables> {
  return openPool<Tables>(address, logger, maxReadConnections, statementTimeoutMs);
}

/** A connection for migrations, which may take long and may wait for another starter. */
export function connectForMigration(address: DatabaseAddress, logger: Logger): Kysely<unknown> {
  return openPool<unknown>(address, logger, 1, migrationTimeoutMs);
}

/** Settings of the connection that only listens. */
export function toListenerConfig(address: DatabaseAddress): ClientConfig {
  return {
    connectionString: address.url,
    application_name: 'xunjie-console-live',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  };
}

function openPool<Schema>(
  address: DatabaseAddress,
  logger: Logger,
  max: number,
  timeoutMs: number,
): Kysely<Schema> {
  const pool = new Pool({
    Client: PreparingClient,
    connectionString: address.url,
    application_name: 'xunjie-console',
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs / 2,
    idle_in_transaction_session_timeout: timeoutMs,
    query_timeout: timeoutMs + 5_000,
    types: typeParsers,
  });
  // An idle connection that the server ends is replaced at the next query; it only must not end the process.
  // While the pool closes, a server that stops at the same time may still answer on a connection: no news.
  pool.on('error', (error) => {
    if (pool.ending) return;
    logger.warn({ error: toDatabaseError(error, address.place).message }, 'lost an idle database connection');
  });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

const int8 = 20;

/** Eight-byte integers are counts and milliseconds here: they fit a number. */
const typeParsers = new TypeOverrides();
typeParsers.setTypeParser(int8, Number);
