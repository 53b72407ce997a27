import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { XunjieError } from '../../domain/mod.ts';
import { sendError } from './error-handler.ts';

/** Longest part of an address that names something; no name in any schema is longer, its bytes escaped. */
export const maxParamLength = 1000;

/** What the router refuses before there is a route. */
export function answerRouterError(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const isLong = 'code' in error && error.code === 'FST_ERR_MAX_PARAM_LENGTH';
  const why = isLong ? `a part is longer than ${maxParamLength} characters` : 'it cannot be read';
  sendError(reply, new XunjieError('bad_request', `the address: ${why}`));
}

/** What the parser of requests refuses before there is a request. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'address and headers are too long']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'the request did not come to its end in time']
        : [400, 'this is no HTTP request'];
  const body = JSON.stringify({ error: { code: 'bad_request', message, details: {} } });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  socket.destroySoon();
}
