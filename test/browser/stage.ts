import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Console } from '../../api/mod.ts';
import { openConsole } from '../../api/mod.ts';
import type { CandidateFacts } from '../../domain/mod.ts';
import {
  createClosingStack,
  createLogger,
  loadOrCreateFieldKeys,
  openFolderBlobStore,
} from '../../platform/mod.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { makeCandidateEvent, makeFacts } from '../support/sealed-candidate.ts';
import { buildPages } from './build-pages.ts';
import { parkedBox, pavement, streetHeight, streetWidth } from './street.ts';
import { storeStreetPackage } from './street-package.ts';
import { type PageWatch, watchPage } from './watch-page.ts';

const minuteMs = 60_000;
const password = 'correct horse battery';

export const desk: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, locale: 'zh-CN' };
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: 'zh-CN',
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};

export interface Visitor {
  readonly page: Page;
  readonly watch: PageWatch;
}

/** The real console with its real pages on a loopback port, a browser, and a clock that can be moved on. */
export interface Stage {
  readonly console: Console;
  readonly url: string;
  /** Cameras whose view was accepted. */
  readonly acceptedViews: readonly string[];
  /** Moves the server's clock on from real time. */
  moveClock(ms: number): void;
  /** Puts a candidate into the queue, raised so many minutes ago, and returns its id. */
  queueCandidate(raisedMinutesAgo: number, colour?: string, given?: Partial<CandidateFacts>): Promise<string>;
  /** A fresh browser window at the login page. */
  visit(options: BrowserContextOptions): Promise<Visitor>;
  /** A fresh browser window, logged in, on the page of the post. */
  logIn(username: string, options: BrowserContextOptions): Promise<Visitor>;
  close(): Promise<void>;
}

export async function openStage(executablePath: string): Promise<Stage> {
  const closing = createClosingStack(createLogger('error'));
  try {
    const postgres = await startTestPostgres();
    closing.push('PostgreSQL', () => postgres.stop());
    const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-stage-'));
    closing.push('folder', () => rm(dir, { recursive: true, force: true }));
    const blobs = openFolderBlobStore(path.join(dir, 'blobs'));
    const webDir = path.join(dir, 'web');
    await buildPages(webDir);
    let aheadMs = 0;
    const acceptedViews: string[] = [];
    const console = await openConsole({
      databaseUrl: await postgres.createDatabase(),
      blobs,
      logger: createLogger('error'),
      webDir,
      review: { blindShare: 0 },
      fieldKeys: await loadOrCreateFieldKeys(path.join(dir, 'plates.json')),
      nowMs: () => Date.now() + aheadMs,
      async onViewAccepted(camera) {
        acceptedViews.push(camera);
      },
    });
    closing.push('console', () => console.close());
    await console.seedDemo({ password });
    await console.upsertCamera({ id: 'cam-01', name: '安阳路口' });
    const url = await console.app.listen({ host: '127.0.0.1', port: 0 });
    const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    closing.push('browser', () => browser.close());

    const visit = async (options: BrowserContextOptions): Promise<Visitor> => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const watch = watchPage(page);
      await page.goto(url);
      await page.locator('form').waitFor();
      return { page, watch };
    };
    return {
      console,
      url,
      acceptedViews,
      moveClock: (ms) => {
        aheadMs += ms;
      },
      async queueCandidate(raisedMinutesAgo, colour = '#a8322b', given = {}) {
        const facts = makeStreetFacts(Date.now() - raisedMinutesAgo * minuteMs, given);
        await console.recordEvidenceEvent(await storeStreetPackage(blobs, facts, colour));
        await console.recordCandidateEvent(makeCandidateEvent('raised', facts));
        return facts.id;
      },
      visit,
      async logIn(username, options) {
        const visitor = await visit(options);
        await visitor.page.getByLabel('用户名').fill(username);
        await visitor.page.getByLabel('密码').fill(password);
        await visitor.page.getByRole('button', { name: '登录' }).click();
        await visitor.page.locator('.top-bar').waitFor();
        return visitor;
      },
      close: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** A car seen for most of six minutes; it reached the legal threshold at `raisedAtMs`. */
function makeStreetFacts(raisedAtMs: number, given: Partial<CandidateFacts>): CandidateFacts {
  const fromMs = raisedAtMs - 5 * minuteMs;
  const see = (afterMs: number) => ({
    capturedAtMs: fromMs + afterMs,
    ptsMs: afterMs,
    box: parkedBox,
    score: 0.86,
  });
  return makeFacts({
    fromMs,
    raisedAtMs,
    lastSeenMs: fromMs + 6 * minuteMs,
    zonePolygon: pavement,
    first: see(0),
    middle: see(3 * minuteMs),
    last: see(6 * minuteMs),
    dwell: { seenMs: 5 * minuteMs, bridgedMs: 40_000, unknownMs: 20_000 },
    width: streetWidth,
    height: streetHeight,
    ...given,
  });
}
