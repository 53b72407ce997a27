import { copyFile, mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFile, readModelCard } from '../../detector/mod.ts';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { type AddedModel, addModel } from '../add-model.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { type DownloadOptions, downloadFile, toHost } from './download.ts';
import { dropPart, readPart } from './part-file.ts';
import { lockPull } from './pull-lock.ts';

export interface PullOptions
  extends Pick<DownloadOptions, 'onProgress' | 'silenceMs' | 'totalMs' | 'tries' | 'backoffMs'> {
  readonly entry: CatalogueEntry;
  readonly modelsDir: string;
  /** An inner mirror's address of the file, or `file:` with the file or a folder that has it. */
  readonly url?: string;
  /** Name here; default the catalogue's. */
  readonly name?: string;
}

/** `null`: it is there already, with the right hash. */
export type PullResult = AddedModel | null;

/**
 * Fetches a model of the catalogue and adds it as `models add` does. What was fetched before a break is gone on with.
 * @throws XunjieError `source_failed`, `model_hash_mismatch`, `data_folder_unwritable`, `conflict`, `bad_argument`, and what
 * `addModel` throws.
 */
export async function pullModel(options: PullOptions): Promise<PullResult> {
  const { entry, modelsDir, name = entry.name } = options;
  const source = options.url === undefined ? null : parseSource(options.url);
  if (await isThere(modelsDir, name, entry)) return null;
  const workDir = path.join(modelsDir, '.pull');
  await asDisk(workDir, () => mkdir(workDir, { recursive: true }));
  const lock = await lockPull(path.join(workDir, `${name}.lock`));
  const partPath = path.join(workDir, `${entry.sha256.slice(0, 16)}.part`);
  const weightsPath = path.resolve(modelsDir, `${name}.onnx`);
  try {
    await refuseFullDisk(modelsDir, entry, partPath);
    if (source?.file !== undefined) await copyIn(source.file, partPath, entry);
    else await fetchIn(options, source?.url ?? null, partPath);
    // In its place before the self-check, so that the bytes lie on the disk once.
    await asDisk(weightsPath, () => rename(partPath, weightsPath));
    await dropPart(partPath);
    try {
      return await addModel({
        file: weightsPath,
        modelsDir,
        name,
        wishes: { ...entry.wishes, licence: entry.licence },
        // Whoever served it, it is the published file: its hash says so.
        facts: { source: entry.urls[0] ?? '', notes: entry.notes },
      });
    } catch (error) {
      await rm(weightsPath, { force: true });
      throw error;
    }
  } finally {
    await lock.release();
  }
}

async function fetchIn(options: PullOptions, url: string | null, partPath: string): Promise<void> {
  const { entry, name = entry.name } = options;
  const urls = url === null ? entry.urls : [url];
  try {
    await downloadFile({ ...options, urls, partPath, bytes: entry.bytes, sha256: entry.sha256 });
  } catch (error) {
    if (!(error instanceof XunjieError) || error.code !== 'source_failed') throw error;
    throw new XunjieError('source_failed', `${name}: ${error.message}. ${adviseByHand(entry)}`, {
      cause: error,
    });
  }
}

/** What to do where the host cannot be reached. */
function adviseByHand(entry: CatalogueEntry): string {
  const [url = ''] = entry.urls;
  return `Without a way to ${toHost(url)}: fetch ${url} elsewhere (${entry.bytes} bytes, SHA-256 ${entry.sha256}), bring the file here, and run: npx xunjie models pull ${entry.name} --url file:/path/of/the/file (or models add FILE)`;
}

interface Source {
  readonly url: string;
  readonly file?: string;
}

function parseSource(text: string): Source {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new XunjieError('bad_argument', `--url ${text}: expected https://, http:// or file:`);
  }
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      if (url.username !== '' || url.password !== '')
        throw new XunjieError('bad_argument', '--url: no user or password in it, please');
      return { url: text };
    case 'file:':
      return { url: text, file: toPath(url, text) };
    default:
      throw new XunjieError('bad_argument', `--url ${text}: expected https://, http:// or file:`);
  }
}

function toPath(url: URL, text: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new XunjieError('bad_argument', `--url ${text}: ${toMessage(error)}`, { cause: error });
  }
}

/** The file itself, or the one in a folder that has the size and the hash, whatever it is called. */
async function copyIn(asked: string, partPath: string, entry: CatalogueEntry): Promise<void> {
  const facts = await stat(asked).catch(() => null);
  if (facts === null) throw new XunjieError('model_missing', `--url: no file at ${asked}`);
  const names = [path.basename(entry.urls[0] ?? ''), `${entry.name}.onnx`];
  const files = facts.isDirectory() ? names.map((each) => path.join(asked, each)) : [asked];
  for (const file of files) {
    const size = await stat(file).then(
      (each) => each.size,
      () => null,
    );
    if (size === null) continue;
    const found = await hashFile(file);
    if (found !== entry.sha256)
      throw new XunjieError(
        'model_hash_mismatch',
        `${file} is not ${entry.name}: ${size} bytes with SHA-256 ${found}, expected ${entry.bytes} with ${entry.sha256}`,
      );
    await asDisk(partPath, () => copyFile(file, partPath));
    return;
  }
  throw new XunjieError('model_missing', `${asked} has neither ${names.join(' nor ')}`);
}

async function isThere(modelsDir: string, name: string, entry: CatalogueEntry): Promise<boolean> {
  const cardPath = path.join(modelsDir, `${name}.json`);
  if ((await stat(cardPath).catch(() => null)) === null) return false;
  const card = await readModelCard(cardPath).catch(() => null);
  const weights = path.join(modelsDir, card?.file ?? `${name}.onnx`);
  if ((await hashFile(weights).catch(() => null)) === entry.sha256) return true;
  throw new XunjieError(
    'conflict',
    `there is another model ${name} already (${cardPath}); choose a name for this one with --name`,
  );
}

async function refuseFullDisk(modelsDir: string, entry: CatalogueEntry, partPath: string): Promise<void> {
  const { bavail, bsize } = await statfs(modelsDir);
  const needed = entry.bytes - (await readPart(partPath)).bytes;
  if (bavail * bsize < needed)
    throw new XunjieError(
      'data_folder_unwritable',
      `${modelsDir}: the disk has ${Math.floor((bavail * bsize) / 1e6)} MB free, ${entry.name} needs ${Math.ceil(needed / 1e6)} MB more`,
    );
}

async function asDisk(target: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new XunjieError(
      'data_folder_unwritable',
      `${target} cannot be written: ${isFull ? 'the disk is full' : toMessage(error)}`,
      { cause: error },
    );
  }
}
