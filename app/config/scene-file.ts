import { createHash } from 'node:crypto';
import imported from 'canonicalize';
import { resolveScene, type Scene } from '../../domain/mod.ts';
import { readYamlFile } from '../../platform/mod.ts';

// Its types describe an ES module, the package is CommonJS: what arrives is the function itself.
const canonicalize = imported as unknown as (value: unknown) => string;

/**
 * Reads a scene file. Throws `bad_yaml` or `bad_scene` as `file:line:column: …`. Unless it names its version, that is a hash
 * of its content: neither comments nor the order of fields change it, everything else does.
 */
export async function loadScene(file: string): Promise<Scene> {
  const yaml = await readYamlFile(file);
  const { scene, issues } = resolveScene(yaml.value, '');
  if (scene === null) return yaml.refuse('bad_scene', issues);
  return scene.version === '' ? { ...scene, version: toContentHash(yaml.value) } : scene;
}

function toContentHash(value: unknown): string {
  return createHash('sha256').update(canonicalize(value)).digest('hex').slice(0, 12);
}
