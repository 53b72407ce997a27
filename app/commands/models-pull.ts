import path from 'node:path';
import { XunjieError } from '../../domain/mod.ts';
import { catalogue, findInCatalogue, pullModel } from '../../models/mod.ts';
import { makeFolder } from '../../platform/mod.ts';
import { toModelsDir } from '../find-model.ts';
import { toTableLines } from '../text-table.ts';
import { describeUse } from './models.ts';
import { toMegabytes } from './models-list.ts';

export interface PullCommand {
  readonly data: string;
  readonly url?: string;
  readonly name?: string;
}

/** Fetches a model of the catalogue; without a name it prints the catalogue. Returns the exit code. */
export async function pullNamedModel(
  name: string | undefined,
  options: PullCommand,
  print: (line: string) => void,
): Promise<number> {
  if (name === undefined) {
    if (options.url !== undefined) throw new XunjieError('bad_argument', '--url: say which model it is');
    for (const line of toCatalogueLines()) print(line);
    return 0;
  }
  const entry = findInCatalogue(name);
  const modelsDir = toModelsDir(path.resolve(options.data));
  makeFolder(modelsDir);
  const progress = openProgress();
  const added = await pullModel({
    entry,
    modelsDir,
    onProgress: progress.show,
    ...(options.url !== undefined && { url: options.url }),
    ...(options.name !== undefined && { name: options.name }),
  }).finally(progress.clear);
  const kept = options.name ?? name;
  if (added === null) {
    print(`${kept} is here already, and its SHA-256 is right`);
    return 0;
  }
  print(`${kept}: ${added.cardPath}`);
  print(`  fetched ${toMegabytes(entry.bytes)} MB, SHA-256 as the catalogue says; licence ${entry.licence}`);
  for (const guess of added.guesses) print(`  ${guess}`);
  print(await describeUse(kept, added.cardPath, options.data));
  return 0;
}

function toCatalogueLines(): string[] {
  const rows = catalogue.map((entry) => [
    entry.name,
    entry.head,
    entry.input.join('x'),
    toMegabytes(entry.bytes),
    entry.publishedAp.toFixed(3),
    entry.licence,
    new URL(entry.urls[0] ?? '').host,
  ]);
  return [
    ...toTableLines(['name', 'head', 'input', 'MB', 'AP', 'licence', 'from'], rows),
    'AP: AP50-95 on COCO val2017 as its authors publish it',
  ];
}

const progressEveryMs = 500;

/** A counter on stderr, for people only. */
function openProgress(): { show: (bytes: number, total: number) => void; clear: () => void } {
  const { stderr } = process;
  let shownAtMs = 0;
  return {
    show(bytes, total) {
      const nowMs = performance.now();
      if (!stderr.isTTY || nowMs - shownAtMs < progressEveryMs) return;
      shownAtMs = nowMs;
      stderr.write(`\r${toMegabytes(bytes)} of ${toMegabytes(total)} MB `);
    },
    clear() {
      if (stderr.isTTY && shownAtMs > 0) stderr.write('\r\u001b[K');
    },
  };
}
