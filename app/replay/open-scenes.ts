import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Scene, XunjieError } from '../../domain/mod.ts';
import { loadScene } from '../config/scene-file.ts';
import type { SceneOf } from './fold-log.ts';

/** The scenes of one side of a trial, as plain data: one for all cameras, or one for each. */
export interface SceneSet {
  readonly common: Scene | null;
  readonly byCamera: Readonly<Record<string, Scene>>;
}

export function toSceneOf({ common, byCamera }: SceneSet): SceneOf {
  return (camera) => (Object.hasOwn(byCamera, camera) ? (byCamera[camera] ?? null) : common);
}

export function listScenes({ common, byCamera }: SceneSet): Scene[] {
  return [...(common === null ? [] : [common]), ...Object.values(byCamera)];
}

const sceneName = /\.scene\.ya?ml$/;
const yamlName = /\.ya?ml$/;

/**
 * Scenes to try: one file for all cameras, or a folder with `<camera>.yaml` for each (where some are called `<camera>.scene.yaml`, those
 * alone). Throws as `loadScene` does, and `file_not_found`.
 */
export async function openScenes(where: string): Promise<SceneSet> {
  const status = await stat(where).catch(() => null);
  if (status === null) throw new XunjieError('file_not_found', `${where}: no such scene file or folder`);
  if (!status.isDirectory()) return { common: await loadScene(where), byCamera: {} };
  const all = (await readdir(where)).filter((name) => yamlName.test(name)).toSorted();
  const named = all.filter((name) => sceneName.test(name));
  const byCamera: Record<string, Scene> = {};
  for (const name of named.length > 0 ? named : all)
    byCamera[name.replace(named.length > 0 ? sceneName : yamlName, '')] = await loadScene(
      path.join(where, name),
    );
  if (Object.keys(byCamera).length === 0)
    throw new XunjieError('file_not_found', `${where}: no scene files; name them <camera>.yaml`);
  return { common: null, byCamera };
}
