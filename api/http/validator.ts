import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Convert } from 'typebox/value';
import { findSchemaIssues, formatPath, XunjieError } from '../../domain/mod.ts';

/** Words for the parts of a request in messages. */
const partNames: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
};

/**
 * Checks a request against its TypeBox schema and refuses it with a line that names the field.
 * Only a query, which comes as text, is converted to numbers and booleans; a body must already have its types.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = partNames[httpPart ?? 'body'] ?? 'body';
  return (value: unknown) => {
    const given = part === 'query' ? Convert(schema, value) : value;
    if (part === 'body' && (given === undefined || given === null))
      return { error: new XunjieError('bad_request', 'body: a JSON object is missing') };
    const [issue] = findSchemaIssues(schema, given);
    if (issue === undefined) return { value: given };
    const path = formatPath([part, ...issue.path]);
    return {
      error: new XunjieError('bad_request', `${path}: ${issue.message}`, { details: { field: path } }),
    };
  };
};
