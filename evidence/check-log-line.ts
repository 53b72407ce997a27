import { type CustodyLine, type CustodyLogHead, findSchemaIssues, formatPath } from '../domain/mod.ts';
import { hashCustody, toCustodyLine } from '../platform/mod.ts';
import { custodyLineSchemas } from './custody-log-schema.ts';

type Checked = { readonly line: CustodyLine; readonly problem: null } | { readonly problem: string };

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads one line of a log: canonical JSON of a known kind, whose hash is the one it should have. */
export function parseLogLine(bytes: Buffer): Checked {
  let value: unknown;
  try {
    value = JSON.parse(text.decode(bytes));
  } catch {
    return { problem: 'is not JSON' };
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(custodyLineSchemas, type))
    return { problem: `is of no known kind (type ${JSON.stringify(type) ?? 'missing'})` };
  const schema = custodyLineSchemas[type as CustodyLine['type']];
  const [issue] = findSchemaIssues(schema, value);
  if (issue !== undefined) return { problem: `${formatPath(issue.path) || 'content'}: ${issue.message}` };
  const line = value as CustodyLine;
  if (Buffer.compare(bytes, Buffer.from(toCustodyLine(line))) !== 0)
    return { problem: 'is not canonical JSON (RFC 8785): its bytes were rewritten' };
  if (line.type === 'custody-log') return { line, problem: null };
  const expected = hashLine(line);
  if (line.hash === expected) return { line, problem: null };
  return { problem: `hash: is ${line.hash}, but its content gives ${expected}: it was changed` };
}

function hashLine(line: Exclude<CustodyLine, CustodyLogHead>): string {
  if (line.type === 'entry') {
    const { hash: _, ...record } = line;
    return hashCustody(record);
  }
  const { hash: _, seal: __, ...record } = line;
  return hashCustody(record);
}
