import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { notLoggedIn, requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { IsoTime, Nullable } from '../http/schema.ts';
import { checkText } from './check-text.ts';
import { changeHold, findHold, type LegalHold } from './legal-hold.ts';
import { statePurpose, type Viewer } from './view-purpose.ts';

const tags = ['custody'];
const Path = Type.Object({ manifestHash: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
const Reason = Type.String({ minLength: 2, maxLength: 500, pattern: '\\S\\s*\\S' });
const ReasonBody = Type.Object({ reason: Reason }, { additionalProperties: false });
const Hold = Type.Object({
  hold: Nullable(Type.Object({ by: Type.String(), reason: Type.String(), at: IsoTime })),
});
const base = '/api/custody/packages/:manifestHash';

/** What is done to one package beside looking at it. */
export function registerPackageRoutes(app: App, context: ConsoleContext): void {
  const { timeZone } = context;
  const toView = (hold: LegalHold | null) => ({
    hold: hold === null ? null : { ...hold, at: toZonedIso(hold.at.getTime(), timeZone) },
  });

  app.route({
    method: 'POST',
    url: `${base}/purpose`,
    config: { permission: 'evidence.read' },
    schema: {
      tags,
      summary:
        'Say why one looks at a package that is not on the own desk; holds for this session, 8 hours at most',
      params: Path,
      body: Type.Object(
        { purpose: Type.String({ minLength: 2, maxLength: 500 }) },
        { additionalProperties: false },
      ),
      response: { 200: Type.Object({ until: IsoTime }) },
    },
    handler: async (request) => {
      const { manifestHash } = request.params;
      const given = { manifestHash, purpose: request.body.purpose, ip: request.ip };
      const until = await statePurpose(context, toViewer(request), given);
      return { until: toZonedIso(until.getTime(), timeZone) };
    },
  });

  app.route({
    method: 'GET',
    url: `${base}/hold`,
    config: { permission: 'custody.read' },
    schema: { tags, summary: 'The legal hold on a package', params: Path, response: { 200: Hold } },
    handler: async (request) => toView(await findHold(context.db, request.params.manifestHash)),
  });

  for (const action of ['hold', 'release'] as const)
    app.route({
      method: 'POST',
      url: `${base}/${action}`,
      config: { permission: 'evidence.hold' },
      schema: {
        tags,
        summary:
          action === 'hold'
            ? 'Keep a package against every policy of deletion'
            : 'Release a package from its hold',
        params: Path,
        body: ReasonBody,
        response: { 200: Hold },
      },
      handler: async (request) =>
        toView(
          await changeHold(context, {
            manifestHash: request.params.manifestHash,
            action,
            reason: request.body.reason,
            user: requireUser(request),
            ip: request.ip,
          }),
        ),
    });

  app.route({
    method: 'POST',
    url: `${base}/verify`,
    config: { permission: 'evidence.verify' },
    schema: {
      tags,
      summary: 'Check a package where it is stored: the first thing that is wrong with it, or null',
      params: Path,
      body: ReasonBody,
      response: {
        200: Type.Object({
          ok: Type.Boolean(),
          problem: Nullable(Type.String()),
          keyId: Nullable(Type.String()),
        }),
      },
    },
    handler: async (request) => {
      const { verifyPackage } = context;
      if (verifyPackage === null) throw new XunjieError('conflict', 'this console cannot check packages');
      const user = requireUser(request);
      const { manifestHash } = request.params;
      const { reason } = request.body;
      checkText('body.reason', reason);
      const { ok, problem, keyId } = await verifyPackage(manifestHash);
      await context.custody.write({
        atMs: context.nowMs(),
        manifestHash,
        action: 'verify',
        actor: user.username,
        unit: user.unit?.name ?? null,
        reason: `${reason}: ${ok ? 'whole' : `broken: ${problem}`}`,
        from: request.ip,
      });
      return { ok, problem, keyId };
    },
  });
}

function toViewer(request: FastifyRequest): Viewer {
  const { sessionHash } = request;
  if (sessionHash === null) throw notLoggedIn();
  return { user: requireUser(request), sessionHash };
}
