import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../app/main.ts';
import { openTestVault, type TestPackage, type TestVault } from '../../evidence/test-support/make-package.ts';
import { makeOtherFootage, otherFootage } from '../support/other-footage.ts';
import { sealFootage } from '../support/seal-footage.ts';

// Two packages of one real recording, and the command as a court's expert would use it on what somebody did to them.
let vault: TestVault;
let sealed: TestPackage;
let other: TestPackage;
beforeAll(async () => {
  vault = await openTestVault();
  const small = otherFootage.find(({ name }) => name === 'CIF');
  if (small === undefined) throw new Error('there is no such footage');
  const file = await makeOtherFootage(small, vault.root);
  const size = { width: 352, height: 288 };
  sealed = await sealFootage(vault, file, { timesMs: [1_000, 5_000, 9_000], ...size });
  other = await sealFootage(vault, file, { timesMs: [1_200, 5_200, 9_200], ...size }, { zone: 'far-kerb' });
}, 120_000);
afterAll(() => vault?.close());

async function verify(dir: string): Promise<{ code: number; text: string }> {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const code = await runCommand(['verify', dir], { print, printError: print });
  return { code, text: printed.join('\n') };
}

/** The command's answer after `tamper` did its work in a copy, under the package's own name or another. */
async function verifyAfter(
  tamper: (dir: string) => Promise<unknown>,
  name = sealed.manifestHash,
): Promise<{ code: number; text: string }> {
  const dir = path.join(vault.root, 'tampered', name);
  await rm(dir, { recursive: true, force: true });
  await cp(sealed.dir, dir, { recursive: true });
  await tamper(dir);
  return verify(dir);
}

const listFiles = () => [
  'manifest.json',
  'signature.json',
  ...sealed.manifest.items.map((item) => item.path),
];

test('both are whole, with every kind of file in them', async () => {
  expect(await verify(sealed.dir)).toMatchObject({ code: 0 });
  expect(await verify(other.dir)).toMatchObject({ code: 0 });
  expect(listFiles().map((file) => path.posix.dirname(file))).toEqual(
    ['.', '.', 'original', 'annotated', 'masked']
      .flatMap((folder) => (folder === '.' ? [folder] : [folder, folder, folder]))
      .concat('clip', 'clip'),
  );
});

test('every file: a bit flipped at its beginning, middle or end, a byte less, a byte more, zeros, nothing left', async () => {
  const flip = (at: (length: number) => number, bit: number) => (bytes: Buffer) => {
    const place = at(bytes.length);
    return Buffer.from(bytes).fill((bytes[place] ?? 0) ^ (1 << bit), place, place + 1);
  };
  const acts: [string, (bytes: Buffer) => Buffer][] = [
    ['first bit', flip(() => 0, 7)],
    ['a bit near the beginning', flip((length) => Math.min(20, length - 1), 0)],
    ['a bit in the middle', flip((length) => length >> 1, 3)],
    ['last bit', flip((length) => length - 1, 0)],
    ['a byte less', (bytes) => bytes.subarray(0, -1)],
    ['the first byte less', (bytes) => bytes.subarray(1)],
    ['a byte more', (bytes) => Buffer.concat([bytes, Buffer.of(0x0a)])],
    ['zeros after the end, which players ignore', (bytes) => Buffer.concat([bytes, Buffer.alloc(100)])],
    ['a comment after the end', (bytes) => Buffer.concat([bytes, Buffer.from('\0\0\0\u0010free comment')])],
    ['nothing left', () => Buffer.alloc(0)],
  ];
  const dir = path.join(vault.root, 'walk');
  await cp(sealed.dir, dir, { recursive: true });
  const missed: string[] = [];
  for (const file of listFiles()) {
    const before = await readFile(path.join(dir, file));
    for (const [what, change] of acts) {
      await writeFile(path.join(dir, file), change(before));
      const { code, text } = await verify(dir);
      if (code !== 1 || !text.includes(`BROKEN: ${file} `))
        missed.push(`${what} of ${file}: ${code} ${text}`);
    }
    await writeFile(path.join(dir, file), before);
  }
  expect(missed).toEqual([]);
  expect(await verify(dir)).toMatchObject({ code: 0 });
}, 300_000);

test('every file: taken away, under another case, a link to itself, or that of the other package', async () => {
  const missed: string[] = [];
  const expectNamed = async (file: string, what: string, tamper: (dir: string) => Promise<unknown>) => {
    const { code, text } = await verifyAfter(tamper, 'walk');
    if (code !== 1 || !text.includes(file)) missed.push(`${what} ${file}: ${code} ${text}`);
  };
  for (const file of listFiles()) {
    await expectNamed(file, 'without', (dir) => rm(path.join(dir, file)));
    await expectNamed(file, 'in capitals', (dir) =>
      rename(path.join(dir, file), path.join(dir, path.dirname(file), path.basename(file).toUpperCase())),
    );
    await expectNamed(file, 'a link instead of', async (dir) => {
      await rm(path.join(dir, file));
      await symlink(path.join(sealed.dir, file), path.join(dir, file));
    });
    await expectNamed(file === 'manifest.json' ? 'signature.json' : file, 'the other', (dir) =>
      cp(path.join(other.dir, file), path.join(dir, file)),
    );
  }
  expect(missed).toEqual([]);
}, 300_000);

test('two files of one kind exchanged: the first of them is named', async () => {
  const { items } = sealed.manifest;
  let pairs = 0;
  for (const [index, item] of items.entries())
    for (const later of items.slice(index + 1).filter(({ kind }) => kind === item.kind)) {
      const { code, text } = await verifyAfter(async (dir) => {
        await rename(path.join(dir, item.path), path.join(dir, 'held'));
        await rename(path.join(dir, later.path), path.join(dir, item.path));
        await rename(path.join(dir, 'held'), path.join(dir, later.path));
      });
      expect({ code, text }).toMatchObject({
        code: 1,
        text: expect.stringContaining(`BROKEN: ${item.path} has`),
      });
      pairs++;
    }
  expect(pairs).toBe(10);
}, 120_000);

describe('two packages exchanged', () => {
  const pair = ['manifest.json', 'signature.json'];
  const takePair = async (dir: string) => {
    for (const file of pair) await cp(path.join(other.dir, file), path.join(dir, file));
  };

  test('manifest and signature of the other, under this name', async () => {
    const { code, text } = await verifyAfter(takePair);
    expect(code).toBe(1);
    expect(text).toContain(
      `BROKEN: manifest.json has SHA-256 ${other.manifestHash}, the package is named ${sealed.manifestHash}`,
    );
  });

  test('manifest and signature of the other, under no name: its pictures are not there', async () => {
    expect(await verifyAfter(takePair, 'handed-over')).toMatchObject({
      code: 1,
      text: expect.stringContaining('BROKEN: original/first.png has'),
    });
    expect(await verifyAfter(takePair, other.manifestHash)).toMatchObject({
      code: 1,
      text: expect.stringContaining('BROKEN: original/first.png has'),
    });
  });
});

describe('what does not belong to it', () => {
  const name = (text: string) => (dir: string) => writeFile(path.join(dir, text), 'x');
  const cases: [string, (dir: string) => Promise<unknown>, string][] = [
    ['a hidden file', name('.DS_Store'), 'BROKEN: .DS_Store is not part of the package'],
    ['a copy of the manifest', name('manifest.json.bak'), 'BROKEN: manifest.json.bak is not part'],
    ['a name with a space at its end', name('original/first.png '), '"original/first.png " is not part'],
    ['a name with a line feed', name('clip/x\nwhole: 13 files'), '"clip/x\\nwhole: 13 files" is not part'],
    ['a name in another script', name('证据.txt'), '"证据.txt" is not part'],
    ['a name that turns the line round', name('gnp.\u202etsrif'), '"gnp.?tsrif" is not part'],
    ['a name that colours the terminal', name('\u001b[32mok'), String.raw`"\u001b[32mok" is not part`],
    ['a time stamp that is none', name('timestamp.json'), 'BROKEN: timestamp.json '],
    [
      'a folder with a file',
      async (dir) => {
        await mkdir(path.join(dir, 'extra/deep'), { recursive: true });
        await name('extra/deep/file.txt')(dir);
      },
      'BROKEN: extra/deep/file.txt is not part',
    ],
    [
      'an empty folder',
      (dir) => mkdir(path.join(dir, 'extra')),
      'BROKEN: extra is not part of the package: a folder',
    ],
    [
      'an empty folder in a folder',
      (dir) => mkdir(path.join(dir, 'clip/extra')),
      'BROKEN: clip/extra is not part',
    ],
    ['a hidden empty folder', (dir) => mkdir(path.join(dir, '.git')), 'BROKEN: .git is not part'],
    ['a link', (dir) => symlink('/etc/hostname', path.join(dir, 'link')), 'BROKEN: link is not a plain file'],
    [
      'a link that leads nowhere',
      (dir) => symlink('nowhere', path.join(dir, 'link')),
      'BROKEN: link is not a plain',
    ],
    [
      'a link to a folder',
      (dir) => symlink('/etc', path.join(dir, 'etc')),
      'BROKEN: etc is not a plain file',
    ],
    [
      'a link in place of a folder of its own',
      async (dir) => {
        await rm(path.join(dir, 'clip'), { recursive: true });
        await symlink(path.join(sealed.dir, 'clip'), path.join(dir, 'clip'));
      },
      'BROKEN: clip is not a plain file',
    ],
    [
      'a pipe, which would never end',
      async (dir) => execFileSync('mkfifo', [path.join(dir, 'pipe')]),
      'BROKEN: pipe is not a plain file',
    ],
    [
      'a pipe in place of the manifest',
      async (dir) => {
        await rm(path.join(dir, 'manifest.json'));
        execFileSync('mkfifo', [path.join(dir, 'manifest.json')]);
      },
      'no manifest.json of a sensible size',
    ],
  ];
  test.each(cases)('%s', async (_what, tamper, problem) => {
    const { code, text } = await verifyAfter(tamper);
    expect(code).toBe(1);
    expect(text).toContain(problem);
    expect(text.split('\n')).toHaveLength(1);
  });
});
