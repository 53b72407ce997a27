import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/fixtures.ts';

/** What each folder may import: other folders of the house, and packages from npm. `null`: any package. */
const house: Readonly<
  Record<string, { folders: readonly string[]; packages: readonly string[] | null; atLeast: number }>
> = {
  domain: { folders: [], packages: ['typebox'], atLeast: 15 },
  platform: { folders: ['domain'], packages: null, atLeast: 20 },
  ingest: { folders: ['domain', 'platform'], packages: null, atLeast: 12 },
  detector: { folders: ['domain'], packages: null, atLeast: 15 },
  rules: { folders: ['domain'], packages: [], atLeast: 12 },
  evidence: { folders: ['domain', 'platform'], packages: null, atLeast: 12 },
  api: { folders: ['domain', 'platform'], packages: null, atLeast: 30 },
  models: { folders: ['detector', 'domain'], packages: null, atLeast: 3 },
  samples: { folders: ['domain', 'platform'], packages: [], atLeast: 3 },
  app: {
    folders: ['domain', 'platform', 'ingest', 'detector', 'rules', 'evidence', 'api', 'models', 'samples'],
    packages: null,
    atLeast: 15,
  },
  web: { folders: ['domain'], packages: null, atLeast: 15 },
  bench: {
    folders: ['domain', 'platform', 'ingest', 'detector', 'rules', 'evidence', 'test'],
    packages: [],
    atLeast: 6,
  },
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

function listModules(folder: string): string[] {
  return readdirSync(path.join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/\.test\.tsx?$|\/test-support\/|\.config\.ts$/.test(file));
}

const importPattern = /(?:^|\n)\s*(import|export)\s+(type\s+)?([^'";]*?from\s+)?['"]([^'"]+)['"]/g;
const dynamicPattern = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function readImports(file: string): Import[] {
  return parseImports(file, readFileSync(path.join(projectRoot, file), 'utf8'));
}

function parseImports(file: string, text: string): Import[] {
  const fixed = [...text.matchAll(importPattern)].map(([, , type, names, specifier]) => ({
    from: file,
    specifier: specifier ?? '',
    isTypeOnly: type !== undefined || isAllTypes(names ?? ''),
  }));
  const dynamic = [...text.matchAll(dynamicPattern)].map(([, specifier]) => ({
    from: file,
    specifier: specifier ?? '',
    isTypeOnly: false,
  }));
  return [...fixed, ...dynamic];
}

/** `{ type A, type B } from` imports no value. */
function isAllTypes(names: string): boolean {
  const list = /\{([^}]*)\}/.exec(names)?.[1];
  if (list === undefined) return false;
  return list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .every((name) => name.startsWith('type '));
}

function toFolder({ from, specifier }: Import): string {
  return (
    path.relative(projectRoot, path.resolve(projectRoot, path.dirname(from), specifier)).split(path.sep)[0] ??
    ''
  );
}

function toPackage(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

test('imports are read in every form', () => {
  const text = [
    "import a from 'a';",
    "import { type B, type C } from './b.ts';",
    "import type { D } from '../d/mod.ts';",
    "export { e } from './e.ts';",
    "import {\n  f,\n  type G,\n} from 'f/deep';",
    "import './side-effect.css';",
    "const late = await import('late');",
  ].join('\n');
  expect(parseImports('x.ts', text).map(({ specifier, isTypeOnly }) => [specifier, isTypeOnly])).toEqual([
    ['a', false],
    ['./b.ts', true],
    ['../d/mod.ts', true],
    ['./e.ts', false],
    ['f/deep', false],
    ['./side-effect.css', false],
    ['late', false],
  ]);
});

test.each(Object.entries(house))('%s imports only what it may', (folder, { folders, packages, atLeast }) => {
  const modules = listModules(folder);
  expect(modules.length, `modules seen in ${folder}`).toBeGreaterThanOrEqual(atLeast);
  const wrong: string[] = [];
  for (const found of modules.flatMap(readImports)) {
    const { specifier, from } = found;
    if (specifier.startsWith('.')) {
      const target = toFolder(found);
      if (target !== folder && !folders.includes(target)) wrong.push(`${from} imports ${specifier}`);
      if (folder === 'web' && target === 'domain' && !found.isTypeOnly)
        wrong.push(`${from} imports values from domain`);
    } else if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
      if (folder === 'domain' || folder === 'rules')
        wrong.push(`${from} imports ${specifier}: this folder is pure`);
    } else if (packages !== null && !packages.includes(toPackage(specifier)))
      wrong.push(`${from} imports the package ${specifier}`);
  }
  expect(wrong).toEqual([]);
});

/** What runs in a detector thread takes these two alone: domain/mod.ts brings TypeBox along, which each thread would load anew. */
const workerSafe = new Set(['../domain/errors.ts', '../domain/geometry.ts']);

test('the neighbours go through mod.ts', () => {
  const wrong = Object.keys(house)
    .filter((folder) => folder !== 'web')
    .flatMap(listModules)
    .flatMap(readImports)
    .filter((found) => found.specifier.startsWith('.'))
    .filter((found) => toFolder(found) !== found.from.split(path.sep)[0])
    .filter((found) => !found.specifier.endsWith('/mod.ts'))
    .filter((found) => !(found.from.startsWith('detector/') && workerSafe.has(found.specifier)))
    .filter((found) => toFolder(found) !== 'test') // test support has no surface of its own
    .filter((found) => !(found.from.startsWith('bench/') && found.specifier.includes('/test-support/')))
    .map((found) => `${found.from} imports ${found.specifier}`);
  expect(wrong).toEqual([]);
});

test('no module is longer than 400 lines, and the median is at most 100', () => {
  const lengths = Object.keys(house)
    .flatMap(listModules)
    .map((file) => ({ file, lines: readFileSync(path.join(projectRoot, file), 'utf8').split('\n').length }));
  expect(lengths.length).toBeGreaterThan(150);
  expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
  const sorted = lengths.map(({ lines }) => lines).toSorted((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(100);
});
