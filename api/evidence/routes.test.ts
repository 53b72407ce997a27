import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
  toMultipart,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import type { CandidateDetail } from '../candidates/schema.ts';
import type { CaseDetail } from '../cases/schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let reviewer: TestUser;
let squad: TestUser;
let detail: CandidateDetail;

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase());
  reviewer = await tested.logIn('reviewer-01');
  squad = await tested.logIn('squad-01');
  const { id } = await tested.queueCandidate();
  detail = readReply(await reviewer.get(`/api/candidates/${id}`));
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

function findStill(): CandidateDetail['stills'][number] {
  const [still] = detail.stills;
  if (still === undefined) throw new Error('the candidate has no still');
  return still;
}

describe('files of a package', () => {
  test('come whole, with their hash as ETag, and not again', async () => {
    for (const still of detail.stills)
      for (const url of [still.originalUrl, still.annotatedUrl ?? '']) {
        const reply = await reviewer.get(url);
        const sha256 = createHash('sha256').update(reply.rawPayload).digest('hex');
        expect(reply.headers).toMatchObject({
          'content-type': 'image/jpeg',
          etag: `"${sha256}"`,
          'cache-control': 'private, no-cache',
        });
        expect((await reviewer.get(url, { 'if-none-match': `"${sha256}"` })).statusCode).toBe(304);
      }
  });

  test('come in part when a player seeks', async () => {
    const { originalUrl } = findStill();
    const whole = (await reviewer.get(originalUrl)).rawPayload;
    const part = await reviewer.get(originalUrl, { range: 'bytes=10-19' });
    expect(part.statusCode).toBe(206);
    expect(part.headers['content-range']).toBe(`bytes 10-19/${whole.length}`);
    expect(part.rawPayload).toEqual(whole.subarray(10, 20));
    expect((await reviewer.get(originalUrl, { range: `bytes=${whole.length}-` })).statusCode).toBe(416);
  });

  test('have a small copy for lists', async () => {
    expect(detail.thumbnailUrl).toMatch(/masked\/last\.jpg\?width=320$/);
    const reply = await reviewer.get(detail.thumbnailUrl ?? '');
    expect(await sharp(reply.rawPayload).metadata()).toMatchObject({
      width: 320,
      height: 180,
      format: 'jpeg',
    });
    expect((await reviewer.get(`${findStill().originalUrl}?width=99999`)).statusCode).toBe(400);
  });

  test('the manifest is the one that names the package', async () => {
    const hash = detail.evidence?.manifestHash ?? '';
    const reply = await reviewer.get(`/api/evidence/${hash}/manifest.json`);
    expect(createHash('sha256').update(reply.rawPayload).digest('hex')).toBe(hash);
  });

  test.each([
    [`/api/evidence/${'0'.repeat(64)}/manifest.json`, 404],
    ['/api/evidence/short/manifest.json', 400],
    ['HASH/original/other.jpg', 404],
    ['HASH/..%2f..%2fphotos', 404],
    ['HASH/original/%2e%2e/%2e%2e/secret', 404],
    ['HASH/signature.json', 404],
  ])('%s is answered %i', async (url, status) => {
    const base = `/api/evidence/${detail.evidence?.manifestHash}`;
    expect((await reviewer.get(url.replace('HASH', base))).statusCode).toBe(status);
  });

  test('are shown to an officer only with a case of the own unit', async () => {
    expect((await squad.get(findStill().originalUrl)).statusCode).toBe(403);
  });
});

describe('photos', () => {
  const upload = (user: TestUser, bytes: Buffer, field = 'photo') =>
    user.inject({ method: 'POST', url: '/api/photos', ...toMultipart(field, bytes) });
  const draw = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#884422' } });

  test('become a JPEG of bounded size that tells nothing of where and by what it was taken', async () => {
    const taken = await draw(3000, 1500)
      .withExif({ IFD0: { Make: 'a phone' }, IFD3: { GPSLatitude: '27/1 46/1 0/1' } })
      .png()
      .toBuffer();
    expect((await sharp(taken).metadata()).exif).toBeDefined();
    const photo = readReply<{ id: string; url: string; sha256: string }>(await upload(squad, taken), 201);
    expect(photo).toMatchObject({ width: 2560, height: 1280 });
    const reply = await squad.get(photo.url);
    expect(createHash('sha256').update(reply.rawPayload).digest('hex')).toBe(photo.sha256);
    const metadata = await sharp(reply.rawPayload).metadata();
    expect(metadata).toMatchObject({ format: 'jpeg', width: 2560 });
    expect(metadata.exif).toBeUndefined();
  });

  test.each<[string, () => Promise<Buffer>, string]>([
    ['words', async () => Buffer.from('not a picture'), 'not a JPEG, PNG or WebP picture'],
    [
      'a drawing',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'its format is svg',
    ],
    [
      'half a picture',
      async () => (await draw(400, 400).jpeg().toBuffer()).subarray(0, 500),
      'not a JPEG, PNG or WebP picture',
    ],
    ['11 MB', async () => Buffer.alloc(11 * 1024 * 1024), 'larger than'],
  ])('that are %s are refused', async (_what, make, message) => {
    const reply = readReply<{ error: { code: string; message: string } }>(
      await upload(squad, await make()),
      400,
    );
    expect(reply.error).toMatchObject({ code: 'bad_request', message: expect.stringContaining(message) });
  });

  test('must come in the field `photo`, as multipart', async () => {
    const picture = await draw(8, 8).jpeg().toBuffer();
    expect(readReply(await upload(squad, picture, 'image'), 400)).toMatchObject({
      error: { message: 'photo: the field is called `image`, not `photo`' },
    });
    expect(readReply(await squad.post('/api/photos', { photo: 'x' }), 400)).toMatchObject({
      error: { message: expect.stringContaining('multipart/form-data') },
    });
  });

  test('of others are not shown to an officer whose unit has not their case', async () => {
    const collector = await tested.logIn('collector-01');
    const id = await collector.uploadPhoto();
    expect((await squad.get(`/api/photos/${id}`)).statusCode).toBe(403);
    expect((await reviewer.get(`/api/photos/${id}`)).statusCode).toBe(200);
  });
});

describe('who sees what', () => {
  const manifestUrl = () => `/api/evidence/${detail.evidence?.manifestHash}`;

  test.each([
    ['reviewer-01', 200],
    ['shift-leader-01', 200],
    ['commander-01', 200],
    ['intake-01', 403],
    ['dispatcher-01', 403],
    ['collector-01', 403],
  ])(
    '%s asks for faces and plates of what is no case: %i; masked copies are open to all of them',
    async (name, status) => {
      const user = await tested.logIn(name);
      const { manifestHash } = detail.evidence ?? {};
      await user.post(`/api/custody/packages/${manifestHash}/purpose`, { purpose: 'a test of rights' });
      for (const kind of ['original', 'annotated'])
        expect((await user.get(`${manifestUrl()}/${kind}/first.jpg`)).statusCode).toBe(status);
      expect((await user.get(`${manifestUrl()}/masked/first.jpg`)).statusCode).toBe(200);
      expect((await user.get(`${manifestUrl()}/masked/first.jpg?width=64`)).statusCode).toBe(200);
      // A small copy is no way round.
      expect((await user.get(`${manifestUrl()}/original/first.jpg?width=64`)).statusCode).toBe(status);
    },
  );

  test('on a case: who dispatches it sees all of it, who clears it away its masked copies', async () => {
    const caseNo = await confirm(detail.id);
    const find = async (name: string) => {
      const user = await tested.logIn(name);
      const found = readReply<CaseDetail>(await user.get(`/api/cases/${caseNo}`));
      return { user, found };
    };
    for (const name of ['intake-01', 'dispatcher-01', 'reviewer-01']) {
      const { user, found } = await find(name);
      expect(found.stills.map((still) => [still.masked, still.originalUrl.includes('/original/')])).toEqual(
        Array.from({ length: 3 }, () => [false, true]),
      );
      expect((await user.get(found.stills[0]?.originalUrl ?? '')).statusCode).toBe(200);
    }
    for (const name of ['collector-01']) {
      const { user, found } = await find(name);
      expect(found.stills.map((still) => [still.masked, still.annotatedUrl])).toEqual(
        Array.from({ length: 3 }, () => [true, null]),
      );
      expect(found.thumbnailUrl).toContain('/masked/');
      for (const url of [found.stills[0]?.originalUrl ?? '', found.thumbnailUrl ?? ''])
        expect((await user.get(url)).statusCode).toBe(200);
      expect((await user.get(`${manifestUrl()}/original/first.jpg`)).statusCode).toBe(403);
    }
  });
});

async function confirm(id: string): Promise<string> {
  const confirmed = await confirmAs(reviewer, id);
  return readReply<{ case: { caseNo: string } }>(confirmed).case.caseNo;
}
