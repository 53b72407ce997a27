import type { Registry } from 'prom-client';
import { type CameraHealth, type CameraState, viewProblems } from '../../domain/mod.ts';
import { addCounter, addGauge, type Sample } from './read-at-scrape.ts';

const states: readonly CameraState[] = ['connecting', 'live', 'stalled', 'down', 'unauthorized', 'ended'];

/** A number of a camera's health, or `null` when there is none now. */
type Read = (health: CameraHealth) => number | null;

const counters: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['frames_sampled_total', 'Frames taken from the camera', ({ framesSampled }) => framesSampled],
  ['frames_dropped_total', 'Frames given up for newer ones', ({ framesDropped }) => framesDropped],
  ['restarts_total', 'Connections after the first', ({ restarts }) => restarts],
  ['time_jumps_total', "Jumps of the stream's time that were handled", ({ timeJumps }) => timeJumps],
  ['stream_errors_total', 'Complaints of the decoder', ({ streamErrors }) => streamErrors],
];

const gauges: readonly (readonly [name: string, help: string, read: Read])[] = [
  ['last_frame_age_seconds', 'Time since the last frame', ({ lastFrameAtMs }) => toAge(lastFrameAtMs)],
  ['report_age_seconds', 'Time since the last health report', ({ atMs }) => toAge(atMs)],
  ['keyframe_gap_seconds', 'Measured gap between keyframes', ({ keyframeGapMs }) => toSeconds(keyframeGapMs)],
  [
    'clock_error_seconds',
    "Declared bound of the capture clock's error",
    ({ clockErrorMs }) => toSeconds(clockErrorMs),
  ],
  [
    'decode_delay_seconds',
    'How much later pictures come because of B-frames',
    ({ decodeDelayMs }) => toSeconds(decodeDelayMs),
  ],
  [
    'sample_gap_seconds',
    'Gap between analysed samples lately',
    ({ sampling }) => toSeconds(sampling?.achievedGapMs ?? null),
  ],
  [
    'sample_gap_limit_seconds',
    "Longest gap that the camera's rules allow",
    ({ sampling }) => toSeconds(sampling?.floorGapMs ?? null),
  ],
  [
    'starved',
    '1: samples have been further apart than the rules allow',
    ({ sampling }) => (sampling?.isStarved ? 1 : 0),
  ],
];

/** `xunjie_camera_*`, with the label `camera`; what is not known of a camera has no line. */
export function registerCameraMetrics(registry: Registry, list: () => Iterable<CameraHealth>): void {
  const readAll = (read: Read) =>
    function* (): Iterable<Sample<'camera'>> {
      for (const health of list()) {
        const value = read(health);
        if (value !== null) yield { labels: { camera: health.camera }, value };
      }
    };
  for (const [name, help, read] of counters)
    addCounter(registry, { name: `xunjie_camera_${name}`, help, labels: ['camera'], read: readAll(read) });
  for (const [name, help, read] of gauges)
    addGauge(registry, { name: `xunjie_camera_${name}`, help, labels: ['camera'], read: readAll(read) });
  addGauge(registry, {
    name: 'xunjie_camera_state',
    help: '1 for the state that the camera is in, 0 for the others',
    labels: ['camera', 'state'],
    *read() {
      for (const { camera, state } of list())
        for (const one of states) yield { labels: { camera, state: one }, value: one === state ? 1 : 0 };
    },
  });
  addGauge(registry, {
    name: 'xunjie_camera_view_problem',
    help: "1 for what is wrong with the camera's view, 0 for what is not",
    labels: ['camera', 'problem'],
    *read() {
      for (const { camera, view } of list())
        for (const problem of viewProblems)
          yield { labels: { camera, problem }, value: problem === view.problem ? 1 : 0 };
    },
  });
}

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function toAge(atMs: number | null): number | null {
  return atMs === null ? null : Math.max(0, Date.now() - atMs) / 1000;
}
