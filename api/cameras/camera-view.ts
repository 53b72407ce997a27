import { type Static, Type } from 'typebox';
import { type AttestationItem, attestationItems, toZonedIso, viewProblems } from '../../domain/mod.ts';
import type { Row } from '../database/tables.ts';
import { IsoTime, Nullable } from '../http/schema.ts';

const ViewHealthView = Type.Object(
  {
    problem: Nullable(
      Type.Enum([...viewProblems], { description: 'null: nothing is wrong, or nothing is known yet' }),
    ),
    reason: Type.String({ description: 'What is wrong, in words and numbers; empty while nothing is' }),
    since: Nullable(IsoTime),
  },
  { description: "What the camera's pictures themselves say" },
);

const SamplingView = Type.Object(
  {
    achievedGapMs: Nullable(Type.Number({ description: 'Gap between analysed samples lately' })),
    floorGapMs: Type.Number({ description: "Longest gap that the camera's rules allow" }),
    isStarved: Type.Boolean({
      description: 'The gap has been longer than that for a while: short stays are missed',
    }),
    reason: Type.String(),
  },
  { description: 'Whether samples come as closely together as the rules need' },
);

/** A camera and its newest health; what is not known, or was not reported yet, is null. */
export const CameraView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: Nullable(Type.Enum(['connecting', 'live', 'stalled', 'down', 'unauthorized', 'ended'])),
  reason: Nullable(
    Type.String({
      description: 'What is wrong with the connection or the recording; empty while all is well',
    }),
  ),
  reportedAt: Nullable(IsoTime),
  lastFrameAt: Nullable(IsoTime),
  framesSampled: Nullable(Type.Number({ description: 'Since the camera process started' })),
  framesDropped: Nullable(Type.Number({ description: 'Sampled, but given up for newer ones' })),
  restarts: Nullable(Type.Number({ description: 'Connections after the first' })),
  keyframeGapMs: Nullable(Type.Number({ description: 'Measured' })),
  decode: Nullable(Type.Enum(['keyframes', 'all'], { description: 'Which pictures are decoded' })),
  codec: Nullable(Type.String()),
  width: Nullable(Type.Number({ description: 'Pixels of the full picture' })),
  height: Nullable(Type.Number()),
  clockSource: Nullable(
    Type.Enum(['rtcp', 'arrival', 'container', 'unknown'], { description: 'What capture times rest on' }),
  ),
  clockErrorMs: Nullable(Type.Number({ description: "Declared bound of the capture clock's error" })),
  decodeDelayMs: Nullable(Type.Number({ description: 'How much later a picture comes because of B-frames' })),
  timeJumps: Nullable(Type.Number({ description: "Jumps of the stream's time that were handled" })),
  streamErrors: Nullable(
    Type.Number({ description: 'Damaged or lost packets that the decoder complained of' }),
  ),
  view: Nullable(ViewHealthView),
  sampling: Nullable(SamplingView),
  evidenceEligible: Type.Boolean({ description: 'Whether its records may serve for a penalty' }),
  attestationsMissing: Type.Array(Type.Enum([...attestationItems])),
});

export function toCameraView(
  row: Row<'camera'>,
  missing: AttestationItem[],
  timeZone: string,
): Static<typeof CameraView> {
  const { health } = row;
  const toIso = (atMs: number | null): string | null => (atMs === null ? null : toZonedIso(atMs, timeZone));
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    reason: row.reason,
    reportedAt: toIso(row.health_at?.getTime() ?? null),
    lastFrameAt: toIso(row.last_frame_at?.getTime() ?? null),
    framesSampled: row.frames_sampled,
    framesDropped: health?.framesDropped ?? null,
    restarts: health?.restarts ?? null,
    keyframeGapMs: row.keyframe_gap_ms,
    decode: health?.decode ?? null,
    codec: health?.codec ?? null,
    width: health?.width ?? null,
    height: health?.height ?? null,
    clockSource: health?.clockSource ?? null,
    clockErrorMs: health?.clockErrorMs ?? null,
    decodeDelayMs: health?.decodeDelayMs ?? null,
    timeJumps: health?.timeJumps ?? null,
    streamErrors: health?.streamErrors ?? null,
    view:
      health === null
        ? null
        : { problem: health.view.problem, reason: health.view.reason, since: toIso(health.view.sinceMs) },
    sampling: health?.sampling ?? null,
    evidenceEligible: missing.length === 0,
    attestationsMissing: missing,
  };
}
