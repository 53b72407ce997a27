import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Dataset, ReadOptions, Truth } from './dataset.ts';
import { findJsonError } from './find-json-error.ts';
import { describeMissing, findPictures, refuseMissing } from './find-pictures.ts';
import { type InstancesFile, parseInstances } from './parse-instances.ts';

/**
 * Reads a dataset in COCO's layout: `instances*.json` in the folder or its `annotations/`, pictures in `images/`, in the
 * folder that the file's name names (`val2017/`), or beside. The annotation file itself may be given too.
 * @throws XunjieError `file_not_found`, `bad_dataset`.
 */
export async function readCocoDataset(source: string, options: ReadOptions): Promise<Dataset> {
  const { file, root } = await findInstances(source);
  const instances = parseInstances(await readJson(file), file);
  const folders = toPictureFolders(file, root);
  const listed = instances.images
    .toSorted((a, b) => (a.id < b.id ? -1 : 1)) // the reference evaluates in the order of ids
    .slice(0, options.limit ?? undefined);
  const files = await findPictures(
    listed.map((image) => image.fileName),
    folders,
  );
  const missing = listed.filter((_image, i) => files[i] === null).map((image) => image.fileName);
  refuseMissing(missing, listed.length, folders.join(', '), options.allowMissing);
  const present = listed.flatMap((image, i) => {
    const found = files[i];
    return typeof found === 'string' ? [{ image, file: found }] : [];
  });
  const notes: string[] = [];
  if (missing.length > 0) notes.push(`left out, missing ${describeMissing(missing, listed.length)}`);
  if (instances.annotations.some((each) => each.area === null))
    notes.push("annotations without an area: the box's own is used for small, medium and large");
  return {
    source: file,
    pictures: present.map(({ image, file: found }) => ({
      name: image.fileName,
      file: found,
      declared: image.declared,
    })),
    categories: instances.categories.map((category) => category.name),
    truths: toTruths(
      instances,
      present.map(({ image }) => image.id),
    ),
    notes,
  };
}

function toTruths(instances: InstancesFile, imageIds: readonly (string | number)[]): Truth[] {
  const pictureOf = new Map(imageIds.map((id, i) => [id, i]));
  const categoryOf = new Map(instances.categories.map(({ id }, i) => [id, i]));
  return instances.annotations.flatMap(({ imageId, categoryId, box, area, isCrowd }) => {
    const picture = pictureOf.get(imageId);
    const category = categoryOf.get(categoryId);
    if (picture === undefined || category === undefined) return [];
    return [{ picture, category, box, area: area ?? box[2] * box[3], isCrowd }];
  });
}

async function findInstances(source: string): Promise<{ file: string; root: string }> {
  const facts = await stat(source).catch((error: unknown) => {
    throw new XunjieError('file_not_found', `no dataset at ${source}: ${toReason(error)}`, { cause: error });
  });
  if (facts.isFile()) return { file: path.resolve(source), root: path.dirname(path.resolve(source)) };
  const root = path.resolve(source);
  for (const folder of [root, path.join(root, 'annotations')]) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => /^instances.*\.json$/.test(name));
    if (names.length > 1)
      throw new XunjieError(
        'bad_argument',
        `${folder} has ${names.length} annotation files (${names.toSorted().join(', ')}); name the one to use: --coco ${path.join(folder, names[0] ?? '')}`,
      );
    if (names[0] !== undefined) return { file: path.join(folder, names[0]), root };
  }
  throw new XunjieError(
    'bad_dataset',
    `${source} has no instances*.json, and neither has its folder annotations/`,
  );
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new XunjieError('file_not_found', `${file} cannot be read: ${toMessage(error)}`, { cause: error });
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new XunjieError(
      'bad_dataset',
      `${file}: not JSON, ${findJsonError(text) ?? 'somewhere'}: ${toMessage(error).replaceAll(/\s+/g, ' ')}`,
      { cause: error },
    );
  }
}

/** `annotations/instances_val2017.json` names `val2017/`. */
function toPictureFolders(file: string, root: string): string[] {
  const split = /^instances_(.+)\.json$/.exec(path.basename(file))?.[1];
  const beside = path.dirname(file);
  const roots = [
    ...new Set([root, beside, ...(path.basename(beside) === 'annotations' ? [path.dirname(beside)] : [])]),
  ];
  const inner = ['images', ...(split === undefined ? [] : [path.join('images', split), split]), '.'];
  return roots.flatMap((one) => inner.map((name) => path.join(one, name)));
}

function toReason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or folder' : toMessage(error);
}
