import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { desk, openStage, type Stage, type Visitor } from './stage.ts';
import { takePicture } from './watch-page.ts';

const chromium = findChromium();
const undoWindowMs = 8_000;

const queueRows = (page: Page) => page.locator('.queue-row');
const openRow = (page: Page) => page.locator('.queue-row[aria-current="true"]');
const isHeld = (page: Page) => page.getByText(/^由您审核/).waitFor();
/** The candidate that is open, by its address. */
const openId = (page: Page) => decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '');

async function waitForCandidate(page: Page, id: string): Promise<void> {
  await page.locator(`main[data-candidate="${id}"]`).waitFor();
  await isHeld(page);
}

/** What does not change as time goes by: offence and place of each row. */
const places = (texts: string[]) => texts.map((text) => text.split('\n').slice(0, 2));

/** Walks to each still until the strip says that it has been looked at. */
async function lookAtAll(page: Page): Promise<void> {
  for (let seen = 1; seen <= 3; seen++) {
    await page
      .locator('.strip-shown')
      .nth(seen - 1)
      .waitFor();
    if (seen < 3) await page.keyboard.press('ArrowRight');
  }
}

async function press(page: Page, keys: string): Promise<void> {
  for (const key of keys.split(' ')) await page.keyboard.press(key);
}

describe.skipIf(chromium === null)('an operator reviews by keys alone', () => {
  let stage: Stage;
  let ids: string[];
  let visitor: Visitor;
  let age = 0;

  beforeAll(async () => {
    stage = await openStage(chromium ?? '');
  });
  afterAll(() => stage?.close());

  beforeEach(async () => {
    const colours = ['#a8322b', '#2d5ca8', '#d5d4cd'];
    ids = [];
    // Each test finds its three before whatever others have left: the oldest come first.
    for (const [index, colour] of colours.entries())
      ids.push(await stage.queueCandidate(500 - index + age, colour));
    age += 100;
    visitor = await stage.logIn('reviewer-01', desk);
    await waitForCandidate(visitor.page, ids[0] ?? '');
  });

  // A test that went through to its end has this as its last word.
  const leave = async () => {
    const { page, watch } = visitor;
    await page.context().close();
    return watch.troubles;
  };

  test('four signatures and A confirm; the next one opens by itself', async () => {
    const { page } = visitor;
    await takePicture(page, 'review');
    const confirm = page.getByRole('button', { name: '通过' }).last();
    await press(page, '1 2 3');
    expect(await confirm.isDisabled()).toBe(true);
    await press(page, 'a');
    await page.getByRole('alert').getByText('还差：准确').waitFor();
    await press(page, '4 a');
    await page.getByRole('alert').getByText('驾驶人').waitFor();
    await press(page, '5 a');
    await page.getByRole('alert').getByText('还有画面没看：').waitFor();
    expect(await confirm.isDisabled()).toBe(true);
    await lookAtAll(page);
    await press(page, 'g a');
    await waitForCandidate(page, ids[1] ?? '');
    const row = (await stage.console.listForReport()).find(({ id }) => id === ids[0]);
    expect(row?.state).toBe('confirmed');
    // Nothing has come of it yet: the case is there when the window is over.
    expect(await page.locator('.outcome a').count()).toBe(0);
    stage.moveClock(undoWindowMs);
    const caseNo = (await page.locator('.outcome a').textContent()) ?? '';
    expect(caseNo).toMatch(/^\d{19}$/);
    await page.locator('.outcome a').click();
    await page.getByRole('heading', { name: caseNo }).waitFor();
    await page.locator('.case-head').getByText('紧急').waitFor();
    expect(await leave()).toEqual([]);
  });

  test('R and a key reject; "other" wants a note first', async () => {
    const { page } = visitor;
    await press(page, 'r');
    await page.getByRole('group', { name: '不通过的原因' }).waitFor();
    await takePicture(page, 'review-reject');
    await press(page, '4');
    await waitForCandidate(page, ids[1] ?? '');
    await press(page, 'r o');
    await page.getByText('选“其他”须先写备注').first().waitFor();
    await page.keyboard.type('abj1 r');
    await page.keyboard.press('Control+Enter');
    await waitForCandidate(page, ids[2] ?? '');
    const states = new Map((await stage.console.listForReport()).map(({ id, state }) => [id, state]));
    expect(ids.map((id) => states.get(id))).toEqual(['rejected', 'rejected', 'in_review']);
    await page.goto(`${stage.url}/review/${ids[1]}`);
    await page.getByText('审核不通过 · 其他').waitFor();
    await page.getByText('abj1 r').waitFor();
    expect(await leave()).toEqual([]);
  });

  test('U takes a decision back while the seconds count down, and not after', async () => {
    const { page, watch } = visitor;
    await press(page, '1 2 3 4 5');
    await lookAtAll(page);
    await press(page, 'a');
    await waitForCandidate(page, ids[1] ?? '');
    const bar = page.getByRole('button', { name: /^撤销（[1-8] 秒）/ });
    await bar.waitFor();
    await takePicture(page, 'review-undo');
    await press(page, 'u');
    await waitForCandidate(page, ids[0] ?? '');
    // What had been looked at stays looked at; what was signed is signed anew.
    await expect.poll(() => page.locator('.strip-shown').count()).toBe(3);
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    await press(page, 'r 2');
    await waitForCandidate(page, ids[1] ?? '');
    stage.moveClock(undoWindowMs);
    watch.expectAnswer(409, /\/undo$/);
    await press(page, 'u');
    await page.getByRole('alert').getByText('could be taken back until').waitFor();
    const states = new Map((await stage.console.listForReport()).map(({ id, state }) => [id, state]));
    expect(states.get(ids[0] ?? '')).toBe('rejected');
    expect(await leave()).toEqual([]);
  });

  test('E asks for evidence, W cannot remind where nothing is set up, X marks several for one rejection', async () => {
    const { page, watch } = visitor;
    await press(page, 'e');
    await page.getByRole('group', { name: '需要补什么' }).waitFor();
    await takePicture(page, 'review-evidence');
    await press(page, '3');
    await waitForCandidate(page, ids[1] ?? '');
    watch.expectAnswer(409, /\/remind$/);
    await press(page, 'w 1');
    await page.getByRole('alert').getByText('no reminder gateway').waitFor();
    await press(page, 'x j');
    await waitForCandidate(page, ids[2] ?? '');
    await press(page, 'x');
    await expect.poll(() => page.getByText('已选', { exact: true }).count()).toBe(2);
    await press(page, 'r');
    await page.getByRole('group', { name: '2 条不通过的原因' }).waitFor();
    await press(page, 't');
    await expect.poll(() => page.getByText('已选', { exact: true }).count()).toBe(0);
    const states = new Map((await stage.console.listForReport()).map(({ id, state }) => [id, state]));
    expect(ids.map((id) => states.get(id))).toEqual(['needs_evidence', 'rejected', 'rejected']);
    expect(await leave()).toEqual([]);
  });

  test('pictures: the box can be hidden, arrows walk, Z enlarges, C plays the clip', async () => {
    const { page } = visitor;
    const stageArea = page.locator('.stage');
    expect(await stageArea.locator('polygon').count()).toBe(2);
    expect(await stageArea.locator('img').getAttribute('src')).toContain('original/first.jpg');
    await press(page, 'b');
    expect(await page.locator('.review-center svg').count()).toBe(0);
    await press(page, 'b ArrowRight ArrowRight');
    expect(await stageArea.locator('img').getAttribute('src')).toContain('original/last.jpg');
    await press(page, 'z');
    expect(await stageArea.locator('.picture-layer').getAttribute('style')).toContain('scale');
    await takePicture(page, 'review-zoom');
    await press(page, 'z c');
    const video = page.locator('video');
    await expect
      .poll(() => video.evaluate((film: { currentTime: number }) => film.currentTime))
      .toBeGreaterThan(0.2);
    await takePicture(page, 'review-clip');
    await press(page, 'Space');
    expect(await video.evaluate((film: { paused: boolean }) => film.paused)).toBe(true);
    await press(page, 'c c');
    await stageArea.locator('img').waitFor();
    await press(page, '?');
    await page.getByRole('dialog').waitFor();
    await press(page, 'a Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(openId(page)).toBe(ids[0]);
    expect(await leave()).toEqual([]);
  });

  test('J and K move; keys rest while a note is written, and the note stays with its candidate', async () => {
    const { page } = visitor;
    await press(page, 'm');
    await page.keyboard.type('jjk1a');
    expect(openId(page)).toBe(ids[0]);
    await press(page, 'Escape j');
    await waitForCandidate(page, ids[1] ?? '');
    expect(await page.getByLabel(/备注/).inputValue()).toBe('');
    await press(page, 'k');
    await waitForCandidate(page, ids[0] ?? '');
    expect(await page.getByLabel(/备注/).inputValue()).toBe('jjk1a');
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(await leave()).toEqual([]);
  });

  test('what is new waits in the pill and moves nothing', async () => {
    const { page } = visitor;
    const before = await queueRows(page).allInnerTexts();
    const newest = await stage.queueCandidate(900 + age, '#3d6b48');
    await page.getByRole('button', { name: /1 条新线索/ }).waitFor();
    await takePicture(page, 'review-pill');
    expect(places(await queueRows(page).allInnerTexts())).toEqual(places(before));
    expect(openId(page)).toBe(ids[0]);
    await press(page, 'n');
    await expect.poll(() => queueRows(page).count()).toBe(before.length + 1);
    expect(openId(page)).toBe(ids[0]);
    await press(page, 'k');
    await waitForCandidate(page, newest);
    await press(page, 'r t');
    await waitForCandidate(page, ids[0] ?? '');
    expect(await leave()).toEqual([]);
  });

  test('who holds it is said; a lost lease keeps the note and refuses the decision', async () => {
    const { page, watch } = visitor;
    const other = await stage.logIn('reviewer-02', desk);
    other.watch.expectAnswer(409, /\/lease$/);
    await other.page
      .getByText(/reviewer-01 占用至/)
      .first()
      .waitFor();
    await other.page.getByText('他人审核中').waitFor();
    expect(await other.page.getByRole('button', { name: /不通过/ }).isDisabled()).toBe(true);
    await takePicture(other.page, 'review-held');

    await press(page, 'm');
    await page.keyboard.type('看过三张');
    await press(page, 'Escape 1 2 3 4 5');
    await lookAtAll(page);
    stage.moveClock(4 * 60_000);
    await press(other.page, 'l');
    await isHeld(other.page);
    watch.expectAnswer(409, /\/(confirm|lease)$/);
    await press(page, 'a');
    await page.getByText('占用已失效').waitFor();
    await page
      .getByText(/reviewer-02 占用至/)
      .first()
      .waitFor();
    expect(await page.getByLabel(/备注/).inputValue()).toBe('看过三张');
    expect(openId(page)).toBe(ids[0]);
    await takePicture(page, 'review-lost');

    await press(other.page, 'r 9');
    await other.page.locator('.outcome').waitFor();
    await openRow(page).getByText('已由他人处理').waitFor();
    expect(other.watch.troubles).toEqual([]);
    await other.page.context().close();
    expect(await leave()).toEqual([]);
  });
});
