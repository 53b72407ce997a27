import { sql } from 'kysely';
import { Type } from 'typebox';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import { requireUser, type User } from '../auth/user.ts';
import { requireNotKept } from '../candidates/blind-sight.ts';
import { isHiddenFrom } from '../candidates/is-hidden-from.ts';
import { noCandidate } from '../candidates/no-candidate.ts';
import type { ConsoleContext } from '../context.ts';
import { findRelation, maySeeUnmasked } from '../evidence/unmasked.ts';
import type { App } from '../http/app.ts';
import { Empty, IsoTime, Nullable } from '../http/schema.ts';
import { enterPlate, findPlate, type KnownPlate, revealPlate } from './plate-store.ts';
import { maskPlate } from './plate-text.ts';

const tags = ['plates'];
const Path = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const PlateView = Type.Object({
  plate: Nullable(Type.String({ description: 'Masked where `masked` is true; null where none was entered' })),
  masked: Type.Boolean(),
  mayReveal: Type.Boolean(),
  enteredBy: Nullable(Type.String()),
  enteredAt: Nullable(IsoTime),
  otherCandidates: Type.Integer({ description: 'Other candidates with the same plate' }),
});
const Reason = Type.String({ minLength: 1, maxLength: 500, description: 'Why it is needed whole; kept' });

/** The plate of a candidate's vehicle: encrypted where it lies, masked unless somebody who may says why it is needed whole. */
export function registerPlateRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'PUT',
    url: '/api/candidates/:id/plate',
    config: { permission: 'plates.enter' },
    schema: {
      tags,
      summary: 'Write down the plate of the vehicle',
      params: Path,
      body: Type.Object(
        { plate: Type.String({ minLength: 1, maxLength: 40 }) },
        { additionalProperties: false },
      ),
      response: { 204: Empty },
    },
    handler: async (request, reply) => {
      const user = requireUser(request);
      if (!(await maySeePlate(context, request.params.id, user)))
        throw new XunjieError(
          'forbidden',
          `candidate ${request.params.id} is not in ${user.username}'s queue: its plate is not theirs to enter`,
        );
      await enterPlate(context, request.params.id, request.body.plate, {
        user,
        ip: request.ip,
      });
      return reply.status(204).send();
    },
  });
  app.route({
    method: 'GET',
    url: '/api/candidates/:id/plate',
    config: { permission: 'plates.read' },
    schema: { tags, summary: 'The plate, masked', params: Path, response: { 200: PlateView } },
    handler: async (request) => {
      const user = requireUser(request);
      const mayReveal = await maySeePlate(context, request.params.id, user);
      const found = await findPlate(context, request.params.id);
      if (found === null) return { ...none, mayReveal };
      return { ...toView(found, context.timeZone), plate: maskPlate(found.plate), masked: true, mayReveal };
    },
  });
  app.route({
    method: 'POST',
    url: '/api/candidates/:id/plate/reveal',
    config: { permission: 'plates.read' },
    schema: {
      tags,
      summary: 'The plate, whole; who asked and why is an entry of the chain of custody',
      params: Path,
      body: Type.Object({ reason: Reason }, { additionalProperties: false }),
      response: { 200: PlateView },
    },
    handler: async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      if (!(await maySeePlate(context, id, user)))
        throw new XunjieError('forbidden', `${user.username} may see this plate masked only`);
      const visitor = { user, ip: request.ip };
      const found = await revealPlate(context, id, request.body.reason, visitor);
      return { ...toView(found, context.timeZone), plate: found.plate, masked: false, mayReveal: true };
    },
  });
}

const none = { plate: null, masked: true, enteredBy: null, enteredAt: null, otherCandidates: 0 };

function toView({ enteredBy, enteredAt, otherCandidates }: KnownPlate, timeZone: string) {
  return { enteredBy, enteredAt: toZonedIso(enteredAt.getTime(), timeZone), otherCandidates };
}

/** Whole for who may see the package whole. */
async function maySeePlate({ db }: ConsoleContext, candidateId: string, user: User): Promise<boolean> {
  const file = await db
    .selectFrom('candidate')
    .select(['candidate.blind_of', 'candidate.first_reviewer_id'])
    .select(sql<string>`coalesce(candidate.blind_of, candidate.id)`.as('package_of'))
    .where('candidate.id', '=', candidateId)
    .executeTakeFirst();
  if (file === undefined || isHiddenFrom(file, user)) throw noCandidate(candidateId);
  await requireNotKept(db, candidateId, user);
  return maySeeUnmasked(user, await findRelation(db, user, file.package_of));
}
