import { Type } from 'typebox';
import { XunjieError } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { defaultPageLimit, PageOf, pageQuery } from '../http/schema.ts';
import { listExamples, TuningExample } from './list-examples.ts';
import { toCropPath } from './make-examples.ts';

const tags = ['tuning set'];

/** What decisions teach: for whoever trains models, who sees nobody's face and no plate. */
export function registerTuningSetRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/tuning-set',
    config: { permission: 'tuning_set.read' },
    schema: {
      tags,
      summary: 'Every decision that took effect, with its masked crop, its label and its reason',
      querystring: Type.Object(pageQuery, { additionalProperties: false }),
      response: { 200: PageOf(TuningExample) },
    },
    handler: async (request) => {
      const { limit = defaultPageLimit, cursor = null } = request.query;
      return listExamples(context, { limit, cursor }, requireUser(request));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/tuning-set/:id/crop',
    config: { permission: 'tuning_set.read' },
    schema: {
      tags,
      summary: 'The masked crop of a decision, JPEG',
      params: Type.Object({
        id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }),
      }),
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const example = await context.db
        .selectFrom('tuning_example')
        .select('sha256')
        .where('review_id', '=', id)
        .executeTakeFirst();
      if (example === undefined || example.sha256 === null)
        throw new XunjieError('not_found', `there is no crop of decision ${id}`);
      const bytes = Buffer.from(await context.blobs.get(toCropPath(id)));
      return reply.type('image/jpeg').header('etag', `"${example.sha256}"`).send(bytes);
    },
  });
}
