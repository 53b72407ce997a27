// A city's year of cases behind the real server: how long do the pages of queue and lists take, a step of a case, a month's indicators.
// Twenty desks read and act at once, each with the pause that a person makes, counted after ten seconds; then without any pause.
// npm run bench:api -- [--cases 1000000] [--months 11.1] [--seconds 40] [--pace 1000]
import { execFile } from 'node:child_process';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createClosingStack, createLogger } from '../platform/mod.ts';
import { fillCases, waitForTallies } from '../test/support/city-year.ts';
import { openTestConsole } from '../test/support/console.ts';
import { listReadings, listSteps } from '../test/support/desk-work.ts';
import { projectRoot } from '../test/support/fixtures.ts';
import { startTestPostgres } from '../test/support/postgres.ts';
import type { ClientsReport, ClientsWish } from './support/case-clients.ts';
import { recordFigures } from './support/record-figures.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    months: { type: 'string', default: '11.1' },
    seconds: { type: 'string', default: '40' },
    pace: { type: 'string', default: '1000' },
  },
});
const [cases, months, seconds, paceMs] = [
  Number(values.cases),
  Number(values.months),
  Number(values.seconds),
  Number(values.pace),
];
const desks = 20;
const stepsOfEach = 60;
const wanted = { pageP95Ms: 50, transitionP95Ms: 30, indicatorsMs: 1000 };
const dimensions = ['all', 'unit', 'grid', 'person', 'class', 'camera', 'source'];

const run = promisify(execFile);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const closing = createClosingStack(createLogger('error'));
try {
  const postgres = await startTestPostgres();
  closing.push('PostgreSQL', () => postgres.stop());
  const databaseUrl = await postgres.createDatabase();
  // Twenty desks without a pause are more than the limits let one session ask.
  const perMinute = { session: 1e9, address: 1e9, uploads: 1e9 };
  const tested = await openTestConsole(databaseUrl, { nowMs: Date.now, auth: { perMinute } });
  closing.push('console', () => tested.close());
  const fillFrom = performance.now();
  const { tokens, counts } = await fillCases(databaseUrl, { cases, months, nowMs: Date.now(), tell });
  const fillS = Math.round((performance.now() - fillFrom) / 1000);
  tell(`filled in ${fillS} s: ${JSON.stringify(counts)}`);
  const tallyFrom = performance.now();
  await waitForTallies(databaseUrl);
  const tallyS = Math.round((performance.now() - tallyFrom) / 1000);
  const url = await tested.console.app.listen({ host: '127.0.0.1', port: 0 });
  const readers = listReadings(tokens, desks);
  const steps = await listSteps(databaseUrl, tokens, stepsOfEach);

  const paced = await send({ url, readers, seconds, warmSeconds: 10, paceMs, steps });
  const rush = await send({
    url,
    readers,
    seconds: Math.ceil(seconds / 4),
    warmSeconds: 0,
    paceMs: 0,
    steps: [],
  });
  const indicators = await askIndicators(url, tokens['clerk']?.[0] ?? '');

  const reads = collect(paced, (kind) => !kind.includes('/'));
  const queueMs = reads.filter(([kind]) => kind.startsWith('queue'));
  const listMs = reads.filter(([kind]) => kind.startsWith('list'));
  const stepMs = reads.filter(([kind]) => !kind.startsWith('queue') && !kind.startsWith('list'));
  for (const [kind, ms] of reads)
    tell(
      `${kind}: ${ms.length}, p50 ${toShare(ms, 0.5)} ms, p95 ${toShare(ms, 0.95)} ms, longest ${toShare(ms, 1)} ms`,
    );
  for (const [by, ms] of indicators) tell(`indicators by ${by}: ${Math.round(ms)} ms`);
  const troubles = [...paced.troubles, ...rush.troubles];
  for (const trouble of troubles.slice(0, 5)) tell(`trouble: ${trouble}`);

  const all = (groups: readonly Timed[]): number[] => groups.flatMap(([, ms]) => ms);
  const queueP95Ms = toShare(all(queueMs), 0.95);
  const listP95Ms = toShare(all(listMs), 0.95);
  const transitionP95Ms = toShare(all(stepMs), 0.95);
  const indicatorsMs = Math.round(Math.max(...indicators.map(([, ms]) => ms)));
  const rushMs = all(collect(rush, () => true));
  recordFigures({
    bench: 'api',
    queueP95Ms,
    listP95Ms,
    transitionP95Ms,
    indicatorsMs,
    cases: counts.cases,
    flowRecords: counts.flowRecords,
    openCases: counts.open,
    pages: all(queueMs).length + all(listMs).length,
    transitions: all(stepMs).length,
    queueP50Ms: toShare(all(queueMs), 0.5),
    listP50Ms: toShare(all(listMs), 0.5),
    transitionP50Ms: toShare(all(stepMs), 0.5),
    rushPagesPerSecond: Math.round(rushMs.length / Math.ceil(seconds / 4)),
    rushPageP95Ms: toShare(rushMs, 0.95),
    fillS,
    tallyS,
    troubles: troubles.length,
    pass:
      troubles.length === 0 &&
      queueP95Ms <= wanted.pageP95Ms &&
      listP95Ms <= wanted.pageP95Ms &&
      transitionP95Ms <= wanted.transitionP95Ms &&
      indicatorsMs <= wanted.indicatorsMs,
  });
} finally {
  await closing.close();
}

type Timed = readonly [kind: string, ms: readonly number[]];

function collect(report: ClientsReport, isWanted: (kind: string) => boolean): Timed[] {
  return Object.entries(report.ms).filter(([kind]) => isWanted(kind));
}

async function send(wish: ClientsWish): Promise<ClientsReport> {
  const program = path.join(projectRoot, 'bench/support/case-clients.ts');
  const running = run(process.execPath, ['--import', 'tsx', program], {
    cwd: projectRoot,
    timeout: (wish.seconds + 300) * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end(JSON.stringify(wish));
  return JSON.parse((await running).stdout) as ClientsReport;
}

/** The month before this one, once by each dimension. */
async function askIndicators(url: string, token: string): Promise<[by: string, ms: number][]> {
  const now = new Date();
  const [from, to] = [
    new Date(now.getFullYear(), now.getMonth() - 1, 1),
    new Date(now.getFullYear(), now.getMonth(), 1),
  ].map((date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-01`);
  const asked: [string, number][] = [];
  for (const by of dimensions) {
    const started = performance.now();
    const reply = await fetch(`${url}/api/indicators?from=${from}&to=${to}&by=${by}`, {
      headers: { cookie: `xunjie_session=${token}` },
      signal: AbortSignal.timeout(60_000),
    });
    const body = await reply.text();
    if (reply.status !== 200) throw new Error(`indicators by ${by}: ${reply.status} ${body.slice(0, 300)}`);
    asked.push([by, performance.now() - started]);
  }
  return asked;
}

function toShare(values_: readonly number[], share: number): number {
  const sorted = values_.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}
