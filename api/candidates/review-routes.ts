import { Type } from 'typebox';
import { XunjieError } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { appealRejection } from './appeal.ts';
import { answerEvidence } from './ask-evidence.ts';
import { compareReviews, ReviewAgreement } from './review-agreement.ts';
import { AnswerEvidenceBody, AppealBody, CandidateDetail } from './schema.ts';

const tags = ['candidates'];
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const Time = Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601 with offset' }));

/** What others than the reviewer do about reviews. */
export function registerReviewRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'POST',
    url: '/api/candidates/:id/answer-evidence',
    config: { permission: 'candidates.answer_evidence' },
    schema: {
      tags,
      summary: 'What a reviewer asked for has come: up for review again',
      params,
      body: AnswerEvidenceBody,
      response: { 200: Type.Object({ id: Type.String(), state: Type.Literal('pending_review') }) },
    },
    handler: async (request) =>
      answerEvidence(context, request.params.id, request.body, {
        user: requireUser(request),
        ip: request.ip,
      }),
  });

  app.route({
    method: 'POST',
    url: '/api/candidates/:id/appeal',
    config: { permission: 'candidates.appeal' },
    schema: {
      tags,
      summary: 'Have a rejected candidate reviewed once more',
      params,
      body: AppealBody,
      response: { 200: Type.Object({ candidate: CandidateDetail }) },
    },
    handler: async (request) =>
      appealRejection(context, request.params.id, request.body, {
        user: requireUser(request),
        ip: request.ip,
      }),
  });

  app.route({
    method: 'GET',
    url: '/api/review-agreement',
    config: { permission: 'reviews.compare' },
    schema: {
      tags,
      summary: 'How far two reviewers decide alike who do not know of each other, by offence',
      querystring: Type.Object({ from: Time, to: Time }, { additionalProperties: false }),
      response: { 200: ReviewAgreement },
    },
    handler: async ({ query }) =>
      compareReviews(context, { fromMs: parseTime('from', query.from), toMs: parseTime('to', query.to) }),
  });
}

function parseTime(field: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const atMs = Date.parse(text);
  if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) && Number.isFinite(atMs)) return atMs;
  throw new XunjieError(
    'bad_request',
    `query.${field}: "${text}" is not a time like 2026-03-02T10:00:00+08:00`,
  );
}
