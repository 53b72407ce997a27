import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import type { PageElement } from './page-element.ts';
import { desk, openStage, phone, type Stage } from './stage.ts';
import { takePicture } from './watch-page.ts';

const chromium = findChromium();
const minTouchPx = 44;

const act = (page: Page, name: string) =>
  page.locator('.action-buttons').getByRole('button', { name, exact: true }).click();
const submit = (page: Page, name: string) =>
  page.locator('.action-form').getByRole('button', { name, exact: true }).click();
const isIn = (page: Page, state: string) => page.locator('.case-head .state').getByText(state).waitFor();

describe.skipIf(chromium === null)('a case goes round the loop', () => {
  let stage: Stage;
  let caseNo = '';

  beforeAll(async () => {
    stage = await openStage(chromium ?? '');
    await stage.queueCandidate(10);
    await stage.queueCandidate(9, '#2d5ca8');
  });
  afterAll(() => stage?.close());

  /** Lets a post do its step on the desk, then sees that nothing went wrong on the page. */
  async function atDesk(username: string, step: (page: Page) => Promise<void>): Promise<void> {
    const { page, watch } = await stage.logIn(username, desk);
    await step(page);
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  }

  async function openCase(page: Page): Promise<void> {
    await page.goto(`${stage.url}/cases`);
    await page.getByRole('link', { name: caseNo }).click();
    await page.getByRole('heading', { name: '流转记录' }).waitFor();
  }

  test('confirm, register, dispatch', async () => {
    await atDesk('reviewer-01', async (page) => {
      await page.getByText(/^由您审核/).waitFor();
      for (const key of ['1', '2', '3', '4', '5']) await page.keyboard.press(key);
      for (let seen = 1; seen <= 3; seen++) {
        await page
          .locator('.strip-shown')
          .nth(seen - 1)
          .waitFor();
        if (seen < 3) await page.keyboard.press('ArrowRight');
      }
      await page.keyboard.press('Enter');
      await page.locator('.outcome').waitFor();
      stage.moveClock(8_000);
      await page.locator('.outcome a').waitFor();
      caseNo = (await page.locator('.outcome a').textContent()) ?? '';
      expect(caseNo).toMatch(/^\d{19}$/);
    });
    await atDesk('shift-leader-01', async (page) => {
      await openCase(page);
      await isIn(page, '已受理');
      await act(page, '立案');
      expect(await page.locator('.action-form').getByRole('button', { name: '立案' }).isDisabled()).toBe(
        true,
      );
      await page.getByRole('radio').first().check();
      await takePicture(page, 'case-register');
      await submit(page, '立案');
      await isIn(page, '已立案');
    });
    await atDesk('dispatcher-01', async (page) => {
      await openCase(page);
      await act(page, '派遣');
      await page.getByLabel('处置单位').selectOption({ label: '湖岭执法中队' });
      await page.getByLabel('说明').fill('先劝离，拒不改正再取证');
      await submit(page, '派遣');
      await isIn(page, '已派遣');
      await page.getByText(/^剩余/).first().waitFor();
    });
  });

  test('the squad receives and disposes on a phone', async () => {
    const { page, watch } = await stage.logIn('squad-01', phone);
    const card = page.locator('.task-card').filter({ hasText: '剩余' });
    await card.waitFor();
    await takePicture(page, 'phone-tasks');
    await expectFitsPhone(page);
    await card.click();
    await page.getByText('先劝离，拒不改正再取证').waitFor();
    await expectFitsPhone(page);
    await takePicture(page, 'phone-receive');
    await page.getByRole('button', { name: '接单' }).click();
    await page.locator('.task-title').getByText('处置中').waitFor();
    expect(await page.getByRole('button', { name: '先拍处置后照片' }).isDisabled()).toBe(true);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'after.jpg', mimeType: 'image/jpeg', buffer: await takeAfterPhoto() });
    await page.locator('.photo-slot img').waitFor();
    await expectFitsPhone(page);
    await takePicture(page, 'phone-photo');
    await page.getByRole('button', { name: '处置完成' }).click();
    await page.locator('.task-title').getByText('处置完成').waitFor();
    await page.getByText('当前无需操作').waitFor();
    expect(
      await page.locator('.after-photo').evaluate((image: { naturalWidth: number }) => image.naturalWidth),
    ).toBe(600);
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('a photo that is none is refused in one line, and nothing is lost', async () => {
    const { page, watch } = await stage.logIn('collector-01', desk);
    watch.expectAnswer(400, /\/api\/photos$/);
    await page.goto(`${stage.url}/cases/${caseNo}`);
    await page.getByRole('heading', { name: '流转记录' }).waitFor();
    await page.getByText('当前环节由其他岗位办理').waitFor();
    await atDesk('intake-01', async (intake) => {
      await openCase(intake);
      await act(intake, '发核查');
      await isIn(intake, '核查中');
    });
    await page.locator('.case-head .state').getByText('核查中').waitFor();
    await act(page, '核查通过');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
    await page.getByText(/照片未能上传/).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'check.jpg', mimeType: 'image/jpeg', buffer: await takeAfterPhoto() });
    await page.locator('.photo-slot img').waitFor();
    await submit(page, '核查通过');
    await isIn(page, '待结案');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('the shift leader closes it, and the record shows every step', async () => {
    await atDesk('shift-leader-01', async (page) => {
      await openCase(page);
      await act(page, '结案');
      await isIn(page, '已结案');
      const steps = await page.locator('.flow li header b').allInnerTexts();
      expect(steps).toEqual([
        '上报',
        '受理',
        '立案',
        '派遣',
        '接单',
        '处置完成',
        '发核查',
        '核查通过',
        '结案',
      ]);
      expect(await page.locator('.flow-photos img').count()).toBe(2);
      await takePicture(page, 'case-closed');
      await page.goto(`${stage.url}/cases`);
      await page.getByText('没有符合条件的案件').waitFor();
      await page.locator('.state-filter select').selectOption('closed');
      await page.getByRole('link', { name: caseNo }).waitFor();
      await takePicture(page, 'cases');
    });
  });
});

async function takeAfterPhoto(): Promise<Buffer> {
  return sharp({ create: { width: 600, height: 800, channels: 3, background: '#8b9a8f' } })
    .jpeg()
    .toBuffer();
}

/** Nothing is wider than the phone, and whatever can be touched is large enough for a thumb. */
async function expectFitsPhone(page: Page): Promise<void> {
  const overflowPx = await page
    .locator('html')
    .evaluate((root: { scrollWidth: number; clientWidth: number }) => root.scrollWidth - root.clientWidth);
  expect(overflowPx).toBeLessThanOrEqual(0);
  const touchable = page.locator('button, a, summary, label.photo-slot, textarea, select');
  const small = await touchable.evaluateAll(
    (elements: PageElement[], minPx) =>
      elements
        .filter((element) => element.checkVisibility())
        .map((element) => ({ text: element.textContent.trim(), box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && (box.height < minPx || box.width < minPx))
        .map(({ text, box }) => `${text}: ${Math.round(box.width)}x${Math.round(box.height)}`),
    minTouchPx,
  );
  expect(small).toEqual([]);
}
