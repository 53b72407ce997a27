import { Readable } from 'node:stream';
import { type Static, Type } from 'typebox';
import { custodyActions, toZonedIso } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Row } from '../database/tables.ts';
import type { App } from '../http/app.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { defaultPageLimit, IsoTime, Nullable, PageOf, pageQuery } from '../http/schema.ts';
import { exportCustody } from './export-custody.ts';

const tags = ['custody'];

const EntryView = Type.Object({
  seq: Type.Integer(),
  at: IsoTime,
  candidateId: Type.String(),
  manifestHash: Type.String(),
  action: Type.Enum([...custodyActions]),
  actor: Type.String(),
  unit: Nullable(Type.String()),
  content: Nullable(Type.String({ description: 'Path of the file; null: the whole package' })),
  reason: Type.String(),
  from: Type.String(),
  hash: Type.String(),
});
const RootView = Type.Object({
  day: Type.String(),
  fromSeq: Type.Integer(),
  toSeq: Type.Integer(),
  merkleRoot: Type.String(),
  hash: Type.String({ description: 'Over the root and all roots before it: this is the one to publish' }),
  keyId: Nullable(Type.String()),
  sealedAt: IsoTime,
});

const ListQuery = Type.Object(
  {
    package: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Manifest hash' })),
    candidate: Type.Optional(Type.String({ maxLength: 64 })),
    action: Type.Optional(Type.Enum([...custodyActions])),
    actor: Type.Optional(Type.String({ maxLength: 100 })),
    ...pageQuery,
  },
  { additionalProperties: false },
);

/** The register of everything that was done to evidence. */
export function registerCustodyRoutes(app: App, context: ConsoleContext): void {
  const { timeZone } = context;

  app.route({
    method: 'GET',
    url: '/api/custody',
    config: { permission: 'custody.read' },
    schema: {
      tags,
      summary: 'The chain of custody, newest first',
      querystring: ListQuery,
      response: { 200: PageOf(EntryView) },
    },
    handler: async (request) => listEntries(context, request.query),
  });

  app.route({
    method: 'GET',
    url: '/api/custody/roots',
    config: { permission: 'custody.read' },
    schema: {
      tags,
      summary: 'The daily Merkle roots, newest first',
      querystring: Type.Object(
        { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 400, default: 31 })) },
        { additionalProperties: false },
      ),
      response: { 200: Type.Array(RootView) },
    },
    handler: async (request) => {
      const { limit = 31 } = request.query;
      const roots = await context.db
        .selectFrom('custody_root')
        .selectAll()
        .orderBy('day', 'desc')
        .limit(limit)
        .execute();
      return roots.map((root) => ({
        day: root.day,
        fromSeq: root.from_seq,
        toSeq: root.to_seq,
        merkleRoot: root.merkle_root,
        hash: root.hash,
        keyId: root.seal?.keyId ?? null,
        sealedAt: toZonedIso(root.sealed_at.getTime(), timeZone),
      }));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/custody/export',
    config: { permission: 'custody.export' },
    schema: { tags, summary: 'The whole log as JSON Lines, for `xunjie verify --log`' },
    handler: async (request, reply) => {
      await appendAudit(context.db, {
        atMs: context.nowMs(),
        actor: requireUser(request).username,
        action: 'custody.export',
        objectKind: 'custody',
        objectId: 'log',
        result: 'done',
        ip: request.ip,
      });
      return reply
        .type('application/x-ndjson')
        .header('content-disposition', 'attachment; filename="custody-log.jsonl"')
        .send(Readable.from(exportCustody(context)));
    },
  });
}

async function listEntries(
  { db, timeZone }: ConsoleContext,
  {
    package: manifestHash,
    candidate,
    action,
    actor,
    limit = defaultPageLimit,
    cursor,
  }: Static<typeof ListQuery>,
) {
  let query = db.selectFrom('custody_entry');
  if (manifestHash !== undefined) query = query.where('manifest_hash', '=', manifestHash);
  if (candidate !== undefined) query = query.where('candidate_id', '=', candidate);
  if (action !== undefined) query = query.where('action', '=', action);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  const { total } = await query
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const [beforeSeq] = cursor === undefined ? [null] : decodeCursor(cursor, ['number']);
  if (beforeSeq !== null && beforeSeq !== undefined) query = query.where('seq', '<', Number(beforeSeq));
  const rows = await query
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toEntryView(row, timeZone)),
    total,
    nextCursor: rows.length <= limit || last === undefined ? null : encodeCursor([last.seq]),
  };
}

function toEntryView(row: Row<'custody_entry'>, timeZone: string): Static<typeof EntryView> {
  return {
    seq: row.seq,
    at: toZonedIso(row.at.getTime(), timeZone),
    candidateId: row.candidate_id,
    manifestHash: row.manifest_hash,
    action: row.action,
    actor: row.actor,
    unit: row.unit,
    content: row.content,
    reason: row.reason,
    from: row.from_place,
    hash: row.hash,
  };
}
