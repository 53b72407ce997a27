import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { roles, toZonedIso, XunjieError } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Row } from '../database/tables.ts';
import type { App } from '../http/app.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { IsoTime, Nullable } from '../http/schema.ts';
import { formatCsvRow } from '../registries/parse-csv.ts';
import { appendAudit } from './append-audit.ts';

const maxExported = 100_000;
const chunkRows = 2_000;

const Query = Type.Object(
  {
    actor: Type.Optional(Type.String({ maxLength: 100 })),
    action: Type.Optional(Type.String({ maxLength: 100, description: 'Begins with: `session.`' })),
    object: Type.Optional(Type.String({ maxLength: 300, description: 'Id of what was acted on' })),
    result: Type.Optional(Type.Enum(['done', 'refused'])),
    ip: Type.Optional(Type.String({ maxLength: 60 })),
    from: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601 with offset' })),
    to: Type.Optional(Type.String({ maxLength: 40 })),
    format: Type.Optional(Type.Enum(['json', 'csv'])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);
type Query = Static<typeof Query>;

const Line = Type.Object({
  seq: Type.Integer(),
  at: IsoTime,
  actor: Type.String(),
  posts: Nullable(Type.Array(Type.Enum([...roles]))),
  unit: Nullable(Type.String()),
  action: Type.String(),
  objectKind: Type.String(),
  objectId: Type.String(),
  result: Type.String(),
  reason: Nullable(Type.String()),
  ip: Nullable(Type.String()),
  details: Type.Record(Type.String(), Type.Unknown()),
});
type Line = Static<typeof Line>;

/** The audit log, for the auditor alone. Nothing deletes from it: the console's database login cannot. */
export function registerAuditRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/audit',
    config: { permission: 'audit.read' },
    schema: {
      tags: ['audit'],
      summary: 'Who did what, newest first; as CSV with format=csv',
      querystring: Query,
      produces: ['application/json', 'text/csv'],
      response: { 200: Type.Object({ items: Type.Array(Line), nextCursor: Nullable(Type.String()) }) },
    },
    handler: async (request, reply) => {
      const { query } = request;
      if (query.format !== 'csv') return listLines(context, query);
      await appendAudit(context.db, {
        atMs: context.nowMs(),
        actor: requireUser(request).username,
        action: 'audit.export',
        objectKind: 'audit_log',
        objectId: 'audit_log',
        result: 'done',
        ip: request.ip,
        details: { ...query },
      });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="audit.csv"')
        .serializer((text: unknown) => String(text))
        .send((await writeCsv(context, query)) as never);
    },
  });
}

async function listLines(context: ConsoleContext, query: Query) {
  const { limit = 50, cursor } = query;
  const before = cursor === undefined ? null : Number(decodeCursor(cursor, ['number'])[0]);
  const rows = await readRows(context, query, before, limit + 1);
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map((row) => toLine(row, context.timeZone)),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.seq]) : null,
  };
}

async function readRows(
  { db }: ConsoleContext,
  query: Query,
  beforeSeq: number | null,
  limit: number,
): Promise<Row<'audit_log'>[]> {
  let rows = db.selectFrom('audit_log').selectAll().orderBy('seq', 'desc').limit(limit);
  if (beforeSeq !== null) rows = rows.where('seq', '<', beforeSeq);
  if (query.actor) rows = rows.where('actor', '=', query.actor);
  if (query.action) rows = rows.where(sql<boolean>`starts_with(action, ${query.action})`);
  if (query.object) rows = rows.where('object_id', '=', query.object);
  if (query.result) rows = rows.where('result', '=', query.result);
  if (query.ip) rows = rows.where('ip', '=', query.ip);
  if (query.from) rows = rows.where('at', '>=', readInstant('from', query.from));
  if (query.to) rows = rows.where('at', '<', readInstant('to', query.to));
  return rows.execute();
}

async function writeCsv(context: ConsoleContext, query: Query): Promise<string> {
  const names = [
    ...(['seq', 'at', 'actor', 'posts', 'unit', 'action'] as const),
    ...(['objectKind', 'objectId', 'result', 'reason', 'ip', 'details'] as const),
  ];
  // A byte order mark tells spreadsheets that the text is UTF-8.
  const parts = [`\u{FEFF}${formatCsvRow([...names])}`];
  let before: number | null = null;
  for (let written = 0; written < maxExported; ) {
    const rows = await readRows(context, query, before, chunkRows);
    for (const row of rows) {
      const line = toLine(row, context.timeZone);
      parts.push(formatCsvRow(names.map((name) => toCell(line[name]))));
    }
    written += rows.length;
    before = rows.at(-1)?.seq ?? null;
    if (rows.length < chunkRows) break;
  }
  return parts.join('');
}

function toCell(value: Line[keyof Line]): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
}

function toLine(row: Row<'audit_log'>, timeZone: string): Line {
  return {
    seq: row.seq,
    at: toZonedIso(row.at.getTime(), timeZone),
    actor: row.actor,
    posts: row.posts,
    unit: row.unit_id,
    action: row.action,
    objectKind: row.object_kind,
    objectId: row.object_id,
    result: row.result,
    reason: row.reason,
    ip: row.ip,
    details: row.details,
  };
}

function readInstant(name: string, text: string): Date {
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = new Date(isInstant ? text : Number.NaN);
  if (!Number.isNaN(at.getTime())) return at;
  throw new XunjieError('bad_request', `query.${name}: "${text}" is no time with an offset`, {
    details: { field: `query.${name}` },
  });
}
