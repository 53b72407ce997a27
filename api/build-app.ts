import cookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { auditRequests } from './audit/audit-requests.ts';
import { registerAuditRoutes } from './audit/routes.ts';
import { guardAccess } from './auth/access.ts';
import { registerAccountRoutes } from './auth/accounts/account-routes.ts';
import { registerOwnAccountRoutes } from './auth/accounts/own-account-routes.ts';
import { guardReach } from './auth/guard-reach.ts';
import { registerKeyRoutes } from './auth/keys/routes.ts';
import { registerProviderRoutes } from './auth/provider/routes.ts';
import { registerSessionRoutes } from './auth/routes.ts';
import { registerSecondFactorRoutes } from './auth/second-factor/routes.ts';
import { registerCameraRoutes } from './cameras/routes.ts';
import { registerDecisionRoutes } from './candidates/decision-routes.ts';
import { registerReviewRoutes } from './candidates/review-routes.ts';
import { registerCandidateRoutes } from './candidates/routes.ts';
import { registerCaseRoutes } from './cases/routes.ts';
import type { ConsoleContext } from './context.ts';
import { registerPackageRoutes } from './custody/package-routes.ts';
import { registerCustodyRoutes } from './custody/routes.ts';
import { registerExportRoutes } from './evidence/export-routes.ts';
import { registerEvidenceRoutes } from './evidence/routes.ts';
import type { App } from './http/app.ts';
import { setErrorHandler } from './http/error-handler.ts';
import { limitRates } from './http/limit-rates.ts';
import { registerOpenApi, registerOpenApiRoutes } from './http/openapi.ts';
import { registerSecurityHeaders } from './http/security-headers.ts';
import { answerClientError, answerRouterError, maxParamLength } from './http/server-errors.ts';
import { compileValidator } from './http/validator.ts';
import { registerWebPages } from './http/web-pages.ts';
import { registerIndicatorRoutes } from './indicators/routes.ts';
import { registerDoors } from './integrations/routes.ts';
import { registerLiveRoutes } from './live/routes.ts';
import { registerMetricsRoutes } from './metrics/routes.ts';
import { registerPhotoRoutes } from './photos/routes.ts';
import { registerPlateRoutes } from './plates/routes.ts';
import { registerRegistryRoutes } from './registries/routes.ts';
import { registerRosterRoutes } from './roster/routes.ts';
import { registerSummaryRoutes } from './summary/routes.ts';
import { registerTuningSetRoutes } from './tuning-set/routes.ts';
import { registerUnitRoutes } from './units/routes.ts';
import { registerWallRoutes } from './wall/routes.ts';

const maxJsonBytes = 64 * 1024;
/** Long enough for a photo over a slow phone. */
const requestTimeoutMs = 120_000;

/** The HTTP side of the console, ready for `listen` or `inject`. */
export async function buildApp(context: ConsoleContext, webDir: string | null): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: maxJsonBytes,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength },
    frameworkErrors: answerRouterError,
    clientErrorHandler: answerClientError,
    // Only a proxy on this machine is believed about the caller's address and about https.
    trustProxy: 'loopback',
  });
  app.setValidatorCompiler(compileValidator);
  // Replies are written as they are: a schema documents them and types the handlers, it never bends a value.
  app.setSerializerCompiler(() => JSON.stringify);
  setErrorHandler(app, context);
  await registerSecurityHeaders(app);
  await app.register(cookie);
  await limitRates(app, context.auth.perMinute);
  await registerOpenApi(app, context.version);
  auditRequests(app, context);
  guardAccess(app, context);
  guardReach(app, context);
  await registerRoutes(app.withTypeProvider<TypeBoxTypeProvider>(), context);
  await registerOpenApiRoutes(app);
  await registerWebPages(app, webDir);
  await app.ready();
  return app;
}

async function registerRoutes(app: App, context: ConsoleContext): Promise<void> {
  app.route({
    method: 'GET',
    url: '/api/health',
    config: { permission: 'public' },
    schema: {
      tags: ['health'],
      summary: 'The console answers',
      response: {
        200: Type.Object({
          status: Type.Literal('ok'),
          version: Type.String(),
          evidenceStore: Type.Object(
            { versioning: Type.Boolean(), objectLock: Type.Boolean() },
            { description: 'What the store of evidence does by itself against deletion' },
          ),
        }),
      },
    },
    handler: async () => {
      const { versioning, objectLock } = context.blobs.protection;
      return { status: 'ok' as const, version: context.version, evidenceStore: { versioning, objectLock } };
    },
  });
  registerSessionRoutes(app, context);
  registerProviderRoutes(app, context);
  registerOwnAccountRoutes(app, context);
  registerSecondFactorRoutes(app, context);
  registerAccountRoutes(app, context);
  registerKeyRoutes(app, context);
  registerAuditRoutes(app, context);
  registerCandidateRoutes(app, context);
  registerDecisionRoutes(app, context);
  registerReviewRoutes(app, context);
  registerTuningSetRoutes(app, context);
  registerCaseRoutes(app, context);
  registerExportRoutes(app, context);
  registerEvidenceRoutes(app, context);
  registerPlateRoutes(app, context);
  registerCustodyRoutes(app, context);
  registerPackageRoutes(app, context);
  registerCameraRoutes(app, context);
  registerUnitRoutes(app, context);
  registerRosterRoutes(app, context);
  registerIndicatorRoutes(app, context);
  await app.register(async (files) =>
    registerRegistryRoutes(files.withTypeProvider<TypeBoxTypeProvider>(), context),
  );
  await registerDoors(app, context);
  registerSummaryRoutes(app, context);
  registerWallRoutes(app, context);
  registerMetricsRoutes(app, context);
  await registerPhotoRoutes(app, context);
  await registerLiveRoutes(app, context);
}
