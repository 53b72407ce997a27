import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import type { User } from '../../auth/user.ts';
import { toIso } from '../../cases/view.ts';
import type { ConsoleContext } from '../../context.ts';
import { defaultPageLimit, IsoTime, Nullable } from '../../http/schema.ts';

const State = Type.Enum(['applied', 'refused', 'failed']);

export const TakenView = Type.Object({
  state: State,
  result: Type.String({ description: 'What came of it: a case number, or why not' }),
  isRepeated: Type.Boolean({ description: 'The same message had been taken before' }),
});

export const InboxMessage = Type.Object({
  integration: Type.String(),
  id: Type.String(),
  type: Type.String(),
  state: State,
  attempts: Type.Integer(),
  receivedAt: IsoTime,
  result: Nullable(Type.String()),
  data: Type.Unknown(),
});
export type InboxMessage = Static<typeof InboxMessage>;

export const InboxQuery = Type.Object(
  {
    integration: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(State),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  { additionalProperties: false },
);

export const MovingThing = Type.Object({
  integration: Type.String(),
  kind: Type.Enum(['vehicle', 'worker']),
  id: Type.String(),
  name: Nullable(Type.String()),
  lon: Type.Number(),
  lat: Type.Number(),
  at: IsoTime,
});

export async function listInbox(
  { db, timeZone }: ConsoleContext,
  { integration, state, limit = defaultPageLimit }: Static<typeof InboxQuery>,
): Promise<InboxMessage[]> {
  let query = db.selectFrom('inbox_message').selectAll();
  if (integration !== undefined) query = query.where('integration_id', '=', integration);
  if (state !== undefined) query = query.where('state', '=', state);
  const rows = await query.orderBy('received_at', 'desc').orderBy('message_id').limit(limit).execute();
  return rows.map((row) => ({
    integration: row.integration_id,
    id: row.message_id,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    receivedAt: toIso(row.received_at, timeZone) ?? '',
    result: row.result,
    data: row.payload,
  }));
}

/** Those in the grids of the user's limits, and of systems that serve the units of the limits. */
export async function listPositions({ db, timeZone }: ConsoleContext, { reach }: User) {
  const { limitUnitIds, limitGridIds } = reach;
  let query = db.selectFrom('moving_thing').selectAll();
  if (limitGridIds !== null)
    query = query.where(
      sql<boolean>`exists (select from grid where grid.id = any(${limitGridIds}::text[]) and is_in_ring(ring, lon, lat))`,
    );
  if (limitUnitIds !== null)
    query = query.where(
      sql<boolean>`(select unit_id from integration where integration.id = integration_id) = any(${limitUnitIds}::text[])`,
    );
  const rows = await query.orderBy('integration_id').orderBy('id').limit(5000).execute();
  return rows.map(({ integration_id: integration, kind, id, name, lon, lat, at }) => ({
    integration,
    kind,
    id,
    name,
    lon,
    lat,
    at: toIso(at, timeZone) ?? '',
  }));
}
