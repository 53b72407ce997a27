import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { requireUser } from '../auth/user.ts';
import { CaseSummary } from '../cases/schema.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { Nullable } from '../http/schema.ts';
import { askEvidence } from './ask-evidence.ts';
import { confirmCandidate } from './confirm.ts';
import { mergeCandidate } from './merge.ts';
import type { Decider } from './record-decision.ts';
import { rejectBatch, rejectCandidate } from './reject.ts';
import { remindCandidate } from './remind.ts';
import {
  AskEvidenceBody,
  BatchRejectBody,
  BatchRejectResult,
  CandidateDetail,
  ConfirmBody,
  MergeBody,
  RejectBody,
  RemindBody,
  ShownBody,
  UndoBody,
} from './schema.ts';
import { acknowledgeStills } from './shown-stills.ts';
import { stillMoments } from './still-moments.ts';
import { undoDecision } from './undo.ts';

const tags = ['candidates'];
const config = { permission: 'candidates.decide' } as const;
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const Decided = Type.Object({ candidate: CandidateDetail });

/** What a reviewer does with a candidate under the lease. There is no batch to confirm: each is looked at by itself. */
export function registerDecisionRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'POST',
    url: '/api/candidates/:id/stills-shown',
    config,
    schema: {
      tags,
      summary: 'Say which stills the page has shown, under the lease',
      params,
      body: ShownBody,
      response: {
        200: Type.Object({
          shown: Type.Array(Type.String()),
          missing: Type.Array(Type.Enum([...stillMoments])),
        }),
      },
    },
    handler: async (request) =>
      acknowledgeStills(context, request.params.id, request.body.moments, requireUser(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/confirm',
    config,
    schema: {
      tags,
      summary: 'Sign the four checks; the case is made when the undo window is over',
      params,
      body: ConfirmBody,
      response: { 200: Type.Object({ candidate: CandidateDetail, case: Nullable(CaseSummary) }) },
    },
    handler: async (request) =>
      confirmCandidate(context, request.params.id, request.body, toDecider(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/reject',
    config,
    schema: {
      tags,
      summary: 'Turn the candidate down, with a reason',
      params,
      body: RejectBody,
      response: { 200: Decided },
    },
    handler: async (request) => rejectCandidate(context, request.params.id, request.body, toDecider(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/batch-reject',
    config,
    schema: {
      tags,
      summary:
        'Turn several down for one reason, each by itself; what another holds or has changed is refused',
      body: BatchRejectBody,
      response: { 200: Type.Object({ results: Type.Array(BatchRejectResult) }) },
    },
    handler: async (request) => rejectBatch(context, request.body, toDecider(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/ask-evidence',
    config,
    schema: {
      tags,
      summary: 'Set the candidate aside until there is more to go by',
      params,
      body: AskEvidenceBody,
      response: { 200: Decided },
    },
    handler: async (request) => askEvidence(context, request.params.id, request.body, toDecider(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/remind',
    config,
    schema: {
      tags,
      summary: 'Have whoever is there reminded; after the grace the system looks again',
      params,
      body: RemindBody,
      response: { 200: Decided },
    },
    handler: async (request) => remindCandidate(context, request.params.id, request.body, toDecider(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/merge',
    config,
    schema: {
      tags,
      summary: 'Merge the candidate into another one that shows the same',
      params,
      body: MergeBody,
      response: { 200: Decided },
    },
    handler: async (request) => mergeCandidate(context, request.params.id, request.body, toDecider(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/undo',
    config,
    schema: {
      tags,
      summary: 'Take the own decision back, within the undo window; the lease is yours again',
      params,
      body: UndoBody,
      response: { 200: Decided },
    },
    handler: async (request) => undoDecision(context, request.params.id, request.body, toDecider(request)),
  });
}

function toDecider(request: FastifyRequest): Decider {
  return { user: requireUser(request), ip: request.ip };
}
