import path from 'node:path';
import Type, { type Static } from 'typebox';
import type { CaseSettings, ReviewSettings, RosterSettings } from '../../api/mod.ts';
import { findSchemaIssues, type Scene, type SchemaIssue, XunjieError } from '../../domain/mod.ts';
import { findBadNetwork, readYamlFile } from '../../platform/mod.ts';
import { type AuthConfig, AuthEntry, findAuthIssues, toAuthConfig } from './auth-entry.ts';
import {
  CameraEntry,
  findEntryIssues,
  findEntryNotes,
  type RecordingConfig,
  type SourceConfig,
  toRecording,
  toSourceConfig,
} from './camera-entry.ts';
import { CasesEntry, findCaseIssues, toCaseSettings } from './case-settings.ts';
import { DetectorEntry, type DetectorSettings } from './detector-settings.ts';
import { EvidenceEntry, type EvidenceSettings, toEvidenceSettings } from './evidence-settings.ts';
import { findReviewIssues, ReviewEntry, toReviewSettings } from './review-settings.ts';
import { RosterEntry } from './roster-settings.ts';
import { loadScene } from './scene-file.ts';

const ProgramFile = Type.Object(
  {
    cameras: Type.Array(CameraEntry, { minItems: 1 }),
    model: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Model card or ONNX file, or the name of an installed model; default: the one marked in models list',
      }),
    ),
    detector: Type.Optional(DetectorEntry),
    evidence: Type.Optional(EvidenceEntry),
    auth: Type.Optional(AuthEntry),
    network: Type.Optional(
      Type.Object(
        {
          cameras: Type.Array(Type.String(), {
            minItems: 1,
            description: 'The only networks that cameras may be in: 10.20.0.0/16',
          }),
        },
        { additionalProperties: false },
      ),
    ),
    review: Type.Optional(ReviewEntry),
    roster: Type.Optional(RosterEntry),
    cases: Type.Optional(CasesEntry),
    metrics: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(
            Type.String({ minLength: 1, description: 'Address to listen on; default 127.0.0.1' }),
          ),
          port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0 takes a free one' }),
        },
        {
          additionalProperties: false,
          description:
            'Metrics of a process without a console (a console serves them at /metrics); default: none',
        },
      ),
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

export interface CameraConfig {
  readonly id: string;
  readonly name: string;
  readonly source: SourceConfig;
  readonly scene: Scene;
  /** Live cameras; default `defaultRecording`. */
  readonly recording?: RecordingConfig;
  readonly recordedDetectionsFile: string | null;
  /** A demo stream that was played to its end in an earlier run. */
  readonly finished?: boolean;
}

export interface ProgramConfig {
  readonly cameras: readonly CameraConfig[];
  readonly modelFile: string | null;
  readonly detector: DetectorSettings;
  readonly evidence: EvidenceSettings;
  readonly auth: AuthConfig;
  /** Where they differ from the default. */
  readonly review: Partial<ReviewSettings>;
  readonly roster: Partial<RosterSettings>;
  readonly cases: Partial<CaseSettings>;
  readonly host: string;
  readonly port: number;
  readonly metricsAddress: { readonly host: string; readonly port: number } | null;
  /** What was understood though it was not written plainly, as `file:line:column: field: how`. */
  readonly notes: readonly string[];
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
  const semantic = [
    ...findCameraIssues(value.cameras, base, (...at) => yaml.readComment(['cameras', ...at])),
    ...findAuthIssues(value.auth ?? {}),
    ...findReviewIssues(value.review),
    ...findCaseIssues(value.cases),
    ...findNetworkIssues(value.network?.cameras ?? []),
  ];
  if (semantic.length > 0) return yaml.refuse('bad_config', semantic);
  const cameras = await Promise.all(
    value.cameras.map(
      async (entry): Promise<CameraConfig> => ({
        id: entry.id,
        name: entry.name ?? entry.id,
        source: toSourceConfig(entry, base, value.network?.cameras),
        recording: toRecording(entry, base),
        scene: await loadScene(path.resolve(base, entry.scene)),
        recordedDetectionsFile:
          entry.recordedDetections === undefined ? null : path.resolve(base, entry.recordedDetections),
      }),
    ),
  );
  return {
    cameras,
    modelFile: value.model === undefined ? null : toModelPath(base, value.model),
    detector: value.detector ?? {},
    evidence: toEvidenceSettings(value.evidence, base),
    auth: toAuthConfig(value.auth),
    review: toReviewSettings(value.review),
    roster: value.roster ?? {},
    cases: toCaseSettings(value.cases),
    host: value.http?.host ?? defaultHost,
    port: value.http?.port ?? defaultPort,
    metricsAddress:
      value.metrics === undefined
        ? null
        : { host: value.metrics.host ?? defaultHost, port: value.metrics.port },
    notes: yaml.describe(
      value.cameras.flatMap((entry, index) =>
        findEntryNotes(entry).map(({ path: field, message }) => ({
          path: ['cameras', index, ...field],
          message,
        })),
      ),
    ),
  };
}

function findCameraIssues(
  entries: readonly CameraEntry[],
  base: string,
  readComment: (index: number, field: string) => string,
): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const ids = new Set<string>();
  const dirs = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (ids.has(entry.id))
      issues.push({ path: ['cameras', index, 'id'], message: `two cameras are called "${entry.id}"` });
    ids.add(entry.id);
    for (const { path: field, message } of findEntryIssues(entry, base, (name) => readComment(index, name)))
      issues.push({ path: ['cameras', index, ...field], message });
    const { dir } = toRecording(entry, base);
    if (dir !== null && dirs.has(dir))
      issues.push({
        path: ['cameras', index, 'recording', 'dir'],
        message: `two cameras record to ${entry.recording?.dir}`,
      });
    if (dir !== null) dirs.add(dir);
  }
  return issues;
}

function findNetworkIssues(networks: readonly string[]): SchemaIssue[] {
  const bad = findBadNetwork(networks);
  if (bad === null) return [];
  return [
    {
      path: ['network', 'cameras', networks.indexOf(bad)],
      message: `"${bad}" is no network such as 10.20.0.0/16`,
    },
  ];
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

/** A word without slash or ending is the name of an installed model. */
function toModelPath(base: string, model: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(model) && !/\.(?:json|onnx)$/i.test(model)
    ? model
    : path.resolve(base, model);
}
