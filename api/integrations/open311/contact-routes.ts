import { Type } from 'typebox';
import { requireUser } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { Contact, readContact } from './contact.ts';

/** How to reach who reported by Open311. */
export function registerContactRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/cases/:caseNo/contact',
    config: { permission: 'contacts.read' },
    schema: {
      tags: ['cases'],
      summary: 'How to reach who reported a case; that somebody looked is written down',
      params: Type.Object({ caseNo: Type.String({ minLength: 1, maxLength: 40 }) }),
      response: { 200: Contact },
    },
    handler: async (request) =>
      readContact(context, request.params.caseNo, { user: requireUser(request), ip: request.ip }),
  });
}
