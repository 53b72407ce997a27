import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toTotpCode, toTotpStep } from '../../api/auth/second-factor/totp.ts';
import { findChromium } from './chromium.ts';
import { desk, openStage, phone, type Stage } from './stage.ts';
import { takePicture } from './watch-page.ts';

const chromium = findChromium();

describe.skipIf(chromium === null)('accounts, keys and the audit log in the pages', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(chromium ?? '');
  });
  afterAll(() => stage?.close());

  test('the administrator makes an account, its owner chooses a password and sets a second factor up', async () => {
    const { page, watch } = await stage.logIn('administrator-01', desk);
    await page.getByRole('heading', { name: '帐号管理' }).waitFor();
    await page.getByRole('button', { name: '新建帐号' }).click();
    await page.getByLabel('用户名', { exact: true }).fill('intake-09');
    await page.getByLabel('显示名称').fill('受理员 09');
    await page.getByLabel('受理员', { exact: true }).check();
    await takePicture(page, 'account-new');
    await page.getByRole('button', { name: '保存' }).click();
    const oneTime = (await page.locator('.account-secret').textContent()) ?? '';
    await takePicture(page, 'accounts');
    expect(watch.troubles).toEqual([]);
    await page.context().close();

    const owner = await stage.visit(desk);
    const logIn = async (password: string) => {
      await owner.page.getByLabel('用户名').fill('intake-09');
      await owner.page.getByLabel('密码').fill(password);
      await owner.page.getByRole('button', { name: '登录', exact: true }).click();
    };
    await logIn(oneTime);
    await owner.page.getByRole('alert').getByText('当前密码由他人设置').waitFor();
    await takePicture(owner.page, 'account-duty');
    await owner.page.getByLabel('一次性密码').fill(oneTime);
    await owner.page.getByLabel('新密码', { exact: true }).fill('plane 7 tree lane');
    await owner.page.getByLabel('再次输入新密码').fill('plane 7 tree lane');
    await owner.page.getByRole('button', { name: '修改密码' }).click();
    await owner.page.getByRole('heading', { name: '案件', level: 1 }).waitFor();

    await owner.page.goto(`${stage.url}/account`);
    const factor = owner.page.getByRole('region', { name: '双因素验证' });
    await factor.getByLabel('当前密码').fill('plane 7 tree lane');
    await factor.getByRole('button', { name: '开始设置' }).click();
    await factor.getByAltText('验证器二维码').waitFor();
    await takePicture(owner.page, 'account-totp');
    const secret = ((await factor.locator('code').textContent()) ?? '').replaceAll(' ', '');
    await factor.getByLabel('验证器显示的六位数字').fill(toTotpCode(secret, toTotpStep(Date.now())));
    await factor.getByRole('button', { name: '启用' }).click();
    await factor.getByText('请妥善保存以下恢复码').waitFor();
    expect(await factor.locator('.account-codes li').count()).toBe(10);
    await takePicture(owner.page, 'account-codes');

    owner.watch.expectAnswer(401, /^\/api\//);
    await owner.page.getByRole('button', { name: '全部退出（包括本机）' }).click();
    await owner.page.locator('input[name="password"]').waitFor();
    stage.moveClock(60_000);
    await logIn('plane 7 tree lane');
    await owner.page.getByLabel('动态验证码或恢复码').waitFor();
    await takePicture(owner.page, 'login-code');
    await owner.page
      .getByLabel('动态验证码或恢复码')
      .fill(toTotpCode(secret, toTotpStep(Date.now() + 60_000)));
    await owner.page.keyboard.press('Enter');
    await owner.page.locator('.top-bar').waitFor();
    await owner.page.context().close();
  });

  test('keys are made and revoked, and their token is shown once', async () => {
    const { page, watch } = await stage.logIn('administrator-01', desk);
    await page.getByRole('link', { name: '接口密钥' }).click();
    await page.getByRole('button', { name: '新建密钥' }).click();
    await page.getByLabel('系统名称').fill('市大数据平台');
    await page.getByLabel(/读取案件及照片/).check();
    await takePicture(page, 'key-new');
    await page.getByRole('button', { name: '生成密钥' }).click();
    expect(await page.locator('.account-secret').textContent()).toMatch(/^xj_[0-9a-f]{16}_/);
    await takePicture(page, 'keys');
    await page.getByRole('button', { name: '吊销' }).click();
    await page.getByText('已由 administrator-01 吊销').waitFor();
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('the auditor reads who did what, filtered', async () => {
    const { page, watch } = await stage.logIn('auditor-01', desk);
    await page.getByRole('link', { name: '审计日志' }).click();
    await page.getByRole('heading', { name: '审计日志' }).waitFor();
    await page.locator('tbody tr').first().waitFor();
    await takePicture(page, 'audit');
    await page.getByLabel('操作', { exact: true }).fill('key.');
    await page.getByRole('button', { name: '筛选' }).click();
    await page.getByText('key.revoke').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(2);
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });

  test('on a phone the own account fits', async () => {
    const { page, watch } = await stage.logIn('squad-01', phone);
    await page.goto(`${stage.url}/account`);
    await page.getByRole('heading', { name: '我的帐号' }).waitFor();
    await page.locator('.account-sessions li').first().waitFor();
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    await takePicture(page, 'account-phone');
    expect(watch.troubles).toEqual([]);
    await page.context().close();
  });
});
