import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import type { PageElement } from './page-element.ts';
import { desk, openStage, phone, type Stage } from './stage.ts';
import { takePicture } from './watch-page.ts';

const chromium = findChromium();
const minTouchPx = 44;
/** The smallest screen that desks have. */
const smallDesk = { ...desk, viewport: { width: 1366, height: 768 } };

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
  async function atDesk(username: string, step: (page: Page) => Promise<void>, screen = desk): Promise<void> {
    const { page, watch } = await stage.logIn(username, screen);
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

  test('intake judges an omission: nothing is chosen beforehand', async () => {
    await atDesk(
      'intake-01',
      async (page) => {
        const reported = await page.request.post(`${stage.url}/api/reports`, {
          data: { source: 'public', offence: 'clutter', address: '塘河南路桥下' },
        });
        expect(reported.status()).toBe(201);
        ({ caseNo } = (await reported.json()) as { caseNo: string });
        await openCase(page);
        const fact = page.locator('.case-facts > div').filter({ hasText: '漏报认定' });
        await fact.getByText('待认定（公众先报）').waitFor();
        await act(page, '漏报认定');
        const send = page.locator('.action-form').getByRole('button', { name: '漏报认定', exact: true });
        expect([await send.isDisabled(), await page.getByRole('radio', { checked: true }).count()]).toEqual([
          true,
          0,
        ]);
        await page.getByRole('radio', { name: '漏报', exact: true }).check();
        await page.getByLabel('说明').fill('每日巡查路段');
        await takePicture(page, 'case-omission');
        await send.click();
        await fact.locator('dd').getByText('漏报', { exact: true }).waitFor();
        await page.locator('.flow').getByText('每日巡查路段').waitFor();
        await act(page, '受理');
        await isIn(page, '已受理');
      },
      smallDesk,
    );
  });

  test('two units are asked, one says what it thinks on its phone, the commander decides', async () => {
    await atDesk(
      'commander-01',
      async (page) => {
        await openCase(page);
        // The commander stands in for shift leader and dispatcher.
        await act(page, '立案');
        await page.getByRole('radio').first().check();
        await submit(page, '立案');
        await isIn(page, '已立案');
        await act(page, '提请协调');
        await page.getByLabel('原因').fill('桥下归谁管不明');
        await submit(page, '提请协调');
        await isIn(page, '协调中');
        await page.getByText('指挥长尚未指定参与单位。').waitFor();
        const units = page.getByRole('group', { name: '参与单位' });
        const squad = units.getByLabel('湖岭执法中队');
        const cleaners = units.getByLabel('环卫公司');
        await act(page, '指定参与单位');
        await squad.check();
        await cleaners.check();
        await takePicture(page, 'coordination-consult');
        await submit(page, '指定参与单位');
        const asked = page.locator('.coordination-units li');
        await asked.nth(1).waitFor();
        expect(await asked.allInnerTexts()).toEqual(['湖岭执法中队 · 待发表意见', '环卫公司 · 待发表意见']);
        // Asked again, those who take part are ticked: adding one leaves nobody out.
        await act(page, '指定参与单位');
        await squad.waitFor();
        expect(await units.getByRole('checkbox', { checked: true }).count()).toBe(2);
        await units.getByLabel('交警大队').check();
        await submit(page, '指定参与单位');
        await asked.nth(2).waitFor();
        const named = page.locator('.coordination li', { hasText: '指定参与单位' }).last();
        await named.getByText('湖岭执法中队、环卫公司、交警大队').waitFor();
      },
      smallDesk,
    );
    const { page: officer, watch } = await stage.logIn('squad-01', phone);
    await officer.locator('.task-card').filter({ hasText: '塘河南路桥下' }).click();
    await officer.getByRole('button', { name: '发表意见' }).click();
    await officer.getByLabel('意见（必填）').fill('桥墩以东是我中队，以西归环卫');
    await expectFitsPhone(officer);
    await takePicture(officer, 'phone-opinion');
    await submit(officer, '发表意见');
    await officer.locator('.coordination').getByText('湖岭执法中队 · 已发表意见').waitFor();
    await takePicture(officer, 'phone-opinion-given');
    expect(watch.troubles).toEqual([]);
    await officer.context().close();
    await atDesk(
      'commander-01',
      async (page) => {
        await openCase(page);
        await page.locator('.coordination').getByText('桥墩以东是我中队，以西归环卫').waitFor();
        await act(page, '裁定');
        await page.getByLabel('处置单位').selectOption({ label: '环卫公司' });
        await page.getByLabel('原因').fill('现场在桥墩以西');
        await takePicture(page, 'coordination-decide');
        await submit(page, '裁定');
        await isIn(page, '已派遣');
        await page.locator('.coordination-decision').getByText('裁定由环卫公司处置').waitFor();
        expect(await page.locator('.coordination-units').count()).toBe(0);
        await takePicture(page, 'coordination-decided');
      },
      smallDesk,
    );
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
