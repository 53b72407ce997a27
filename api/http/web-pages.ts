import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { XunjieError } from '../../domain/mod.ts';
import { listAllowedMethods } from './allowed-methods.ts';
import { sendError } from './error-handler.ts';

/** Serves the built single-page app at `/`; a path that only the app's router knows gets `index.html`. Under `/api`, unknown is 404. */
export async function registerWebPages(app: FastifyInstance, webDir: string | null): Promise<void> {
  if (webDir !== null)
    await app.register(fastifyStatic, {
      root: path.resolve(webDir),
      cacheControl: false,
      setHeaders: (reply, file) => {
        // The build names assets by their content; the page that names them must not be kept.
        const isAsset = path.dirname(file) !== path.resolve(webDir);
        reply.setHeader('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  // Answers without returning the reply: awaiting it would hang one more listener on the response at each step.
  app.setNotFoundHandler((request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const isPage =
      ['GET', 'HEAD'].includes(request.method) &&
      !/^\/api(\/|$)/.test(pathname) &&
      path.extname(pathname) === '';
    const refuse = () => {
      const allowed = listAllowedMethods(app.accessTable, pathname);
      if (allowed.length === 0)
        return sendError(reply, new XunjieError('not_found', `nothing at ${request.method} ${pathname}`));
      return sendError(
        reply.header('allow', allowed.join(', ')),
        new XunjieError(
          'method_not_allowed',
          `${pathname} knows ${allowed.join(', ')}, not ${request.method}`,
        ),
      );
    };
    if (webDir !== null && isPage) reply.header('cache-control', 'no-cache').sendFile('index.html');
    else refuse();
  });
}
