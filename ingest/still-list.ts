import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import { createTimeReader, timeExamples } from './still-time.ts';
import { readTimesFile } from './times-file.ts';

export interface Still {
  /** Path of the picture. */
  readonly file: string;
  readonly capturedAtMs: number;
}

export interface StillList {
  /** In order of time; no two of one time. */
  readonly stills: readonly Still[];
  /** What was passed over, one line each. */
  readonly problems: readonly string[];
}

export interface StillsFolder {
  readonly path: string;
  /** CSV; `null`: the times are in the names. */
  readonly timesFile: string | null;
  readonly timeZone: string;
}

const pictureNames = /\.(?:jpe?g|png|webp)$/i;

/**
 * The pictures of a folder with their times, from their names or a table; no picture is opened. Rejects with `file_not_found` when there
 * is no such folder, and with `bad_footage` when nothing of it can be used.
 */
export async function listStills(folder: StillsFolder): Promise<StillList> {
  const names = await readPictureNames(folder.path);
  const { found, problems } =
    folder.timesFile === null
      ? readNames(folder, names)
      : await readTable({ ...folder, timesFile: folder.timesFile }, names);
  // Of two with one time the shorter name goes first: copies are given longer ones.
  const sorted = found.toSorted(
    (a, b) =>
      a.capturedAtMs - b.capturedAtMs ||
      a.file.length - b.file.length ||
      (a.file < b.file ? -1 : Number(a.file > b.file)),
  );
  const stills: Still[] = [];
  for (const still of sorted) {
    const last = stills.at(-1);
    if (last?.capturedAtMs !== still.capturedAtMs) stills.push(still);
    else
      problems.push(
        `${path.basename(still.file)}: has the time of ${path.basename(last.file)}, ${new Date(still.capturedAtMs).toISOString()}`,
      );
  }
  return { stills, problems };
}

interface Found {
  readonly found: Still[];
  readonly problems: string[];
}

function readNames({ path: dir, timeZone }: StillsFolder, names: readonly string[]): Found {
  const readTime = createTimeReader(timeZone);
  const found: Still[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const capturedAtMs = readTime(path.parse(name).name);
    if (capturedAtMs === null) problems.push(`${name}: no time in its name`);
    else found.push({ file: path.join(dir, name), capturedAtMs });
  }
  if (found.length === 0)
    throw new XunjieError(
      'bad_footage',
      `${dir}: none of its ${names.length} pictures has a time in its name, such as ${timeExamples} (its first is ${names[0]}); or give a CSV with the times`,
    );
  return { found, problems };
}

async function readTable(
  { path: dir, timeZone, timesFile }: StillsFolder & { timesFile: string },
  names: readonly string[],
): Promise<Found> {
  const times = await readTimesFile(timesFile, createTimeReader(timeZone));
  const known = new Set(names);
  const used = new Set<string>();
  const found: Still[] = [];
  const problems = times.problems.map((problem) => `${path.basename(timesFile)} ${problem}`);
  for (const { file, capturedAtMs, line } of times.rows) {
    const where = `${path.basename(timesFile)} line ${line}`;
    const name = path.normalize(file);
    const isThere = known.has(name) || (name.includes(path.sep) && (await isFile(path.join(dir, name))));
    if (!isThere) problems.push(`${where}: ${file} is not in the folder`);
    else if (used.has(name)) problems.push(`${where}: ${file} was named before`);
    else found.push({ file: path.join(dir, name), capturedAtMs });
    used.add(name);
  }
  for (const name of names)
    if (!used.has(name)) problems.push(`${name}: is not in ${path.basename(timesFile)}`);
  if (found.length === 0)
    throw new XunjieError('bad_footage', `${timesFile}: none of the files that it names is in ${dir}`);
  return { found, problems };
}

async function readPictureNames(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const why = { ENOENT: 'no such folder', ENOTDIR: 'is a file, not a folder of pictures' }[
      error.code ?? ''
    ];
    throw new XunjieError('file_not_found', `${dir}: ${why ?? `cannot be read (${error.code})`}`, {
      cause: error,
    });
  });
  const names = entries
    .filter((entry) => !entry.isDirectory() && pictureNames.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  if (names.length === 0)
    throw new XunjieError('bad_footage', `${dir}: holds no pictures (.jpg, .png or .webp)`);
  return names;
}

function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
