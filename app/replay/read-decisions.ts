import Type, { type Static } from 'typebox';
import type { Decision } from '../../api/mod.ts';
import { findSchemaIssues, formatPath, offences, toMessage, XunjieError } from '../../domain/mod.ts';
import { type DecidedStay, toStay } from '../../rules/mod.ts';
import { readLines } from './read-lines.ts';

const Box = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]);
const DecisionLine = Type.Object({
  decision: Type.Enum(['confirmed', 'rejected']),
  id: Type.Optional(Type.String()),
  camera: Type.String(),
  offence: Type.Enum([...offences]),
  fromMs: Type.Number(),
  toMs: Type.Union([Type.Number(), Type.Null()]),
  round: Type.Optional(Type.Integer({ minimum: 1 })),
  boxes: Type.Array(Box, { minItems: 1 }),
});

export function toDecisionLine({ decision, reason, decidedAtMs, candidate }: Decision) {
  const { id, camera, offence, fromMs, toMs, round, boxes } = toStay(candidate);
  const { zone, raisedAtMs } = candidate;
  const known = { id, camera, offence, zone, fromMs, toMs, raisedAtMs, round };
  return { decision, reason, decidedAtMs, ...known, boxes: boxes.map(([...edges]) => edges) };
}

export function toDecidedStay(
  line: Omit<DecidedStay, 'id' | 'round'> & { id?: string; round?: number },
  index: number,
): DecidedStay {
  return { ...line, id: line.id ?? `decision ${index + 1}`, round: line.round ?? 1 };
}

/** Reads decisions, one JSON object a line (as `xunjie log export --decisions` writes them). Throws `bad_dataset` as `file:line: ...`. */
export async function readDecisions(file: string): Promise<DecidedStay[]> {
  const decided: DecidedStay[] = [];
  for await (const lines of readLines(file))
    for (const { text, no } of lines) {
      const value = parseJson(text, `${file}:${no}`);
      const [issue] = findSchemaIssues(DecisionLine, value);
      if (issue)
        throw new XunjieError(
          'bad_dataset',
          `${file}:${no}: ${issue.path.length > 0 ? `${formatPath(issue.path)}: ` : ''}${issue.message}`,
        );
      decided.push(toDecidedStay(value as Static<typeof DecisionLine>, decided.length));
    }
  return decided;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new XunjieError('bad_dataset', `${where}: not JSON: ${toMessage(error)}`, { cause: error });
  }
}
