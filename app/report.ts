import { formatDuration } from '../domain/mod.ts';
import { verifyStoredPackage } from '../evidence/mod.ts';
import type { Program } from './assemble.ts';
import { toTableLines } from './text-table.ts';

export interface Report {
  readonly lines: readonly string[];
  readonly allVerified: boolean;
}

/** Every candidate in the store with the verdict on its package. */
export async function writeReport(program: Program): Promise<Report> {
  const candidates = (await program.console?.console.listForReport()) ?? [];
  const trusted = program.keyring === null ? {} : { trustedKeys: await program.keyring.list() };
  const rows: string[][] = [];
  let verified = 0;
  for (const candidate of candidates) {
    const verdict =
      candidate.manifestHash === null
        ? null
        : await verifyStoredPackage(program.blobs, candidate.manifestHash, trusted);
    if (verdict?.ok) verified++;
    rows.push([
      candidate.camera,
      candidate.offence,
      candidate.zone,
      formatClock(candidate.fromMs),
      candidate.toMs === null ? 'still there' : formatClock(candidate.toMs),
      formatDuration(candidate.dwellMs),
      candidate.state,
      verdict === null
        ? 'no package'
        : verdict.ok
          ? `verified ${verdict.manifestHash.slice(0, 12)}`
          : `BROKEN: ${verdict.problem}`,
    ]);
  }
  const header = ['camera', 'offence', 'zone', 'from', 'to', 'dwell', 'state', 'evidence'];
  const lines =
    rows.length === 0
      ? ['no candidate was found']
      : [...toTableLines(header, rows), `${rows.length} candidates, ${verified} evidence packages verified`];
  return { lines, allVerified: rows.length > 0 && verified === rows.length };
}

function formatClock(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour12: false });
}
