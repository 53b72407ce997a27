import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Scene, XunjieError } from '../../domain/mod.ts';
import { loadScene } from '../config/scene-file.ts';
import type { SceneOf } from './fold-log.ts';

/** The scenes of one side of a trial. */
export interface SceneSet {
  readonly sceneOf: SceneOf;
  readonly all: readonly Scene[];
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
  if (!status.isDirectory()) {
    const scene = await loadScene(where);
    return { sceneOf: () => scene, all: [scene] };
  }
  const all = (await readdir(where)).filter((name) => yamlName.test(name)).toSorted();
  const named = all.filter((name) => sceneName.test(name));
  const scenes = new Map<string, Scene>();
  for (const name of named.length > 0 ? named : all)
    scenes.set(
      name.replace(named.length > 0 ? sceneName : yamlName, ''),
      await loadScene(path.join(where, name)),
    );
  if (scenes.size === 0)
    throw new XunjieError('file_not_found', `${where}: no scene files; name them <camera>.yaml`);
  return toSceneSet(scenes);
}

export function toSceneSet(scenes: ReadonlyMap<string, Scene>): SceneSet {
  return { sceneOf: (camera) => scenes.get(camera) ?? null, all: [...scenes.values()] };
}
