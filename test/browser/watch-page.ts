import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

export interface PageWatch {
  /** What went wrong so far and was not expected. */
  readonly troubles: readonly string[];
  /** Answers with this status to this kind of address are part of the test. */
  expectAnswer(status: number, address: RegExp): void;
}

/** Notes every error of a page: in its console, its scripts, its requests. */
export function watchPage(page: Page): PageWatch {
  const troubles: string[] = [];
  // Asking who one is, before the login, is answered with 401 by contract.
  const expected: { status: number; address: RegExp }[] = [{ status: 401, address: /\/api\/session$/ }];
  const isExpected = (status: number, url: string) =>
    expected.some((answer) => answer.status === status && answer.address.test(new URL(url).pathname));
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const status = /status of (\d{3})/.exec(message.text())?.[1];
    if (status !== undefined && isExpected(Number(status), message.location().url)) return;
    troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !isExpected(response.status(), response.url()))
      troubles.push(`answer: ${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const failure = request.failure()?.errorText ?? '';
    // A page that is left ends its event stream and what it no longer needs.
    if (failure === 'net::ERR_ABORTED') return;
    troubles.push(`request: ${failure} ${request.url()}`);
  });
  return { troubles, expectAnswer: (status, address) => expected.push({ status, address }) };
}

/** A picture of the page for whoever wants to look, in the folder that XUNJIE_SCREENSHOTS names. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['XUNJIE_SCREENSHOTS'];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
