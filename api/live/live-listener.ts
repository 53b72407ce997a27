import { Client } from 'pg';
import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { type DatabaseAddress, toListenerConfig } from '../database/connect.ts';
import { toDatabaseError } from '../database/database-error.ts';
import { liveChannel, type NumberedEvent } from './live-event.ts';

const firstRetryMs = 500;
const longestRetryMs = 30_000;

export interface LiveListener {
  close(): Promise<void>;
}

export interface LiveListenerOptions {
  readonly address: DatabaseAddress;
  readonly logger: Logger;
  readonly onEvent: (event: NumberedEvent) => void;
  /** Events may have been missed: everything must be read anew. */
  readonly onGap: () => void;
}

/** Listens on one connection for what any console on this database does; comes back after a loss, with growing pauses. */
export async function openLiveListener(options: LiveListenerOptions): Promise<LiveListener> {
  const { address, logger, onGap } = options;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const retry = (afterMs: number) => {
    if (isClosed) return;
    timer = setTimeout(() => {
      connect().then(
        (opened) => {
          if (isClosed) return opened.end();
          client = opened;
          logger.info({}, 'live events are back');
          onGap();
          return undefined;
        },
        (error: unknown) => {
          logger.warn({ error: toMessage(error) }, 'live events are still away');
          retry(Math.min(afterMs * 2, longestRetryMs));
        },
      );
    }, afterMs);
  };
  const connect = () =>
    openClient(options, (error) => {
      client = null;
      if (isClosed) return;
      logger.warn(
        { error: toDatabaseError(error, address.place).message },
        'lost the connection for live events',
      );
      retry(firstRetryMs);
    });

  client = await connect();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}

async function openClient(options: LiveListenerOptions, onLost: (error: Error) => void): Promise<Client> {
  const client = new Client(toListenerConfig(options.address));
  let isLost = false;
  const lose = (error: Error) => {
    if (!isLost) onLost(error);
    isLost = true;
  };
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) options.onEvent(JSON.parse(payload) as NumberedEvent);
  });
  try {
    await client.connect();
    client.on('error', lose);
    client.on('end', () => lose(new Error('Connection terminated')));
    await client.query(`listen ${liveChannel}`);
    return client;
  } catch (error) {
    isLost = true; // the caller learns it from the rejection
    client.on('error', () => undefined); // what an abandoned connection still has to say changes nothing
    await client.end().catch(() => undefined); // it may never have been open
    throw toDatabaseError(error, options.address.place);
  }
}
