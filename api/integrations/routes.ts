import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { registerEnforcementRoutes } from './enforcement/routes.ts';
import { registerInboxRoutes } from './inbox/routes.ts';
import { registerContactRoutes } from './open311/contact-routes.ts';
import { registerOpen311 } from './open311/routes.ts';
import { registerOutboxRoutes } from './outbox/routes.ts';
import { registerIntegrationRoutes } from './registry/routes.ts';
import { registerViid } from './viid/routes.ts';

/** The doors to other systems. */
export async function registerDoors(app: App, context: ConsoleContext): Promise<void> {
  registerIntegrationRoutes(app, context);
  registerOutboxRoutes(app, context);
  await registerInboxRoutes(app, context);
  registerEnforcementRoutes(app, context, context.enforcementGateways);
  registerContactRoutes(app, context);
  await registerOpen311(app, context);
  await registerViid(app, context);
}
