import { type Static, type TSchema, Type } from 'typebox';
import { findSchemaIssues, formatPath, type Offence, offences, XunjieError } from '../../../domain/mod.ts';
import { writeReport } from '../../cases/report-case.ts';
import { ClassReference } from '../../cases/schema.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';
import { importStatus } from '../enforcement/import-status.ts';
import type { IncomingMessage } from './take-message.ts';

const Time = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d)$',
});
const Degrees = {
  lon: Type.Number({ minimum: -180, maximum: 180 }),
  lat: Type.Number({ minimum: -90, maximum: 90 }),
};
const Position = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  ...Degrees,
  at: Time,
});
const Found = Type.Object({
  offence: Type.Optional(Type.Enum([...offences])),
  class: Type.Optional(ClassReference),
  point: Type.Optional(Type.Object(Degrees)),
  address: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  description: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
});

/** What a platform finds, where it does not say under which class. */
const knownFinds: Readonly<Record<string, Offence>> = {
  'garbage.found': 'exposed_garbage',
  'bin.full': 'overflowing_bin',
};

/** Does what a message says, in the caller's transaction; returns what came of it. Throws `bad_request` for what it does not know. */
export async function applyMessage(
  context: ConsoleContext,
  db: DatabaseTransaction,
  from: Row<'integration'>,
  message: IncomingMessage,
): Promise<string> {
  const { type, data } = message;
  switch (type) {
    case 'heartbeat':
      return 'alive';
    case 'vehicle.position':
    case 'worker.position':
      return keepPosition(db, from, type === 'vehicle.position' ? 'vehicle' : 'worker', read(Position, data));
    case 'enforcement.status':
      return importStatus(context, db, from, data);
    default:
      if (type.endsWith('.found') || type in knownFinds)
        return reportFind(context, db, from, message, read(Found, data));
      throw new XunjieError('bad_request', `type: ${type} means nothing here`);
  }
}

/** The newest place of a vehicle or worker; what comes late changes nothing. */
async function keepPosition(
  db: DatabaseTransaction,
  from: Row<'integration'>,
  kind: 'vehicle' | 'worker',
  { id, name, lon, lat, at }: Static<typeof Position>,
): Promise<string> {
  const values = { name: name ?? null, lon, lat, at: new Date(at) };
  const kept = await db
    .insertInto('moving_thing')
    .values({ integration_id: from.id, kind, id, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['integration_id', 'kind', 'id'])
        .doUpdateSet(values)
        .where('moving_thing.at', '<', values.at),
    )
    .executeTakeFirst();
  return (kept.numInsertedOrUpdatedRows ?? 0n) === 0n ? 'older than what is known' : 'moved';
}

/** What another platform found is a report like any other: it waits for intake, who is a person. */
async function reportFind(
  context: ConsoleContext,
  db: DatabaseTransaction,
  from: Row<'integration'>,
  message: IncomingMessage,
  found: Static<typeof Found>,
): Promise<string> {
  const configured = from.settings['offences'] as Record<string, unknown> | undefined;
  const named = configured?.[message.type] ?? knownFinds[message.type];
  const offence = found.offence ?? offences.find((each) => each === named);
  const file = await writeReport(
    context,
    db,
    {
      source: 'other',
      ...(found.class === undefined ? offence !== undefined && { offence } : { class: found.class }),
      ...(found.point !== undefined && { point: found.point }),
      ...(found.address !== undefined && { address: found.address }),
      ...(found.description !== undefined && { description: found.description }),
      reporter: `${from.id} ${message.id}`.slice(0, 100),
    },
    { actor: `integration:${from.id}`, role: null, ip: null, atMs: context.nowMs() },
  );
  return file.case_no;
}

/** Checks what a message carries; throws `bad_request` naming the field. */
function read<Schema extends TSchema>(schema: Schema, data: unknown): Static<Schema> {
  const [issue] = findSchemaIssues(schema, data);
  if (issue === undefined) return data as Static<Schema>;
  throw new XunjieError('bad_request', `${formatPath(['data', ...issue.path])}: ${issue.message}`);
}
