import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { reEncodePhoto } from './re-encode.ts';

const draw = (width = 64, height = 48) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } });

test('what comes out is a JPEG without metadata, turned as it was taken', async () => {
  const taken = await draw()
    .withExif({
      IFD0: { Make: 'someone’s phone' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '27/1 45/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const photo = await reEncodePhoto(taken);
  const { format, width, height, exif, icc, xmp, orientation } = await sharp(photo.bytes).metadata();
  expect({ format, width, height, exif, icc, xmp, orientation }).toEqual({
    format: 'jpeg',
    width: 48,
    height: 64,
  });
  expect([photo.width, photo.height]).toEqual([48, 64]);
  expect(photo.bytes.includes('phone')).toBe(false);
});

test('nothing that hides before, inside or behind a picture comes through', async () => {
  const picture = await draw().jpeg().toBuffer();
  const hidden = '<script>alert(1)</script>';
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, hidden.length + 2]), Buffer.from(hidden)]);
  for (const polyglot of [
    Buffer.concat([picture, Buffer.from(hidden)]),
    Buffer.concat([picture, Buffer.from('PK\u0003\u0004'), Buffer.from(hidden)]),
    Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]),
  ])
    expect((await reEncodePhoto(polyglot)).bytes.includes('script')).toBe(false);
});

test('a large one is made smaller, a transparent one white', async () => {
  const { width, height } = await reEncodePhoto(await draw(4000, 1000).png().toBuffer());
  expect([width, height]).toEqual([2560, 640]);
  const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#0000' } })
    .png()
    .toBuffer();
  const { bytes } = await reEncodePhoto(clear);
  expect([...(await sharp(bytes).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
});

const refused = { code: 'bad_request', message: expect.stringMatching(/^photo: not a JPEG, PNG or WebP/) };

test.each([
  [
    'SVG',
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    ),
  ],
  [
    'SVG that names a file',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
  ],
  ['text', Buffer.from('GIF89a, almost')],
  ['nothing', Buffer.alloc(0)],
  ['a PDF', Buffer.from('%PDF-1.7\n')],
  ['the head of a JPEG alone', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
])('%s is refused', async (_name, bytes) => {
  await expect(reEncodePhoto(bytes)).rejects.toMatchObject(refused);
});

test.each(['gif', 'tiff', 'avif'] as const)('%s is refused', async (format) => {
  const bytes = await draw().toFormat(format).toBuffer();
  await expect(reEncodePhoto(bytes)).rejects.toMatchObject(refused);
});

test('one that moves is refused: a photo is one moment', async () => {
  const frames = [await draw().png().toBuffer(), await draw().negate().png().toBuffer()];
  const moving = await sharp(frames, { join: { animated: true } })
    .webp({ loop: 0, delay: [100, 100] })
    .toBuffer();
  await expect(reEncodePhoto(moving)).rejects.toMatchObject(refused);
});

test('a small file that unfolds into a huge picture is refused before it does', async () => {
  const bomb = toPng(60_000, 60_000, deflateSync(Buffer.alloc(1 << 20)));
  expect(bomb.length).toBeLessThan(10_000);
  await expect(reEncodePhoto(bomb)).rejects.toMatchObject({ code: 'bad_request' });
});

test('a picture that is cut off or damaged is refused or still a picture, and never a crash', async () => {
  const whole = await draw(200, 150).jpeg().toBuffer();
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, value, isCut) => {
      const bytes = isCut ? whole.subarray(0, at) : Buffer.from(whole);
      if (!isCut) bytes[at] = value;
      const photo = await reEncodePhoto(bytes).catch((error: unknown) => error);
      if (photo instanceof Error) expect(photo).toMatchObject({ code: 'bad_request' });
      else expect((await sharp((photo as { bytes: Buffer }).bytes).metadata()).format).toBe('jpeg');
    }),
    { numRuns: 150 },
  );
});

/** A PNG of that size by its head, with whatever data. */
function toPng(width: number, height: number, data: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    toChunk('IHDR', head),
    toChunk('IDAT', data),
    toChunk('IEND', Buffer.alloc(0)),
  ]);
}

function toChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(toCrc(body));
  return Buffer.concat([length, body, check]);
}

function toCrc(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
