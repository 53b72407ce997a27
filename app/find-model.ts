import { access } from 'node:fs/promises';
import path from 'node:path';
import { loadModel, type Model } from '../detector/mod.ts';
import { XunjieError } from '../domain/mod.ts';
import { findDefaultModel, findInstalled, type ModelFolders } from '../models/mod.ts';
import { projectRoot } from './project-root.ts';

export function toModelsDir(dataDir: string): string {
  return path.join(dataDir, 'models');
}

export function toModelFolders(dataDir: string): ModelFolders {
  return { added: toModelsDir(dataDir), bundled: path.join(projectRoot, 'models') };
}

export const howToAddModel = 'add one with: npx xunjie models add FILE.onnx (a YOLOX export, for example)';

/** In place of a model: cameras with recorded detections use those, and no others can run. */
const noModel = 'none';

/** What the environment asks for, or `null`. */
export function readAskedModel(): string | null {
  return process.env['XUNJIE_MODEL']?.trim() || null;
}

/**
 * The model asked for (a file, or the name of an installed one), else the one of `models set-default`, else the bundled
 * one, else the first installed, else `null`; `null` too when asked for `none`.
 */
export async function findModel(asked: string | null, dataDir: string): Promise<Model | null> {
  const folders = toModelFolders(dataDir);
  if (asked === noModel) return null;
  if (asked !== null) return loadNamed(asked, folders);
  const card = await findDefaultModel(folders);
  return card === null ? null : loadModel(card);
}

/** Loads a model by file or by name; a name has no slash and no ending of a model's file. */
export async function loadNamed(asked: string, folders: ModelFolders): Promise<Model> {
  const isName = !/[/\\]/.test(asked) && !/\.(?:json|onnx)$/i.test(asked);
  if (!isName) return loadModel(asked);
  // A file of that name, whatever it is, has its own message.
  const isFile = await access(asked).then(
    () => true,
    () => false,
  );
  if (isFile) return loadModel(asked);
  return loadModel((await findInstalled(asked, folders)).cardPath);
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
