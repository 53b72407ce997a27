import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { isCollision, isUnstorable, toDatabaseError } from '../database/database-error.ts';

/** One handler for all that is thrown: expected errors say what they are, the rest is logged and answered without its inside. */
export function setErrorHandler(app: FastifyInstance, context: ConsoleContext): void {
  app.setErrorHandler(async (thrown: FastifyError | Error, request, reply) => {
    const error = toXunjieError(thrown, context);
    if (error.status >= 500) logFailure(context, request, thrown, error);
    const answered = hideInside(error, request);
    if (request.act !== null) request.act.refusal = answered;
    return sendError(reply, answered);
  });
}

export function sendError(reply: FastifyReply, error: XunjieError): FastifyReply {
  const { code, message, details } = error;
  return reply
    .status(error.status)
    .header('cache-control', 'no-store')
    .send({ error: { code, message, details } });
}

function toXunjieError(thrown: FastifyError | Error, context: ConsoleContext): XunjieError {
  if (thrown instanceof XunjieError) return thrown;
  if (isCollision(thrown))
    return new XunjieError('conflict', 'someone else is changing this at the same moment; try again', {
      cause: thrown,
    });
  if (isUnstorable(thrown))
    return new XunjieError('bad_request', 'a text holds a character that cannot be kept (NUL)', {
      cause: thrown,
    });
  if (isBrokenForm(thrown))
    return new XunjieError('bad_request', `body: ${toLine(thrown.message)}`, { cause: thrown });
  if ('statusCode' in thrown && typeof thrown.statusCode === 'number' && thrown.statusCode < 500)
    return new XunjieError(toCode(thrown.statusCode), toLine(thrown.message), { cause: thrown });
  return toDatabaseError(thrown, context.databaseAddress.place);
}

/** What the reader of multipart forms throws has neither code nor status. */
function isBrokenForm({ message }: Error): boolean {
  return /^(?:Multipart: Boundary not found|(?:\w+ terminated early due to u|U)nexpected end of multipart data)$/.test(
    message,
  );
}

function toCode(status: number): ErrorCode {
  switch (status) {
    case 404:
      return 'not_found';
    case 429:
      return 'too_many_requests';
    default:
      return 'bad_request';
  }
}

function toLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

/** What went wrong inside is for the log; the caller gets the code and where to look. */
function hideInside(error: XunjieError, request: FastifyRequest): XunjieError {
  if (error.status < 500) return error;
  const words = error.code === 'internal' ? 'something went wrong' : error.code.replaceAll('_', ' ');
  return new XunjieError(
    error.code,
    `the console could not do this: ${words}; its log says more under ${request.id}`,
  );
}

function logFailure(
  context: ConsoleContext,
  request: FastifyRequest,
  thrown: Error,
  error: XunjieError,
): void {
  context.logger.error(
    {
      request: request.id,
      method: request.method,
      route: request.routeOptions.url,
      code: error.code,
      stack: thrown.stack,
    },
    error.message,
  );
}
