import type { SignCustody } from '../../api/context.ts';
import { appendCustody } from '../../api/custody/append-custody.ts';
import { exportCustody } from '../../api/custody/export-custody.ts';
import { sealEndedDays } from '../../api/custody/seal-days.ts';
import { connectDatabase, parseDatabaseUrl } from '../../api/database/connect.ts';
import { openConsole } from '../../api/mod.ts';
import type { TestPackage } from '../../evidence/test-support/make-package.ts';
import { type BlobStore, createLogger } from '../../platform/mod.ts';
import type { TestPostgres } from './postgres.ts';

const hourMs = 3_600_000;

/** Two captures and some looks on each of three days, of which two have ended, out of a database of its own. */
export async function makeCustodyLog(options: {
  readonly postgres: TestPostgres;
  readonly blobs: BlobStore;
  readonly packages: readonly [TestPackage, TestPackage];
  readonly startMs: number;
  readonly signCustody: SignCustody | null;
}): Promise<{ lines: string[]; databaseUrl: string }> {
  const { blobs, packages, startMs, signCustody } = options;
  const [first, second] = packages;
  const databaseUrl = await options.postgres.createDatabase();
  const logger = createLogger('error');
  let nowMs = startMs;
  const console = await openConsole({ databaseUrl, blobs, logger, webDir: null, nowMs: () => nowMs });
  for (const { manifest, manifestHash } of packages) {
    const { candidate, items, sealedAtMs } = manifest;
    const about = { candidateId: candidate.id, camera: candidate.camera, manifestHash };
    await console.recordEvidenceEvent({ v: 1, type: 'sealed', ...about, items, sealedAtMs });
  }
  await console.close();
  const db = connectDatabase(parseDatabaseUrl(databaseUrl), logger);
  try {
    for (let day = 0; day < 3; day++)
      for (let hour = 1; hour <= 3; hour++)
        await db.transaction().execute((trx) =>
          appendCustody(trx, {
            atMs: startMs + (24 * day + hour) * hourMs,
            manifestHash: (hour === 2 ? second : first).manifestHash,
            action: 'view',
            actor: `reviewer-0${hour}`,
            unit: hour === 3 ? '湖岭执法中队' : null,
            content: 'original/first.png',
            reason: '审核 “候选”',
            from: '10.0.0.7',
          }),
        );
    nowMs = startMs + 2.5 * 24 * hourMs;
    const context = { db, timeZone: 'Asia/Shanghai', nowMs: () => nowMs, signCustody };
    await sealEndedDays(context);
    const lines: string[] = [];
    for await (const line of exportCustody(context)) lines.push(line);
    return { lines, databaseUrl };
  } finally {
    await db.destroy();
  }
}
