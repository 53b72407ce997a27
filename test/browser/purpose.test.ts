import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { desk, openStage, type Stage } from './stage.ts';

const chromium = findChromium();

describe.skipIf(chromium === null)('evidence that is not on the own desk', () => {
  let stage: Stage;
  let candidateId: string;

  beforeAll(async () => {
    stage = await openStage(chromium ?? '');
    candidateId = await stage.queueCandidate(10);
  });
  afterAll(() => stage?.close());

  test('is asked the purpose for in place of the picture, once for all of its pictures', async () => {
    const { page } = await stage.logIn('shift-leader-01', desk);
    await page.goto(`${stage.url}/review/${candidateId}`);
    const field = page.getByLabel('查看此证据的事由').first();
    await field.waitFor();
    expect(await page.getByRole('button', { name: '查看' }).first().isDisabled()).toBe(true);
    await field.fill('督查 2026-03');
    await field.press('Enter');
    await page.locator('.picture img[src*="/original/"]').first().waitFor();
    await expect.poll(() => page.getByLabel('查看此证据的事由').count(), { timeout: 20_000 }).toBe(0);
    await page.context().close();
  });

  test('is not asked for by a reviewer at the queue', async () => {
    const { page } = await stage.logIn('reviewer-01', desk);
    await page.goto(`${stage.url}/review/${candidateId}`);
    await page.locator('.picture img[src*="/original/"]').first().waitFor();
    expect(await page.getByLabel('查看此证据的事由').count()).toBe(0);
    await page.context().close();
  });
});
