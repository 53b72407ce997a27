import type { Scene } from '../../../domain/mod.ts';
import type { KeyValue } from '../../../platform/mod.ts';

/** A camera's scene and when it was put, by the server's clock; `null`: it was taken away then. */
export interface SceneChange {
  readonly scene: Scene | null;
  readonly atMs: number;
}

/** All scenes as they are now. */
export interface SceneTable {
  get(camera: string): SceneChange | null;
  /** Those that have one. */
  list(): ReadonlyMap<string, Scene>;
  stop(): Promise<void>;
}

/** Reads all scenes, then calls `onChange` for each that changes. */
export async function openSceneTable(
  table: KeyValue<Scene>,
  onChange: (camera: string, change: SceneChange) => void,
): Promise<SceneTable> {
  const changes = new Map<string, SceneChange>();
  const scenes = new Map<string, Scene>();
  const set = (camera: string, scene: Scene | null, atMs: number): void => {
    changes.set(camera, { scene, atMs });
    if (scene === null) scenes.delete(camera);
    else scenes.set(camera, scene);
  };
  let isOpen = false;
  const watching = await table.watch((camera, scene, atMs) => {
    const known = changes.get(camera);
    if (known?.atMs === atMs && isSameScene(known.scene, scene)) return;
    set(camera, scene, atMs);
    if (isOpen) onChange(camera, { scene, atMs });
  });
  isOpen = true;
  return { get: (camera) => changes.get(camera) ?? null, list: () => scenes, stop: () => watching.stop() };
}

export function isSameScene(one: Scene | null, other: Scene | null): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
