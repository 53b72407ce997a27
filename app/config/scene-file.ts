import { createHash } from 'node:crypto';
import imported from 'canonicalize';
import { resolveScene, type Scene, type SchemaIssue } from '../../domain/mod.ts';
import { readYamlFile, type YamlFile } from '../../platform/mod.ts';

// Its types describe an ES module, the package is CommonJS: what arrives is the function itself.
const canonicalize = imported as unknown as (value: unknown) => string;

/**
 * Reads a scene file. Throws `bad_yaml` or `bad_scene` as `file:line:column: …`. Unless it names its version, that is a hash
 * of its content: neither comments nor the order of fields change it, everything else does.
 */
export async function loadScene(file: string): Promise<Scene> {
  const yaml = await readYamlFile(file);
  const { scene, issues } = toScene(yaml);
  return scene ?? yaml.refuse('bad_scene', issues);
}

/** As `loadScene`, with all that is wrong as lines. Throws `bad_yaml` where the file is no YAML. */
export async function checkSceneFile(
  file: string,
): Promise<{ scene: Scene; problems: [] } | { scene: null; problems: string[] }> {
  const yaml = await readYamlFile(file);
  const { scene, issues } = toScene(yaml);
  return scene === null ? { scene, problems: yaml.describe(issues) } : { scene, problems: [] };
}

function toScene({ value }: YamlFile): { scene: Scene; issues: [] } | { scene: null; issues: SchemaIssue[] } {
  const resolved = resolveScene(value, '');
  if (resolved.scene === null || resolved.scene.version !== '') return resolved;
  return { scene: { ...resolved.scene, version: toContentHash(value) }, issues: [] };
}

function toContentHash(value: unknown): string {
  const { $schema: _, ...content } = value as { $schema?: unknown };
  return createHash('sha256').update(canonicalize(content)).digest('hex').slice(0, 12);
}
