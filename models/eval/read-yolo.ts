import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Dataset, EvalPicture, ReadOptions, Truth } from './dataset.ts';
import { readSeenSize } from './open-picture.ts';
import { parseYoloLine } from './parse-yolo-line.ts';

const pictureEndings = new Set(['.jpg', '.jpeg', '.png', '.webp', '.bmp', '.tif', '.tiff']);
const openAtOnce = 16;

/**
 * Reads a dataset in YOLO's layout: `images/`, `labels/` with one `.txt` per picture (`class cx cy w h` or an outline,
 * 0-1 of the picture), and `classes.txt` or `data.yaml` with the names. A picture without a label file holds nothing.
 * @throws XunjieError `file_not_found`, `bad_dataset`.
 */
export async function readYoloDataset(source: string, options: ReadOptions): Promise<Dataset> {
  const root = path.resolve(source);
  await access(root).catch((error: unknown) => {
    throw new XunjieError('file_not_found', `no dataset at ${source}: ${toMessage(error)}`, { cause: error });
  });
  const categories = await readNames(root);
  const names = (await listPictures(path.join(root, 'images'))).slice(0, options.limit ?? undefined);
  if (names.length === 0) throw new XunjieError('bad_dataset', `${path.join(root, 'images')} has no picture`);
  const pictures: EvalPicture[] = [];
  const truths: Truth[] = [];
  let unlabelled = 0;
  for (let i = 0; i < names.length; i += openAtOnce) {
    const read = await Promise.all(
      names.slice(i, i + openAtOnce).map((name) => readOne(root, name, categories.length)),
    );
    for (const { declared, things } of read) {
      const picture = pictures.length;
      const name = names[picture] ?? '';
      pictures.push({ name, file: path.join(root, 'images', name), declared: null });
      if (things === null) unlabelled++;
      for (const { category, box } of things ?? []) {
        const [left, top, width, height] = box;
        const inPixels = [
          left * declared.width,
          top * declared.height,
          width * declared.width,
          height * declared.height,
        ] as const;
        truths.push({
          picture,
          category,
          box: inPixels,
          area: inPixels[2] * inPixels[3],
          isCrowd: false,
        });
      }
    }
  }
  if (truths.length === 0)
    throw new XunjieError('bad_dataset', `${root}: no thing is labelled in ${names.length} pictures`);
  const notes = ["YOLO labels carry no areas: the box's own is used for small, medium and large"];
  if (unlabelled > 0) notes.push(`${unlabelled} pictures have no label file: taken as showing nothing`);
  return { source: root, pictures, categories, truths, notes };
}

async function readOne(root: string, name: string, classes: number) {
  const { dir, name: stem } = path.parse(name);
  const labelFile = path.join(root, 'labels', dir, `${stem}.txt`);
  const text = await readText(labelFile);
  const lines = text?.split('\n') ?? [];
  const things = lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [parseYoloLine(line, classes, `${labelFile}:${i + 1}`)],
  );
  return {
    declared: await readSeenSize(path.join(root, 'images', name)),
    things: text === null ? null : things,
  };
}

async function listPictures(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new XunjieError('file_not_found', `${folder} cannot be read: ${toMessage(error)}`, {
      cause: error,
    });
  });
  return entries.filter((name) => pictureEndings.has(path.extname(name).toLowerCase())).toSorted();
}

async function readNames(root: string): Promise<string[]> {
  const classes = await readText(path.join(root, 'classes.txt'));
  if (classes !== null) {
    const names = classes.split('\n').map((line) => line.trim());
    while (names.at(-1) === '') names.pop();
    return names;
  }
  for (const name of ['data.yaml', 'data.yml', 'dataset.yaml']) {
    const text = await readText(path.join(root, name));
    if (text !== null) return parseNames(text, path.join(root, name));
  }
  throw new XunjieError(
    'bad_dataset',
    `${root} has neither classes.txt nor data.yaml: the classes need names`,
  );
}

/** `names:` is a list, or a map from the number to the name. */
function parseNames(text: string, file: string): string[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new XunjieError('bad_dataset', `${file}: ${toMessage(error).split('\n')[0]}`, { cause: error });
  }
  const names = (value as { names?: unknown } | null)?.names;
  if (typeof names !== 'object' || names === null)
    throw new XunjieError('bad_dataset', `${file}: "names" is missing; it lists the classes`);
  const entries = Object.entries(names);
  const ordered = entries.map(([key]) => Number(key));
  if (entries.length === 0 || ordered.some((key, i) => key !== i))
    throw new XunjieError('bad_dataset', `${file}: names: must number the classes 0, 1, 2 and so on`);
  return entries.map(([, name]) => String(name));
}

async function readText(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new XunjieError('file_not_found', `${file} cannot be read: ${toMessage(error)}`, { cause: error });
  }
}
