import path from 'node:path';
import Type, { type Static } from 'typebox';
import {
  cameraIdPattern,
  findSchemaIssues,
  type Scene,
  type SchemaIssue,
  XunjieError,
} from '../../domain/mod.ts';
import { readYamlFile, redact } from '../../platform/mod.ts';
import { loadScene } from './scene-file.ts';

const CameraEntry = Type.Object(
  {
    id: Type.String({ pattern: cameraIdPattern, description: 'Name used in subjects, paths and links' }),
    name: Type.Optional(Type.String({ maxLength: 200, description: 'What people read; default: the id' })),
    source: Type.String({
      minLength: 1,
      description: 'rtsp:// or rtsps:// URL, or the path of a video file (relative to this file)',
    }),
    realTime: Type.Optional(
      Type.Boolean({ description: "Files: no faster than the clip's own clock; default false" }),
    ),
    scene: Type.String({ minLength: 1, description: 'Scene file (relative to this file)' }),
    recordedDetections: Type.Optional(
      Type.String({ description: 'Files: detections to use when no model is installed (JSON lines)' }),
    ),
  },
  { additionalProperties: false },
);

const ProgramFile = Type.Object(
  {
    cameras: Type.Array(CameraEntry, { minItems: 1 }),
    model: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Model card or ONNX file; default: the installed default model',
      }),
    ),
    http: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(
            Type.String({ minLength: 1, description: 'Address to listen on; default 127.0.0.1' }),
          ),
          port: Type.Optional(
            Type.Integer({ minimum: 0, maximum: 65_535, description: 'Default 8080; 0 takes a free one' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, description: 'Xunjie program configuration' },
);

export type SourceConfig =
  | { readonly kind: 'rtsp'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string; readonly realTime: boolean };

export interface CameraConfig {
  readonly id: string;
  readonly name: string;
  readonly source: SourceConfig;
  readonly scene: Scene;
  readonly recordedDetectionsFile: string | null;
  /** A demo stream that was played to its end in an earlier run. */
  readonly finished?: boolean;
}

export interface ProgramConfig {
  readonly cameras: readonly CameraConfig[];
  readonly modelFile: string | null;
  readonly host: string;
  readonly port: number;
}

export const defaultHost = '127.0.0.1';
export const defaultPort = 8080;

/** Reads `xunjie.yaml` with its scenes. Throws as `file:line:column: field: what`. */
export async function loadProgramConfig(file: string): Promise<ProgramConfig> {
  const yaml = await readYamlFile(file);
  const issues = findSchemaIssues(ProgramFile, yaml.value);
  if (issues.length > 0) return yaml.refuse('bad_config', issues);
  const value = yaml.value as Static<typeof ProgramFile>;
  const base = path.dirname(path.resolve(file));
  const semantic = findCameraIssues(value.cameras);
  if (semantic.length > 0) return yaml.refuse('bad_config', semantic);
  const cameras = await Promise.all(
    value.cameras.map(
      async (entry): Promise<CameraConfig> => ({
        id: entry.id,
        name: entry.name ?? entry.id,
        source: toSource(entry, base),
        scene: await loadScene(path.resolve(base, entry.scene)),
        recordedDetectionsFile:
          entry.recordedDetections === undefined ? null : path.resolve(base, entry.recordedDetections),
      }),
    ),
  );
  return {
    cameras,
    modelFile: value.model === undefined ? null : path.resolve(base, value.model),
    host: value.http?.host ?? defaultHost,
    port: value.http?.port ?? defaultPort,
  };
}

function findCameraIssues(entries: readonly Static<typeof CameraEntry>[]): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (seen.has(entry.id))
      issues.push({ path: ['cameras', index, 'id'], message: `two cameras are called "${entry.id}"` });
    seen.add(entry.id);
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(entry.source)?.[1]?.toLowerCase();
    if (scheme !== undefined && scheme !== 'rtsp' && scheme !== 'rtsps')
      issues.push({
        path: ['cameras', index, 'source'],
        message: `"${redact(entry.source)}": ${scheme}:// is no source; use rtsp://, rtsps:// or a file`,
      });
    else if (scheme !== undefined && !URL.canParse(entry.source))
      issues.push({ path: ['cameras', index, 'source'], message: `"${redact(entry.source)}" is no URL` });
  }
  return issues;
}

function toSource(entry: Static<typeof CameraEntry>, base: string): SourceConfig {
  if (/^rtsps?:\/\//i.test(entry.source)) return { kind: 'rtsp', url: entry.source };
  return { kind: 'file', path: path.resolve(base, entry.source), realTime: entry.realTime ?? false };
}

/** The roles of `--roles a,b`. */
export const roleNames = ['camera', 'rules', 'console'] as const;
export type RoleName = (typeof roleNames)[number];

export function parseRoles(text: string): RoleName[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names)
    if (!(roleNames as readonly string[]).includes(name))
      throw new XunjieError('bad_argument', `--roles: "${name}" is no role; known: ${roleNames.join(', ')}`);
  return [...new Set(names)] as RoleName[];
}
