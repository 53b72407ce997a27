import { afterEach, expect, test } from 'vitest';
import type { CameraHealth } from '../../domain/mod.ts';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { mayReadMetrics } from './may-read-metrics.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import { openMetricsServer } from './metrics-server.ts';

let opened: Metrics | null = null;

afterEach(() => {
  opened?.close();
  opened = null;
});

function open(): Metrics {
  opened = openMetrics();
  return opened;
}

test('a camera has its counts, its state and its view, in base units; an unknown has no line; a removed camera has none', async () => {
  const metrics = open();
  let cameras: CameraHealth[] = [
    makeCameraHealth({
      camera: 'cam-01',
      framesSampled: 12,
      keyframeGapMs: 2000,
      view: { problem: 'moved', reason: 'moved 6 % right', sinceMs: 1 },
    }),
    makeCameraHealth({ camera: 'cam-02', state: 'down' }),
  ];
  metrics.setCameras(() => cameras);
  const lines = (await metrics.render()).split('\n');
  for (const line of [
    'xunjie_camera_frames_sampled_total{camera="cam-01"} 12',
    'xunjie_camera_keyframe_gap_seconds{camera="cam-01"} 2',
    'xunjie_camera_state{camera="cam-01",state="live"} 1',
    'xunjie_camera_state{camera="cam-02",state="live"} 0',
    'xunjie_camera_state{camera="cam-02",state="down"} 1',
    'xunjie_camera_view_problem{camera="cam-01",problem="moved"} 1',
    'xunjie_camera_view_problem{camera="cam-01",problem="black"} 0',
    'xunjie_camera_view_problem{camera="cam-02",problem="moved"} 0',
    '# TYPE xunjie_camera_frames_sampled_total counter',
  ])
    expect(lines).toContain(line);
  expect(
    lines.filter((line) => line.startsWith('xunjie_camera_keyframe_gap_seconds{camera="cam-02"')),
  ).toEqual([]);

  cameras = cameras.slice(1);
  const later = await metrics.render();
  expect(later).not.toContain('cam-01');
  expect(later).toContain('cam-02');
});

test('a counter asked for twice does not count twice', async () => {
  const metrics = open();
  metrics.setCameras(() => [makeCameraHealth({ camera: 'cam-01', restarts: 3 })]);
  await metrics.render();
  expect(await metrics.render()).toContain('xunjie_camera_restarts_total{camera="cam-01"} 3\n');
});

test('every name has the house prefix and every metric its help', async () => {
  const metrics = open();
  metrics.setCameras(() => [makeCameraHealth({})]);
  metrics.setDetector(() => ({
    provider: 'cpu',
    workers: 2,
    workersWanted: 2,
    restarts: 0,
    running: 1,
    waiting: 3,
    waitingBytes: 100,
    offered: 10,
    done: 5,
    failed: 1,
    superseded: 0,
    overLimit: 0,
    batches: 5,
    prepareMs: 10,
    inferMs: 2000,
    decodeMs: 5,
  }));
  metrics.setRules(() => ({
    cameras: 3,
    shards: 64,
    shardsWanted: 64,
    lagMessages: 7,
    lagSeconds: 1.5,
    batches: 100,
    passedOver: { unreadable: 1, failed: 0, expired: 40 },
    events: { raised: 2, ended: 1 },
    suppressed: { duplicate: 4 },
    leftOut: 0,
    checkpoints: 9,
    checkpointBytes: 20_000,
    checkpointFailures: 0,
    foldCounters: { lateBatches: 5, suppressedCap: 2 },
  }));
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '');
  for (const line of [
    'xunjie_rules_lag_seconds 1.5',
    'xunjie_rules_passed_over_total{reason="expired"} 40',
    'xunjie_rules_events_total{type="raised"} 2',
    'xunjie_rules_suppressed_total{reason="duplicate"} 4',
    'xunjie_rules_fold_total{what="late_batches"} 5',
    'xunjie_rules_fold_total{what="suppressed_cap"} 2',
  ])
    expect(lines).toContain(line);
  expect(lines).toContain('xunjie_detector_seconds_total{stage="infer"} 2');
  expect(lines).toContain('xunjie_detector_pictures_waiting 3');
  const helped = new Set(lines.flatMap((line) => /^# HELP (\S+) \S/.exec(line)?.[1] ?? []));
  const names = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/[{ ]/)[0] ?? '');
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) {
    expect(name).toMatch(/^xunjie_/);
    expect(helped).toContain(name);
  }
  const lag = lines.filter((line) => line.startsWith('xunjie_event_loop_lag_seconds{'));
  expect(lag.map((line) => /quantile="(.+)"/.exec(line)?.[1])).toEqual(['0.5', '0.99']);
});

test.each([
  ['127.0.0.1', undefined, null, true],
  ['::1', undefined, 'secret', true],
  ['::ffff:127.0.0.1', undefined, null, true],
  ['10.1.2.3', undefined, null, false],
  ['10.1.2.3', undefined, 'secret', false],
  ['10.1.2.3', 'Bearer secret', 'secret', true],
  ['10.1.2.3', 'Bearer secrets', 'secret', false],
  ['10.1.2.3', 'Basic secret', 'secret', false],
  ['10.1.2.3', 'Bearer secret', null, false],
  ['127.0.0.1', 'Bearer wrong', 'secret', false],
  ['1270.0.0.1', undefined, null, false],
])('a caller from %s with %s where the token is %s: %s', (ip, authorization, token, isAllowed) => {
  expect(mayReadMetrics({ ip, authorization }, token)).toBe(isAllowed);
});

test('the listener serves the metrics and nothing else, and a port in use is named', async () => {
  const metrics = open();
  const server = await openMetricsServer({ host: '127.0.0.1', port: 0, metrics, token: null });
  try {
    const reply = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    expect(await reply.text()).toContain('xunjie_process_resident_memory_bytes ');
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
    await expect(
      openMetricsServer({ host: '127.0.0.1', port: server.port, metrics, token: null }),
    ).rejects.toMatchObject({ code: 'port_in_use' });
  } finally {
    await server.close();
  }
});
