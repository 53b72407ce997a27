import type { X509Certificate } from 'node:crypto';
import { Type } from 'typebox';
import {
  type EvidenceTimeStamp,
  findSchemaIssues,
  formatPath,
  timeStampFile,
  toMessage,
} from '../domain/mod.ts';
import { readTimeStampToken } from '../platform/mod.ts';
import { parseCanonicalBytes } from './canonical-json.ts';
import { findSealProblem, type KeyTrust } from './check-seal.ts';
import { SignatureSchema } from './manifest-schema.ts';
import { manifestFile } from './package-path.ts';

const TimeStampSchema = Type.Object(
  { v: Type.Literal(1), token: Type.String(), seal: SignatureSchema },
  { additionalProperties: false },
);

export interface AuthorityTrust extends KeyTrust {
  /** Certificates one of which must have issued the time stamp's, where there is a time stamp; without them anybody may have. */
  readonly trustedAuthorities?: readonly X509Certificate[];
}

export interface CheckedTimeStamp {
  /** When and by whom the manifest was stamped. */
  readonly timeStamp: { readonly atMs: number; readonly authority: string } | null;
  readonly problem: string | null;
}

/**
 * Checks `timestamp.json`: the token's own signature, that it is over this manifest, and the seal of the installation over the whole
 * token, since parts of a token are signed by nobody.
 */
export function checkTimeStamp(
  bytes: Uint8Array,
  manifestHash: string,
  { trustedAuthorities, ...trust }: AuthorityTrust,
): CheckedTimeStamp {
  const parsed = parseCanonicalBytes(bytes);
  if (parsed.problem !== null) return toProblem(parsed.problem);
  const issue = findSchemaIssues(TimeStampSchema, parsed.value)[0];
  if (issue !== undefined) return toProblem(`${formatPath(issue.path) || 'content'}: ${issue.message}`);
  const { token: text, seal } = parsed.value as EvidenceTimeStamp;
  const token = Buffer.from(text, 'base64');
  if (token.toString('base64') !== text) return toProblem('token: is not base64');
  try {
    const { genTimeMs, sha256, authority } = readTimeStampToken(token, trustedAuthorities);
    if (sha256 !== manifestHash) return toProblem(`is over SHA-256 ${sha256}, not over ${manifestFile}`);
    const sealed = { bytes: token, sealedAtMs: genTimeMs, place: 'its token', thing: 'the time stamp' };
    const problem = findSealProblem(seal, sealed, trust);
    return problem === null
      ? { timeStamp: { atMs: genTimeMs, authority }, problem: null }
      : toProblem(problem);
  } catch (error) {
    return toProblem(`token: ${toMessage(error)}`);
  }
}

function toProblem(problem: string): CheckedTimeStamp {
  return { timeStamp: null, problem: `${timeStampFile} ${problem}` };
}
