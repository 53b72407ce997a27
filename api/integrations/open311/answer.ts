import type { FastifyReply, FastifyRequest } from 'fastify';
import { toXml, type XmlValue } from './xml.ts';

export type Format = 'xml' | 'json';

/** One thing that is wrong, as the standard tells it. */
export interface Open311Problem {
  readonly code: number;
  readonly description: string;
}

/** What GeoReport calls the elements of its lists. */
const itemNames = {
  services: 'service',
  service_requests: 'request',
  errors: 'error',
  attributes: 'attribute',
  values: 'value',
  endpoints: 'endpoint',
  formats: 'format',
};

/** Problems of a request, all of them at once. The first one's code is the answer's status. */
export class Open311Refusal extends Error {
  readonly problems: readonly Open311Problem[];

  constructor(problems: readonly Open311Problem[]) {
    super(problems.map(({ description }) => description).join('; '));
    this.name = 'Open311Refusal';
    this.problems = problems;
  }
}

export function refuse(code: number, description: string): Open311Refusal {
  return new Open311Refusal([{ code, description }]);
}

/** By the address's ending; without one, JSON for who asks for it and XML, which the standard requires, for all others. */
export function readFormat(request: FastifyRequest): Format {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname.endsWith('.json')) return 'json';
  if (pathname.endsWith('.xml')) return 'xml';
  return /\bapplication\/json\b/i.test(request.headers.accept ?? '') ? 'json' : 'xml';
}

/** `04-09.json` → `04-09`. */
export function stripEnding(text: string): string {
  return text.replace(/\.(?:json|xml)$/, '');
}

/** In JSON a list stands alone, in XML it has a root. */
export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  root: string,
  value: XmlValue,
  status = 200,
): FastifyReply {
  reply.status(status);
  if (readFormat(request) === 'json')
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
  return reply.type('text/xml; charset=utf-8').send(toXml(root, value, itemNames));
}

export function answerProblems(
  request: FastifyRequest,
  reply: FastifyReply,
  problems: readonly Open311Problem[],
): FastifyReply {
  const rows = problems.map(({ code, description }) => ({ code, description }));
  reply.header('cache-control', 'no-store');
  return answer(request, reply, 'errors', rows, problems[0]?.code ?? 500);
}
