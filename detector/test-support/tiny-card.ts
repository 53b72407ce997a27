import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { hashFile } from '../hash-file.ts';
import type { ModelCard } from '../mod.ts';
import { type OnnxModel, writeOnnxFile } from './onnx-file.ts';
import { tinyEdge } from './tiny-models.ts';

/** Folder that lives as long as the test. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'xunjie-model-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Folder for a whole file's tests; the caller removes it. */
export async function makeSharedTestFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'xunjie-model-'));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Card of a tiny YOLOX with the labels car, person and teapot; the last has no class. */
export const tinyCard: Omit<ModelCard, 'sha256'> = {
  name: 'tiny',
  file: 'tiny.onnx',
  licence: 'Apache-2.0',
  head: 'yolox',
  input: {
    width: tinyEdge,
    height: tinyEdge,
    colour: 'bgr',
    scale: '0-255',
    padding: { value: 114, align: 'top-left' },
  },
  labels: ['car', 'person', 'teapot'],
  classMap: { car: 'car', person: 'person' },
  thresholds: { score: 0.1, nmsIou: 0.45 },
};

/** Writes weights and card into a folder; returns the card's path. */
export async function writeTinyModel(
  folder: string,
  model: OnnxModel,
  changes: Partial<ModelCard> = {},
): Promise<string> {
  const weightsPath = path.join(folder, 'tiny.onnx');
  await writeOnnxFile(weightsPath, model);
  const card: ModelCard = { ...tinyCard, sha256: await hashFile(weightsPath), ...changes };
  const cardPath = path.join(folder, 'tiny.json');
  await writeFile(cardPath, JSON.stringify(card));
  return cardPath;
}

export const quietLogger = { info() {}, warn() {}, error() {} };
