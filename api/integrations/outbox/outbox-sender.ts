import { toMessage } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import { claimMessages, listDueIntegrations } from './claim-messages.ts';
import { type Deliver, deliverWebhook } from './deliver.ts';
import { type Follow, noteDelivery } from './note-delivery.ts';

const lookEveryMs = 1_000;
const cleanEveryMs = 3_600_000;
const keepDeliveredMs = 7 * 24 * 3_600_000;

/** How a kind of system is spoken to where a signed POST is not its language. */
export interface Speaker {
  readonly deliver: Deliver;
  readonly follow: (context: ConsoleContext, message: Row<'outbox_message'>) => Follow;
}

export interface OutboxSender {
  /** Sends all that is due now and waits until nothing is. Resolves to the number of attempts. */
  run(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Sends what stands in the outbox. Each system has a lane of its own: one that is slow holds up no other. Everything to be done is
 * in the database, so any number of consoles may send at once, and what a killed one had under way is sent again under its id.
 */
export function openOutboxSender(
  context: ConsoleContext,
  speakers: Readonly<Record<string, Speaker>>,
): OutboxSender {
  const closing = new AbortController();
  const lanes = new Map<string, Promise<number>>();
  let cleanedAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const send = async (to: Row<'integration'>, message: Row<'outbox_message'>): Promise<void> => {
    const speaker = speakers[to.kind];
    const deliver = speaker?.deliver ?? deliverWebhook;
    const delivery = await deliver(context, to, message, closing.signal);
    // An attempt that our own end cut short says nothing of the receiver.
    if (closing.signal.aborted && delivery.result !== 'delivered') return;
    await noteDelivery(context, message, delivery, speaker?.follow(context, message) ?? null);
  };
  const runLane = async (to: Row<'integration'>): Promise<number> => {
    let attempts = 0;
    while (!closing.signal.aborted) {
      const claimed = await claimMessages(context, to.id);
      if (claimed.length === 0) break;
      await Promise.all(claimed.map((message) => send(to, message)));
      attempts += claimed.length;
      // 410 may have ended it, and somebody may have changed its address.
      const [again] = await context.db
        .selectFrom('integration')
        .selectAll()
        .where('id', '=', to.id)
        .where('state', '=', 'enabled')
        .execute();
      if (again === undefined) break;
      to = again;
    }
    return attempts;
  };
  const openLane = (to: Row<'integration'>): void => {
    if (lanes.has(to.id)) return;
    const lane = runLane(to)
      .catch((error: unknown) => {
        context.logger.error({ integration: to.id, error: toMessage(error) }, 'the outbox could not be sent');
        return 0;
      })
      .finally(() => lanes.delete(to.id));
    lanes.set(to.id, lane);
  };
  const look = async (): Promise<void> => {
    const nowMs = context.nowMs();
    if (nowMs - cleanedAtMs >= cleanEveryMs) {
      cleanedAtMs = nowMs;
      await deleteOld(context);
    }
    for (const due of await listDueIntegrations(context.db, new Date(nowMs))) openLane(due);
  };
  let looking: Promise<unknown> = Promise.resolve();
  const plan = (): void => {
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) =>
          context.logger.error({ error: toMessage(error) }, 'the outbox could not be read'),
        )
        .finally(() => {
          if (!closing.signal.aborted) plan();
        });
    }, lookEveryMs);
    timer.unref();
  };
  plan();
  return {
    async run() {
      let attempts = 0;
      for (;;) {
        await look();
        // Also those that were under way before.
        const sent = (await Promise.all(lanes.values())).reduce((sum, count) => sum + count, 0);
        if (sent === 0) return attempts;
        attempts += sent;
      }
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
      await looking;
      await Promise.all(lanes.values());
    },
  };
}

/**
 * What has arrived is kept for a week, to be looked up; what was given up, dropped or refused stays. So does what made a report, by whose
 * id it is known should it come again; positions and heartbeats are worth nothing by then.
 */
async function deleteOld(context: ConsoleContext): Promise<void> {
  await context.db
    .deleteFrom('inbox_message')
    .where('state', '=', 'applied')
    .where('type', 'in', ['heartbeat', 'vehicle.position', 'worker.position'])
    .where('received_at', '<', new Date(context.nowMs() - keepDeliveredMs))
    .execute();
  await context.db
    .deleteFrom('outbox_message')
    .where('state', '=', 'delivered')
    .where('ended_at', '<', new Date(context.nowMs() - keepDeliveredMs))
    .execute();
}
