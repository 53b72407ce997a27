import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { toLayoutModel } from '../../detector/test-support/layout-model.ts';
import { encodeModel } from '../../detector/test-support/onnx-file.ts';
import { makeTestFolder } from '../../detector/test-support/tiny-card.ts';
import { tinyCells, toYoloxRows } from '../../detector/test-support/tiny-models.ts';
import { serveFile } from '../test-support/file-server.ts';
import { type CatalogueEntry, catalogue } from './catalogue.ts';
import { pullModel } from './pull-model.ts';
import { findProxy, requestFile } from './request.ts';

const body = encodeModel(
  toLayoutModel({
    outputs: [
      {
        name: 'output',
        dims: [1, tinyCells, 85],
        values: toYoloxRows([], 80),
        follows: [{ at: 0, plane: 0, factor: 1 / 255 }],
      },
    ],
  }),
);
const sha256 = createHash('sha256').update(body).digest('hex');

function toEntry(...urls: string[]): CatalogueEntry {
  return {
    name: 'small',
    urls,
    bytes: body.length,
    sha256,
    licence: 'Apache-2.0',
    head: 'yolox',
    input: [64, 64],
    wishes: { head: 'yolox' },
    publishedAp: 0,
    notes: 'a test',
  };
}

const quick = { silenceMs: 300, tries: 3, backoffMs: 5 } as const;

async function makeModelsDir(): Promise<string> {
  const dir = path.join(await makeTestFolder(), 'models');
  await mkdir(dir);
  return dir;
}

async function listFiles(dir: string): Promise<string[]> {
  const all = await readdir(dir, { recursive: true, withFileTypes: true });
  return all
    .filter((each) => each.isFile())
    .map((each) => each.name)
    .toSorted();
}

describe('pulling', () => {
  test('fetches, checks and adds; a second time there is nothing to do', async () => {
    const { url, asked } = await serveFile(body);
    const modelsDir = await makeModelsDir();
    const entry = toEntry(url);
    const added = await pullModel({ entry, modelsDir, ...quick });
    expect(added?.card).toMatchObject({
      name: 'small',
      sha256,
      licence: 'Apache-2.0',
      source: url,
      notes: 'a test',
    });
    expect(await listFiles(modelsDir)).toEqual(['small.json', 'small.onnx']);
    expect(await pullModel({ entry, modelsDir, ...quick })).toBeNull();
    expect(asked).toHaveLength(1);
  });

  test('goes on after cut connections, with the range and the tag', async () => {
    const { url, asked } = await serveFile(body, { cuts: [1000, 500, 7] });
    const modelsDir = await makeModelsDir();
    expect(await pullModel({ entry: toEntry(url), modelsDir, ...quick })).not.toBeNull();
    expect(asked.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      ['bytes=1000-', '"one"'],
      ['bytes=1500-', '"one"'],
      ['bytes=1507-', '"one"'],
    ]);
  });

  test('goes on where an earlier run was killed', async () => {
    const modelsDir = await makeModelsDir();
    await mkdir(path.join(modelsDir, '.pull'));
    const part = path.join(modelsDir, '.pull', `${sha256.slice(0, 16)}.part`);
    await writeFile(part, body.subarray(0, 2000));
    await writeFile(`${part}.json`, '{"url": "http:'); // cut short
    await writeFile(path.join(modelsDir, '.pull', 'small.lock'), '4194304'); // no such process
    const { url, asked } = await serveFile(body);
    expect(await pullModel({ entry: toEntry(url), modelsDir, ...quick })).not.toBeNull();
    expect(asked).toMatchObject([{ range: 'bytes=2000-' }]);
  });

  test('starts over where what an earlier run left is damaged', async () => {
    const modelsDir = await makeModelsDir();
    await mkdir(path.join(modelsDir, '.pull'));
    await writeFile(path.join(modelsDir, '.pull', `${sha256.slice(0, 16)}.part`), Buffer.alloc(2000));
    const { url, asked } = await serveFile(body);
    expect(await pullModel({ entry: toEntry(url), modelsDir, ...quick })).not.toBeNull();
    expect(asked.map(({ range }) => range)).toEqual(['bytes=2000-', undefined]);
  });

  test('starts over where the file has changed on the server, or ranges are not known there', async () => {
    for (const manners of [{ etags: ['"one"', '"two"'] }, { ignoresRanges: true }]) {
      const { url, asked } = await serveFile(body, { ...manners, cuts: [1000] });
      const modelsDir = await makeModelsDir();
      expect(await pullModel({ entry: toEntry(url), modelsDir, ...quick })).not.toBeNull();
      expect(asked).toHaveLength(2);
    }
  });

  test('takes the next address where one serves other bytes, has nothing or is silent', async () => {
    const other = await serveFile(Buffer.alloc(body.length));
    const longer = await serveFile(Buffer.alloc(body.length + 1));
    const gone = await serveFile(body, { statuses: [404] });
    const silent = await serveFile(body, { silentAfter: [0, 0, 0] });
    const good = await serveFile(body, { statuses: [503, 429] });
    const modelsDir = await makeModelsDir();
    const entry = toEntry(other.url, longer.url, gone.url, silent.url, good.url);
    expect((await pullModel({ entry, modelsDir, ...quick }))?.card.sha256).toBe(sha256);
    expect([longer, gone, silent, good].map(({ asked }) => asked.length)).toEqual([1, 1, 3, 3]);
  });

  test('keeps nothing of wrong bytes, and says both hashes', async () => {
    const { url } = await serveFile(Buffer.alloc(body.length));
    const modelsDir = await makeModelsDir();
    await expect(pullModel({ entry: toEntry(url), modelsDir, ...quick })).rejects.toMatchObject({
      code: 'model_hash_mismatch',
      message: expect.stringContaining(`expected ${sha256}`),
    });
    expect(await listFiles(modelsDir)).toEqual([]);
  });

  test('says what to do where there is no way out, and keeps what came', async () => {
    const { url } = await serveFile(body, { cuts: [1000, 0, 0, 0], statuses: [undefined, 500, 500, 500] });
    const modelsDir = await makeModelsDir();
    const entry = toEntry(url, 'http://127.0.0.1:1/model.onnx');
    await expect(pullModel({ entry, modelsDir, ...quick })).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringMatching(
        /127\.0\.0\.1:\d+ answered 500.*1000 of \d+ bytes are kept.*127\.0\.0\.1:1: it refuses the connection.*SHA-256.*--url file:/,
      ),
    });
    expect(await listFiles(modelsDir)).toEqual([
      `${sha256.slice(0, 16)}.part`,
      `${sha256.slice(0, 16)}.part.json`,
    ]);
  });

  test('a file that is no model leaves nothing behind', async () => {
    const junk = Buffer.from('no model at all');
    const { url } = await serveFile(junk);
    const modelsDir = await makeModelsDir();
    const entry = {
      ...toEntry(url),
      bytes: junk.length,
      sha256: createHash('sha256').update(junk).digest('hex'),
    };
    await expect(pullModel({ entry, modelsDir, ...quick })).rejects.toMatchObject({
      code: 'model_not_understood',
    });
    expect(await listFiles(modelsDir)).toEqual([]);
  });

  test('another model of that name is kept', async () => {
    const modelsDir = await makeModelsDir();
    await writeFile(path.join(modelsDir, 'small.json'), '{}');
    await expect(pullModel({ entry: toEntry('http://x/'), modelsDir, ...quick })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('two runs do not write one file', async () => {
    const modelsDir = await makeModelsDir();
    await mkdir(path.join(modelsDir, '.pull'));
    await writeFile(path.join(modelsDir, '.pull', 'small.lock'), String(process.pid));
    await expect(pullModel({ entry: toEntry('http://x/'), modelsDir, ...quick })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('another place', () => {
  test('a file, or the folder it lies in', async () => {
    const folder = await makeTestFolder();
    await writeFile(path.join(folder, 'model.onnx'), body);
    const entry = toEntry('https://example.org/model.onnx');
    for (const place of [folder, path.join(folder, 'model.onnx')]) {
      const url = pathToFileURL(place).href;
      const added = await pullModel({ entry, modelsDir: await makeModelsDir(), url, ...quick });
      expect(added?.card.source).toBe('https://example.org/model.onnx');
    }
    await writeFile(path.join(folder, 'model.onnx'), 'other');
    const modelsDir = await makeModelsDir();
    await expect(
      pullModel({ entry, modelsDir, url: pathToFileURL(folder).href, ...quick }),
    ).rejects.toMatchObject({ code: 'model_hash_mismatch', message: expect.stringContaining('5 bytes') });
    expect(await listFiles(modelsDir)).toEqual([]);
  });

  test('a mirror', async () => {
    const { url } = await serveFile(body);
    const entry = toEntry('https://example.org/model.onnx');
    expect(await pullModel({ entry, modelsDir: await makeModelsDir(), url, ...quick })).not.toBeNull();
  });

  test.each([
    ['ftp://x/y', /expected https:\/\/, http:\/\/ or file:/],
    ['model.onnx', /expected https/],
    ['https://me:secret@x/y', /no user or password/],
    ['file:///nowhere/at/all', /no file at \/nowhere\/at\/all/],
  ])('%s is refused', async (url, message) => {
    const entry = toEntry('https://example.org/model.onnx');
    await expect(pullModel({ entry, modelsDir: await makeModelsDir(), url, ...quick })).rejects.toThrow(
      message,
    );
  });
});

describe('requests', () => {
  const limits = { silenceMs: 500, signal: new AbortController().signal };

  test('follow a redirect within a host, and none to another one over plain http', async () => {
    const near = await serveFile(body, { redirectTo: '/moved.onnx' });
    const answer = await requestFile(near.url, {}, limits);
    expect(answer.statusCode).toBe(200);
    answer.destroy();
    const far = await serveFile(body, { redirectTo: near.url });
    await expect(requestFile(far.url, {}, limits)).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringMatching(/redirects to http:\/\/.*over https only/),
    });
    const round = await serveFile(body, { redirectTo: '/round' });
    await expect(requestFile(round.url, {}, limits)).rejects.toThrow(/more than 5 redirects/);
  });

  test('go through the proxy of the environment', async () => {
    const seen: (string | undefined)[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      seen.push(request.url, request.headers['proxy-authorization']);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const before = process.env['https_proxy'];
    process.env['https_proxy'] = `http://me:pw@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    onTestFinished(() => {
      proxy.close();
      if (before === undefined) delete process.env['https_proxy'];
      else process.env['https_proxy'] = before;
    });
    await expect(requestFile('https://example.org/a', {}, limits)).rejects.toThrow(
      /the proxy 127\.0\.0\.1:\d+ refuses example\.org:443: 403/,
    );
    expect(seen).toEqual(['example.org:443', `Basic ${Buffer.from('me:pw').toString('base64')}`]);
  });

  test.each([
    ['https://a.example.org/x', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.example.org' }, null],
    ['https://example.com/x', { HTTPS_PROXY: 'p:1', no_proxy: 'example.org' }, 'http://p:1/'],
    ['http://example.com/x', { HTTPS_PROXY: 'http://p:1' }, null],
    ['https://example.com/x', {}, null],
  ])('%s with %j', (url, env, expected) => {
    expect(findProxy(new URL(url), env)?.href ?? null).toBe(expected);
  });
});

test('every entry of the catalogue is whole', () => {
  expect(catalogue.map(({ name }) => name)).toContain('yolox-s');
  expect(new Set(catalogue.map((each) => each.sha256)).size).toBe(catalogue.length);
  for (const entry of catalogue) {
    expect(entry.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(entry.bytes).toBeGreaterThan(1e6);
    expect(entry.licence).toBe('Apache-2.0');
    for (const url of entry.urls) expect(new URL(url).protocol).toBe('https:');
  }
});
