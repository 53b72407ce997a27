import { type EvidenceItem, timeStampFile, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { appendCustody } from '../custody/append-custody.ts';
import { checkText } from '../custody/check-text.ts';
import type { FoundPackage } from './find-package.ts';
import { type TarEntry, toTarBytes, writeTar } from './tar.ts';
import { maySeeUnmasked } from './unmasked.ts';

interface PackageArchive {
  readonly fileName: string;
  readonly bytes: number;
  readonly pieces: AsyncGenerator<Uint8Array>;
}

/**
 * A package as one archive, to be taken away: whole, as `xunjie verify` wants it, for who may see it whole; else its masked copies with
 * manifest and signature. That it was taken, by whom, why and from where is in the chain of custody and in the audit log before the
 * first byte leaves. Rejects with `bad_request` without a purpose.
 */
export async function exportPackage(
  context: ConsoleContext,
  found: FoundPackage,
  taker: { readonly user: User; readonly ip: string; readonly purpose: string },
): Promise<PackageArchive> {
  const { manifestHash, candidateId, items } = found;
  const { user, ip } = taker;
  const purpose = taker.purpose.trim();
  checkText('query.purpose', purpose);
  if (purpose.length < 2)
    throw new XunjieError('bad_request', 'query.purpose: say why, in two characters at least');
  if (items === null) throw new XunjieError('not_found', `package ${manifestHash} has no files any more`);
  const isWhole = maySeeUnmasked(user, found.relation);
  const entries = await listEntries(
    context,
    manifestHash,
    items.filter((item) => isWhole || item.kind === 'masked'),
  );
  const atMs = context.nowMs();
  const content = isWhole ? null : 'masked';
  await context.db.transaction().execute(async (db) => {
    await appendAudit(db, {
      atMs,
      actor: user.username,
      action: 'evidence.export',
      objectKind: 'evidence',
      objectId: manifestHash,
      result: 'done',
      ip,
      details: { purpose, content },
    });
    await appendCustody(db, {
      atMs,
      candidateId,
      manifestHash,
      action: 'export',
      actor: user.username,
      unit: user.unit?.name ?? null,
      content,
      reason: purpose,
      from: ip,
    });
  });
  return {
    fileName: `${manifestHash}${isWhole ? '' : '-masked'}.tar`,
    bytes: toTarBytes(entries),
    pieces: writeTar(entries),
  };
}

/** The files below a folder that is named after the package; the small ones, whose length no manifest gives, are read first. */
async function listEntries(
  { blobs, nowMs }: ConsoleContext,
  manifestHash: string,
  items: readonly EvidenceItem[],
): Promise<TarEntry[]> {
  const toKey = (path: string) => `packages/${manifestHash}/${path}`;
  const small: TarEntry[] = [];
  for (const path of ['manifest.json', 'signature.json', timeStampFile]) {
    if (path === timeStampFile && !(await blobs.has(toKey(path)))) continue;
    const bytes = await blobs.get(toKey(path));
    const open = async () => toPieces(bytes);
    small.push({ path: `${manifestHash}/${path}`, bytes: bytes.byteLength, atMs: nowMs(), open });
  }
  return [
    ...small,
    ...items.map(({ path, bytes, capturedAtMs }) => ({
      path: `${manifestHash}/${path}`,
      bytes,
      atMs: capturedAtMs,
      open: async () => (await blobs.open(toKey(path))).stream,
    })),
  ];
}

async function* toPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
