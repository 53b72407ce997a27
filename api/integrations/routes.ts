import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { registerOutboxRoutes } from './outbox/routes.ts';
import { registerIntegrationRoutes } from './registry/routes.ts';

/** The doors to other systems. */
export function registerDoors(app: App, context: ConsoleContext): void {
  registerIntegrationRoutes(app, context);
  registerOutboxRoutes(app, context);
}
