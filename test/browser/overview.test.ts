import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCameraHealth } from '../support/camera-health.ts';
import { findChromium } from './chromium.ts';
import type { PageElement } from './page-element.ts';
import { desk, openStage, phone, type Stage } from './stage.ts';
import { letTownWork } from './town-at-work.ts';
import { takePicture } from './watch-page.ts';

const chromium = findChromium();
const wallScreen = { ...desk, viewport: { width: 1920, height: 1080 } };

describe.skipIf(chromium === null)('the pages of figures, registries and cameras', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(chromium ?? '');
    await letTownWork(stage);
    await stage.queueCandidate(10);
    await stage.console.upsertCamera({ id: 'cam-02', name: '塘河南路' });
    await stage.console.recordCameraHealth(makeCameraHealth({ lastFrameAtMs: Date.now() }));
    await stage.console.recordCameraHealth(
      makeCameraHealth({
        camera: 'cam-02',
        lastFrameAtMs: Date.now(),
        view: { problem: 'moved', reason: 'moved 6 % right', sinceMs: Date.now() - 120_000 },
      }),
    );
  });
  afterAll(() => stage?.close());

  const open = async (username: string, address: string, options = desk) => {
    const visitor = await stage.logIn(username, options);
    await visitor.page.goto(`${stage.url}${address}`);
    return visitor;
  };

  test('figures: every rate with formula and both counts, by unit, sorted, as files', async () => {
    const { page, watch } = await open('commander-01', '/indicators?period=today');
    const row = page.getByRole('row', { name: /^按期处置率/ });
    await row.waitFor();
    expect(await row.textContent()).toBe('按期处置率按期处置数 ÷ 应处置数100.00 %11');
    await page.locator('.head-figures').getByText('派遣 3 件，2 家单位').waitFor();
    await page.getByRole('heading', { name: '智能识别' }).waitFor();
    await takePicture(page, 'indicators');
    await page.getByLabel('维度').selectOption({ label: '处置单位' });
    await page.getByRole('rowheader', { name: '湖岭执法中队' }).waitFor();
    const sort = page.getByRole('button', { name: /^按期处置率/ });
    await sort.focus();
    await page.keyboard.press('Enter');
    await page.locator('th[aria-sort="descending"]').getByText('按期处置率').first().waitFor();
    await takePicture(page, 'indicators-unit');
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '导出 CSV' }).click(),
    ]);
    expect(csv.suggestedFilename()).toBe('indicators-unit.csv');
    await page.getByRole('button', { name: '自定义' }).click();
    await page.getByLabel('起始日').fill('2020-12-01');
    await page.getByLabel('截止日').fill('2020-11-01');
    await page.getByText('请填写起始日').waitFor();
    await page.getByLabel('截止日').fill('2020-12-31');
    await page.getByText('该时段没有数据').waitFor();
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('figures on a squad’s phone: the own unit alone, nothing runs off the screen', async () => {
    const { page, watch } = await open('squad-01', '/indicators', phone);
    await page.getByText('您的岗位只能查看本人（或本单位）的数据').waitFor();
    await page.getByRole('heading', { name: '湖岭执法中队' }).waitFor();
    expect(await page.getByLabel('维度').locator('option').allTextContents()).toEqual([
      '处置单位',
      '人员（岗位）',
    ]);
    await expectNoSideways(page);
    await takePicture(page, 'indicators-phone');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('registries: search, add, a refusal at its field, make inactive, history', async () => {
    const { page, watch } = await open('commander-01', '/registries');
    watch.expectAnswer(400, /^\/api\/registries\/units\//);
    await page.getByRole('heading', { name: '处置单位' }).waitFor();
    expect(await page.locator('.registry-list li').count()).toBeGreaterThanOrEqual(13);
    await takePicture(page, 'registries');
    await page.getByRole('button', { name: '新增' }).click();
    await page.getByLabel('编号').fill('tram');
    await page.getByLabel('名称').fill('有轨电车公司');
    await page.getByLabel('类型').selectOption({ label: '公用企业' });
    await page.getByLabel('上级单位').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('there is no unit "nobody"').waitFor();
    await takePicture(page, 'registries-form');
    await page.getByLabel('上级单位').fill('');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('searchbox').fill('公用 电车');
    await page.getByText('找到 1 条').waitFor();
    await page.getByRole('button', { name: '打开 tram' }).press('Enter');
    await page.getByRole('button', { name: '停用' }).click();
    await page.locator('tr.inactive').waitFor();
    await page.getByRole('button', { name: '打开 tram' }).click();
    await page.getByText('启用: 是 → 否').waitFor();
    expect(await page.locator('.entry-history > ol > li').count()).toBe(2);
    await takePicture(page, 'registries-history');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('a file is tried before it is imported, with every wrong line by field', async () => {
    const { page, watch } = await open('commander-01', '/registries/calendar-days');
    watch.expectAnswer(400, /calendar-days\/import$/);
    await page.getByText('导入文件…').click();
    const count = page.locator('.registry .page-head .quiet').first();
    const before = await count.textContent();
    const choose = (text: string) =>
      page.locator('input[type="file"]').setInputFiles({
        name: 'days.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(`date,kind,name\n${text}`),
      });
    await choose('2030-01-01,holiday,元旦\n2030-13-01,holiday,x\n2030-01-02,feast,y\n');
    await page.getByText('共 2 处错误').waitFor();
    const wrong = page.getByRole('row', { name: /第 4 行/ });
    expect(await wrong.textContent()).toContain('类型"feast" is not one of');
    await takePicture(page, 'registries-import');
    await choose('2030-01-01,holiday,元旦\n2030-01-02,make_up,补班\n');
    await page.getByText('将新增 2 条').waitFor();
    expect(await count.textContent()).toBe(before);
    await page.getByRole('button', { name: '导入', exact: true }).click();
    await page.getByText('已导入：新增 2 条').waitFor();
    await page.getByText(`${Number.parseInt(before ?? '', 10) + 2} 条`, { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('2030 元旦');
    await page.getByRole('rowheader', { name: '2030-01-01' }).waitFor();
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('who does not keep a registry may read it, and has nothing to press', async () => {
    const { page, watch } = await open('intake-01', '/registries/units', phone);
    await page.getByText('您的岗位只能查看').waitFor();
    expect(await page.getByRole('button', { name: '新增' }).count()).toBe(0);
    await page.getByRole('button', { name: '打开 huling-squad' }).click();
    await page.getByRole('dialog').getByText('湖岭执法中队').waitFor();
    expect(await page.getByRole('dialog').locator('input').count()).toBe(0);
    await expectNoSideways(page);
    await takePicture(page, 'registries-phone');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('cameras: what is wrong, what the law still asks for, and both vouched for by their posts', async () => {
    const { page, watch } = await open('demo', '/cameras');
    await page.getByRole('cell', { name: /视角已偏移/ }).waitFor();
    await takePicture(page, 'cameras');
    await page.getByRole('button', { name: /^有问题/ }).click();
    expect(await page.locator('.camera-table tbody tr').count()).toBe(1);
    await page.locator('.camera-table').getByRole('button', { name: '认可当前视角' }).click();
    await page.locator('.camera-table').getByText('已认可').waitFor();
    expect(stage.acceptedViews).toEqual(['cam-02']);
    await page.getByRole('button', { name: /^全部/ }).click();
    await page.getByRole('button', { name: '打开 安阳路口 的档案' }).click();
    for (const item of ['法制审核', '技术审核', '警示标志', '向社会公布']) {
      const part = page.getByRole('region', { name: new RegExp(item) });
      await part.getByRole('textbox').first().fill(`瑞综执法 ${item} 3 号`);
      await part.getByLabel('日期').fill('2026-01-15');
      await part.getByRole('button', { name: '登记' }).click();
      await part.getByText('2026-01-15，demo 登记').waitFor();
    }
    await page.getByRole('status').getByText('可用于处罚').waitFor();
    await takePicture(page, 'camera-record');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: '可用于处罚' }).waitFor();
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('the wall: no names, no pictures, nothing off the screen, new cases without a reload', async () => {
    const { page, watch } = await open('shift-leader-01', '/wall', wallScreen);
    await page.locator('.wall-cases').getByText('紧急').first().waitFor();
    await page.locator('.wall-candidates').getByText('安阳路口').waitFor();
    await page.locator('.wall-ranking').getByText('湖岭执法中队').waitFor();
    await page.locator('.live-live').waitFor();
    await takePicture(page, 'wall');
    expect(await page.locator('.wall img[alt]:not([alt=""])').count()).toBe(0);
    expect(await page.locator('body').textContent()).not.toMatch(/reviewer-|collector-|squad-0|大桥车桥头旁/);
    await expectNoSideways(page);
    const smallest = await page
      .locator('.wall-list li > *, .wall-flow li > *')
      .evaluateAll((elements: PageElement[]) =>
        elements.map((element) =>
          Number.parseFloat(element.ownerDocument.defaultView.getComputedStyle(element).fontSize),
        ),
      );
    expect(Math.min(...smallest)).toBeGreaterThanOrEqual(22);
    await stage.queueCandidate(1, '#2d5ca8', { camera: 'cam-02' });
    await page.locator('.wall-candidates').getByText('塘河南路').waitFor();
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('what is late stands on the wall in red, and says so', async () => {
    stage.moveClock(5 * 3_600_000);
    const { page, watch } = await open('commander-01', '/wall', wallScreen);
    await page.locator('.wall-cases li.bad .wall-due').getByText(/^超期/).first().waitFor();
    await page.locator('.wall-counts .bad').getByText('超期案件').waitFor();
    await takePicture(page, 'wall-late');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('the same in English, and no control without a name', async () => {
    const { page, watch } = await stage.logIn('demo', desk);
    await page.evaluate("localStorage.setItem('xunjie.language', 'en')");
    await page.goto(`${stage.url}/indicators?period=today&by=unit`);
    await page.getByRole('heading', { name: 'Indicators' }).waitFor();
    await page.getByText('disposed on-time ÷ due').waitFor();
    await takePicture(page, 'indicators-en');
    expect(await page.locator('main').textContent()).not.toContain('÷ 应');
    for (const [address, heading] of [
      ['/registries/standards', 'Standards'],
      ['/cameras', 'Cameras'],
      ['/wall', 'Street order command'],
    ] as const) {
      await page.goto(`${stage.url}${address}`);
      await page.getByRole('heading', { name: heading }).first().waitFor();
      await page.getByText('Loading').first().waitFor({ state: 'detached' });
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      await takePicture(page, `${address.split('/')[1]}-en`);
    }
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });
});

/** A page may scroll downwards only; tables scroll within their own frames. */
async function expectNoSideways(page: Page): Promise<void> {
  const [inner, outer] = await page
    .locator('html')
    .evaluate((element: PageElement & { scrollWidth: number; clientWidth: number }) => [
      element.scrollWidth,
      element.clientWidth,
    ]);
  expect(inner).toBeLessThanOrEqual(outer ?? 0);
}
