// Two hundred reviewers at once on one queue of twenty thousand, over HTTP: is anything decided twice or lost, and how long does a
// page of the queue take. First all of them as fast as the server answers, then with a decision of each every ten seconds, which is less than
// looking at three stills takes.
// npm run bench:review -- [--reviewers 200] [--candidates 20000] [--seconds 15] [--pace 10000]
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createClosingStack, createLogger } from '../platform/mod.ts';
import { openTestConsole } from '../test/support/console.ts';
import { projectRoot } from '../test/support/fixtures.ts';
import { startTestPostgres } from '../test/support/postgres.ts';
import { addReviewCrowd } from '../test/support/review-crowd.ts';
import { recordFigures } from './support/record-figures.ts';
import type { ClientReport } from './support/review-clients.ts';

const { values } = parseArgs({
  options: {
    reviewers: { type: 'string', default: '200' },
    candidates: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '15' },
    pace: { type: 'string', default: '10000' },
  },
});
const [reviewers, candidates, seconds, paceMs] = [
  Number(values.reviewers),
  Number(values.candidates),
  Number(values.seconds),
  Number(values.pace),
];
const wantedPageP95Ms = 50;
const undoWindowMs = 8_000;

const run = promisify(execFile);
const closing = createClosingStack(createLogger('error'));
try {
  const postgres = await startTestPostgres();
  closing.push('PostgreSQL', () => postgres.stop());
  const databaseUrl = await postgres.createDatabase();
  let aheadMs = 0;
  const tested = await openTestConsole(databaseUrl, {
    nowMs: () => Date.now() + aheadMs,
    review: { undoWindowMs },
  });
  closing.push('console', () => tested.close());
  const crowd = await addReviewCrowd(databaseUrl, { reviewers, candidates, nowMs: Date.now() });
  closing.push('connection', () => crowd.close());
  const url = await tested.console.app.listen({ host: '127.0.0.1', port: 0 });

  const send = async (pace: number, seed: number): Promise<ClientReport> => {
    const wish = { url, tokens: crowd.tokens, seconds, paceMs: pace, seed };
    const file = path.join(projectRoot, 'bench/support/review-clients.ts');
    const { stdout } = await run(process.execPath, ['--import', 'tsx', file, JSON.stringify(wish)], {
      cwd: projectRoot,
      timeout: (seconds + 90) * 1000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout) as ClientReport;
  };
  /** Lets what was decided take effect; how long that took. */
  const settle = async (): Promise<number> => {
    aheadMs += undoWindowMs;
    const from = performance.now();
    const isDone = async () =>
      (await crowd.sql.query('select 1 from review where settled_at is null or needs_example limit 1')).rows
        .length === 0;
    while (!(await isDone())) await tested.console.runReviewJobs();
    return performance.now() - from;
  };
  const busyBefore = process.cpuUsage();
  const rush = await send(0, 1);
  const busy = process.cpuUsage(busyBefore);
  const rushDecisions = rush.confirmed.length + rush.rejected.length;
  process.stderr.write(`rush: ${describe(rush)}\n`);
  const rushSettleMs = await settle();
  const before = readScheduling();
  const paced = await send(paceMs, 2);
  const after = readScheduling();
  process.stderr.write(`paced: ${describe(paced)}\n`);

  const settleMs = (await settle()) + rushSettleMs;

  const confirmed = [...rush.confirmed, ...paced.confirmed];
  const rejected = [...rush.rejected, ...paced.rejected];
  const told = new Set([...confirmed, ...rejected]);
  const count = async (text: string): Promise<number> => {
    const { rows } = await crowd.sql.query<{ n: number }>(`select count(*)::int as n from ${text}`);
    return rows[0]?.n ?? 0;
  };
  const decisions = confirmed.length + rejected.length;
  const kept = await count('review');
  const cases = await count('case_file');
  const decidedTwice =
    decisions -
    told.size +
    (await count('review')) -
    (await count('(select distinct candidate_id from review) one'));
  const stateCounts = await count(
    `candidate where state in ('pending_review', 'in_review', 'confirmed', 'rejected')`,
  );
  const lost = candidates - stateCounts + Math.abs(kept - decisions) + Math.abs(cases - confirmed.length);
  const troubles = [...rush.troubles, ...paced.troubles];
  for (const trouble of troubles.slice(0, 5)) process.stderr.write(`trouble: ${trouble}\n`);
  const queuePageP95Ms = toPercentile(paced.pageMs, 0.95);
  recordFigures({
    bench: 'review',
    reviewers,
    candidates,
    decisions,
    decidedTwice,
    lost,
    troubles: troubles.length,
    collisions: rush.collisions + paced.collisions,
    cases,
    queuePageP50Ms: toPercentile(paced.pageMs, 0.5),
    queuePageP95Ms,
    // How long the server's thread wanted to run and did not get a core: other programs of the machine, not this one's work.
    serverCpuShare: round2((after.runMs - before.runMs) / (after.atMs - before.atMs)),
    serverWaitShare: round2((after.waitMs - before.waitMs) / (after.atMs - before.atMs)),
    decideP95Ms: toPercentile(paced.decideMs, 0.95),
    pacedPerSecond: round((paced.confirmed.length + paced.rejected.length) / seconds),
    rushPerSecond: round(rushDecisions / seconds),
    // With all that belongs to a decision: pages, collisions, leases, stills. What a core of its own could do is 1000 / this.
    rushCpuMsPerDecision: round((busy.user + busy.system) / 1000 / Math.max(1, rushDecisions)),
    rushDecideP95Ms: toPercentile(rush.decideMs, 0.95),
    rushPageP95Ms: toPercentile(rush.pageMs, 0.95),
    settlePerSecond: round((decisions / settleMs) * 1000),
    pass: decidedTwice === 0 && lost === 0 && troubles.length === 0 && queuePageP95Ms <= wantedPageP95Ms,
  });
} finally {
  await closing.close();
}

function describe(report: ClientReport): string {
  const { confirmed, rejected, collisions, pageMs, troubles } = report;
  return `${confirmed.length} confirmed, ${rejected.length} rejected, ${collisions} collisions, ${troubles.length} troubles, page p95 ${toPercentile(pageMs, 0.95)} ms of ${pageMs.length}`;
}

/** Of the server's main thread since it began: time on a core, and time ready to run without one (Linux). */
function readScheduling(): { atMs: number; runMs: number; waitMs: number } {
  const [runNs = 0, waitNs = 0] = readFileSync('/proc/self/schedstat', 'utf8').trim().split(' ').map(Number);
  return { atMs: performance.now(), runMs: runNs / 1e6, waitMs: waitNs / 1e6 };
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

function toPercentile(values_: readonly number[], share: number): number {
  const sorted = values_.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
