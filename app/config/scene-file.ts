import { createHash } from 'node:crypto';
import { resolveScene, type Scene } from '../../domain/mod.ts';
import { readYamlFile } from '../../platform/mod.ts';

/** Reads a scene file. Throws `bad_yaml` or `bad_scene` as `file:line:column: …`. Its version is a hash of its content unless it names one. */
export async function loadScene(file: string): Promise<Scene> {
  const yaml = await readYamlFile(file);
  const version = createHash('sha256')
    .update(JSON.stringify(yaml.value) ?? '')
    .digest('hex')
    .slice(0, 12);
  const { scene, issues } = resolveScene(yaml.value, version);
  return scene ?? yaml.refuse('bad_scene', issues);
}
