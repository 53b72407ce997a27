import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCameraHealth } from '../support/camera-health.ts';
import { findChromium } from './chromium.ts';
import type { PageElement } from './page-element.ts';
import { desk, openStage, type Stage } from './stage.ts';
import { takePicture } from './watch-page.ts';

const chromium = findChromium();

describe.skipIf(chromium === null)('the pages are open to everyone who works with them', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(chromium ?? '');
    await stage.queueCandidate(10);
    await stage.console.recordCameraHealth(
      makeCameraHealth({
        state: 'stalled',
        reason: 'no picture for 41 s',
        lastFrameAtMs: Date.now() - 41_000,
      }),
    );
  });
  afterAll(() => stage?.close());

  test('a wrong password is one clear line, and the field is ready for another try', async () => {
    const { page, watch } = await stage.visit(desk);
    await page.getByLabel('用户名').fill('nobody');
    await page.getByLabel('密码').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('用户名或密码错误').waitFor();
    await takePicture(page, 'login');
    expect(await page.locator(':focus').getAttribute('name')).toBe('password');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('an address is kept over the login', async () => {
    const { page, watch } = await stage.visit(desk);
    await page.goto(`${stage.url}/cases?state=closed`);
    await page.getByLabel('用户名').fill('demo');
    await page.getByLabel('密码').fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '案件', level: 1 }).waitFor();
    expect(page.url()).toContain('/cases?state=closed');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test.each(['/review', '/cases', '/task', '/indicators', '/registries', '/cameras'])(
    '%s: names, alternatives, one main heading, a visible focus',
    async (address) => {
      const { page, watch } = await stage.logIn('demo', desk);
      await page.goto(`${stage.url}${address}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await listNameless(page)).toEqual([]);
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
      await page.keyboard.press('Tab');
      const outline = await page
        .locator(':focus')
        .evaluate(
          (element: PageElement) => element.ownerDocument.defaultView.getComputedStyle(element).outlineWidth,
        );
      expect(outline).toBe('3px');
      expect(watch.troubles).toEqual([]);
      await page.context().close();
    },
  );

  test('camera health is a word beside its mark, and nothing is green when a camera is not', async () => {
    const { page } = await stage.logIn('demo', desk);
    const health = page.locator('.top-bar > .popover').first();
    await health.locator('summary').getByText('摄像机 0/1 正常').waitFor();
    expect(await health.locator('.mark-live').count()).toBe(0);
    await health.locator('summary').click();
    await health.getByText('无画面').waitFor();
    await health.getByText('no picture for 41 s').waitFor();
    await takePicture(page, 'camera-health');
    await page.context().close();
  });

  test('a view that has moved says so, how far and with which clock, and the engineer accepts it', async () => {
    const { page, watch } = await stage.logIn('demo', desk);
    await stage.console.recordCameraHealth(
      makeCameraHealth({
        lastFrameAtMs: Date.now(),
        clockSource: 'rtcp',
        clockErrorMs: 40,
        view: { problem: 'moved', reason: 'moved 6 % right', sinceMs: Date.now() - 120_000 },
      }),
    );
    const health = page.locator('.top-bar > .popover').first();
    await health.locator('summary').click();
    await health.getByText('视角已偏移').waitFor();
    await health.getByText('moved 6 % right · 已持续 2 分').waitFor();
    await health.getByText('时间：摄像机时钟（RTCP），误差不超过 0.04 s').waitFor();
    await health.locator('summary').getByText('摄像机 0/1 正常').waitFor();
    expect(await health.locator('.mark-live').count()).toBe(0);
    await takePicture(page, 'camera-view-moved');
    await health.getByRole('button', { name: '认可当前视角' }).click();
    await health.getByText('已认可，正在重新学习参考视角').waitFor();
    expect(stage.acceptedViews).toEqual(['cam-01']);
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('the language can be changed and is kept', async () => {
    const { page, watch } = await stage.logIn('demo', desk);
    await page.locator('.bar-language').getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Review queue' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Review queue' }).waitFor();
    await page.getByText(/^Yours until/).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await takePicture(page, 'review-en');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('logging out ends it; the pages ask for the password again', async () => {
    const { page, watch } = await stage.logIn('demo', desk);
    // What the page still asks for as it is logged out, and its event stream that opens again, are refused.
    watch.expectAnswer(401, /^\/api\//);
    await page.locator('.popover').last().locator('summary').click();
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.getByLabel('密码').waitFor();
    await page.goto(`${stage.url}/cases`);
    await page.getByLabel('密码').waitFor();
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });
});

/** Controls without a name and pictures without an alternative, as the start of their HTML. */
async function listNameless(page: Page): Promise<string[]> {
  const controls = page.locator('button, a[href], summary, input, select, textarea, video');
  const nameless = await controls.evaluateAll((elements: PageElement[]) =>
    elements
      .filter((element) => {
        const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent;
        const name = label ?? element.getAttribute('title') ?? element.textContent;
        const picture = element.querySelector('img[alt]:not([alt=""])');
        return element.checkVisibility() && name.trim() === '' && picture === null;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  const pictures = await page
    .locator('img:not([alt])')
    .evaluateAll((elements: PageElement[]) => elements.map((element) => element.outerHTML.slice(0, 120)));
  return [...nameless, ...pictures];
}
