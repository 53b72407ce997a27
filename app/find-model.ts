import { access } from 'node:fs/promises';
import path from 'node:path';
import { loadModel, type Model } from '../detector/mod.ts';
import { XunjieError } from '../domain/mod.ts';
import { findDefaultModel } from '../models/mod.ts';
import { projectRoot } from './project-root.ts';

export function toModelsDir(dataDir: string): string {
  return path.join(dataDir, 'models');
}

export const howToAddModel = 'add one with: npx xunjie models add FILE.onnx (a YOLOX export, for example)';

/** The model asked for, else an installed one (data folder first, then the project's own), else `null`. */
export async function findModel(asked: string | null, dataDir: string): Promise<Model | null> {
  if (asked !== null) return loadModel(asked);
  for (const dir of [toModelsDir(dataDir), path.join(projectRoot, 'models')]) {
    const card = await findDefaultModel(dir);
    if (card !== null) return loadModel(card);
  }
  return null;
}

export async function requireModel(asked: string | null, dataDir: string): Promise<Model> {
  const model = await findModel(asked, dataDir);
  if (!model)
    throw new XunjieError(
      'model_missing',
      `no model is installed; name one with --model, or ${howToAddModel}`,
    );
  return model;
}

/** Weights that developers keep beside the checkout; used by the demo when nothing is installed. */
export async function findDeveloperWeights(): Promise<string | null> {
  const folder = process.env['XUNJIE_FIXTURES'] ?? path.join(projectRoot, '../shared/fixtures');
  const file = path.join(folder, 'weights/yolox_nano_416.onnx');
  return access(file).then(
    () => file,
    () => null,
  );
}
