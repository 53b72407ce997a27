import { Type } from 'typebox';
import { type CandidateState, candidateStates, offences, suppressionReasons } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { parseWords } from '../http/filter.ts';
import { defaultPageLimit, Empty, PageOf, pageQuery } from '../http/schema.ts';
import { findCandidate } from './find-candidate.ts';
import { releaseLapsedLeases, releaseLease, takeLease } from './lease.ts';
import { listCandidates } from './list-candidates.ts';
import { CandidateDetail, CandidateSummary, Lease } from './schema.ts';

const tags = ['candidates'];
const held: readonly CandidateState[] = ['suppressed'];
const waiting: readonly CandidateState[] = ['pending_review', 'in_review'];
const Path = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });

const ListQuery = Type.Object(
  {
    state: Type.Optional(
      Type.String({ description: 'States, separated by commas; default: those that wait for review' }),
    ),
    camera: Type.Optional(Type.String({ maxLength: 64 })),
    offence: Type.Optional(Type.String({ description: 'Offences, separated by commas' })),
    reason: Type.Optional(
      Type.String({
        description:
          'Reasons for which the rules hold candidates, separated by commas; without states: of all that are held',
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
);

export function registerCandidateRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/candidates',
    config: { permission: 'candidates.read' },
    schema: {
      tags,
      summary: 'The review queue',
      querystring: ListQuery,
      response: { 200: PageOf(CandidateSummary) },
    },
    handler: async (request) => {
      const {
        state,
        camera = null,
        offence,
        reason,
        limit = defaultPageLimit,
        cursor = null,
      } = request.query;
      const reasons = parseWords('reason', reason, suppressionReasons);
      const states = parseWords('state', state, candidateStates) ?? (reasons === null ? waiting : held);
      const filter = {
        states,
        camera,
        offences: parseWords('offence', offence, offences),
        reasons,
        limit,
        cursor,
      };
      await releaseLapsedLeases(context);
      return listCandidates(context, filter, requireUser(request));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/candidates/:id',
    config: { permission: 'candidates.read' },
    schema: { tags, summary: 'One candidate in full', params: Path, response: { 200: CandidateDetail } },
    handler: async (request) => {
      await releaseLapsedLeases(context);
      return findCandidate(context, context.db, request.params.id, requireUser(request));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/lease',
    config: { permission: 'candidates.decide' },
    schema: {
      tags,
      summary: 'Take or renew the lease, for three minutes',
      params: Path,
      response: { 200: Type.Object({ lease: Lease, version: Type.Integer() }) },
    },
    handler: async (request) => takeLease(context, request.params.id, requireUser(request)),
  });

  app.route({
    method: 'DELETE',
    url: '/api/candidates/:id/lease',
    config: { permission: 'candidates.decide' },
    schema: { tags, summary: 'Give the lease back', params: Path, response: { 204: Empty } },
    handler: async (request, reply) => {
      await releaseLease(context, request.params.id, requireUser(request));
      return reply.status(204).send();
    },
  });
}
