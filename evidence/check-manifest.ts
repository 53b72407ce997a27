import { type EvidenceManifest, findSchemaIssues, formatPath } from '../domain/mod.ts';
import { toAntiForgeryCode } from './anti-forgery-code.ts';
import { parseCanonicalBytes } from './canonical-json.ts';
import { ManifestSchema } from './manifest-schema.ts';
import { isItemPath, manifestFile } from './package-path.ts';

type Checked = { manifest: EvidenceManifest; problem: null } | { manifest: null; problem: string };

/** Reads the bytes of a manifest and checks everything about it that needs no other file. */
export function checkManifest(bytes: Uint8Array): Checked {
  const parsed = parseCanonicalBytes(bytes);
  if (parsed.problem !== null) return toProblem(parsed.problem);
  const version = readVersion(parsed.value);
  if (version !== 1)
    return toProblem(`is of version ${JSON.stringify(version) ?? 'none'}; this program reads version 1`);
  const issue = findSchemaIssues(ManifestSchema, parsed.value)[0];
  if (issue !== undefined) return toProblem(`${formatPath(issue.path) || 'the manifest'}: ${issue.message}`);
  const manifest = parsed.value as EvidenceManifest;
  const problem = findItemProblem(manifest) ?? findCodeProblem(manifest);
  return problem === null ? { manifest, problem: null } : toProblem(problem);
}

function findItemProblem({ items }: EvidenceManifest): string | null {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (!isItemPath(item.path))
      return `items[${index}].path: ${JSON.stringify(item.path)} is no path inside the package`;
    // Two names that differ in case alone are one file on some disks.
    const name = item.path.toLowerCase();
    if (seen.has(name)) return `items[${index}].path: ${item.path} is listed twice`;
    seen.add(name);
  }
  for (const moment of ['first', 'last'] as const)
    if (!items.some((item) => item.kind === 'original' && item.moment === moment))
      return `items: no original picture of the ${moment} sighting`;
  return null;
}

function findCodeProblem({ candidate, items, antiForgeryCode }: EvidenceManifest): string | null {
  const originals = items.filter((item) => item.kind === 'original').map((item) => item.sha256);
  const expected = toAntiForgeryCode(candidate.id, originals);
  return antiForgeryCode === expected
    ? null
    : `antiForgeryCode: ${antiForgeryCode} does not follow from the originals, which give ${expected}`;
}

function readVersion(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined;
}

function toProblem(problem: string): Checked {
  return { manifest: null, problem: `${manifestFile} ${problem}` };
}
