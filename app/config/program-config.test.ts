import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withProviderSecret } from './auth-entry.ts';
import { mergeDetectorSettings } from './detector-settings.ts';
import { loadProgramConfig, parseRoles } from './program-config.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-config-'));
  await writeFile(
    path.join(dir, 'scene.yaml'),
    'zones: {a: [[0,0],[1,0],[1,1]]}\nrules: [{offence: clutter, zone: a}]\n',
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function load(text: string) {
  const file = path.join(dir, 'xunjie.yaml');
  await writeFile(file, text);
  return loadProgramConfig(file);
}

test('cameras with their scenes; paths are relative to the file', async () => {
  const config = await load(`cameras:
  - {id: road, name: 港前路, source: "rtsp://u:p@10.0.0.1/s", scene: scene.yaml}
  - {id: clip, source: clips/a.mp4, realTime: true, scene: scene.yaml, recordedDetections: a.jsonl}
model: m/card.json
http: {port: 0}
detector: {providers: [cuda, cpu], workers: 3, batch: 4, batchWindowMs: 10}
`);
  expect(config.cameras.map(({ name, source }) => ({ name, source }))).toEqual([
    { name: '港前路', source: { kind: 'rtsp', url: 'rtsp://u:p@10.0.0.1/s' } },
    { name: 'clip', source: { kind: 'file', path: path.join(dir, 'clips/a.mp4'), realTime: true } },
  ]);
  expect(config.cameras[0]?.scene.rules[0]?.offence).toBe('clutter');
  expect(config.cameras[1]?.recordedDetectionsFile).toBe(path.join(dir, 'a.jsonl'));
  expect(config).toMatchObject({ modelFile: path.join(dir, 'm/card.json'), port: 0, host: '127.0.0.1' });
  expect(config.detector).toEqual({ providers: ['cuda', 'cpu'], workers: 3, batch: 4, batchWindowMs: 10 });
});

test("the command line's words come before the file's", () => {
  const settings = { providers: ['cuda', 'cpu'], workers: 3, threads: 2 } as const;
  expect(mergeDetectorSettings(settings, {})).toEqual(settings);
  expect(mergeDetectorSettings(settings, { provider: ['cpu'], workers: 1 })).toEqual({
    providers: ['cpu'],
    workers: 1,
    threads: 2,
  });
});

test('every kind of source', async () => {
  await mkdir(path.join(dir, 'stills'), { recursive: true });
  await writeFile(path.join(dir, 'cam.pem'), '');
  const config = await load(`cameras:
  - id: pair
    source: rtsp://u:p%40ss@10.0.0.1/sub
    evidenceSource: rtsps://u:p%40ss@10.0.0.1/main
    tls: { caFile: cam.pem }
    recording: { maxAge: 2h, maxBytes: 20GiB, dir: keep/pair }
    scene: scene.yaml
  - {id: udp, source: "rtsp://10.0.0.2/s", transport: udp, scene: scene.yaml}
  - {id: hls, source: "https://10.0.0.3/live.m3u8", tls: {verify: true}, scene: scene.yaml}
  - {id: stills, source: stills, times: t.csv, timeZone: Europe/Berlin, scene: scene.yaml}
`);
  const [pair, udp, hls, stills] = config.cameras;
  const caFile = path.join(dir, 'cam.pem');
  expect(pair?.source).toEqual({
    kind: 'rtsp',
    url: 'rtsp://u:p%40ss@10.0.0.1/sub',
    evidence: { kind: 'rtsp', url: 'rtsps://u:p%40ss@10.0.0.1/main', tls: { verify: true, caFile } },
  });
  expect(pair?.recording).toEqual({
    maxAgeMs: 7_200_000,
    maxBytes: 20 * 1024 ** 3,
    dir: path.join(dir, 'keep/pair'),
  });
  expect(udp?.source).toEqual({ kind: 'rtsp', url: 'rtsp://10.0.0.2/s', transport: 'udp' });
  expect(udp?.recording).toEqual({ maxAgeMs: 1_800_000, maxBytes: 1024 ** 3, dir: null });
  expect(hls?.source).toEqual({
    kind: 'http',
    url: 'https://10.0.0.3/live.m3u8',
    tls: { verify: true, caFile: null },
  });
  expect(stills?.source).toEqual({
    kind: 'stills',
    path: path.join(dir, 'stills'),
    timesFile: path.join(dir, 't.csv'),
    timeZone: 'Europe/Berlin',
  });
});

test.each<[string, string, RegExp]>([
  ['no cameras', 'cameras: []\n', /:1:1: cameras: needs at least 1 entries, has 0/],
  [
    'a name with a space',
    'cameras:\n  - {id: "a b", source: x.mp4, scene: scene.yaml}\n',
    /:2:6: cameras\[0\]\.id: must match/,
  ],
  [
    'two of one name',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\n  - {id: a, source: y.mp4, scene: scene.yaml}\n',
    /:3:6: cameras\[1\]\.id: two cameras are called "a"/,
  ],
  [
    'another scheme',
    'cameras:\n  - {id: a, source: "file:///etc/passwd", scene: scene.yaml}\n',
    /file:\/\/ is no source/,
  ],
  [
    'a password written as it is',
    'cameras:\n  - {id: a, source: "rtsp://u:1/2@10.0.0.1/s", scene: scene.yaml}\n',
    /:2:13: cameras\[0\]\.source: .* has an @ after its host; write special characters .*# %23/,
  ],
  [
    'a password that a comment cuts off',
    'cameras:\n  - id: a\n    source: rtsp://admin:12 #34@10.0.0.1/s\n    scene: scene.yaml\n',
    /:3:5: cameras\[0\]\.source: ends at a #, which begins a comment in YAML .*; put the address in quotes$/,
  ],
  [
    'the same in the last line of an entry',
    'cameras:\n  - id: a\n    scene: scene.yaml\n    source: rtsp://h/s\n    evidenceSource: rtsp://admin:1/2 #4@cam.local:554/s # the hall\n',
    /:5:5: cameras\[0\]\.evidenceSource: ends at a #/,
  ],
  [
    'UDP for what is encrypted',
    'cameras:\n  - id: a\n    source: rtsps://h/s\n    transport: udp\n    scene: scene.yaml\n',
    /:4:5: cameras\[0\]\.transport: rtsps:\/\/ comes over TCP/,
  ],
  [
    'an unknown transport',
    'cameras:\n  - {id: a, source: "rtsp://h/s", transport: sctp, scene: scene.yaml}\n',
    /cameras\[0\]\.transport: "sctp" is not one of tcp, udp/,
  ],
  [
    'a main stream of a file',
    'cameras:\n  - {id: a, source: x.mp4, evidenceSource: "rtsp://h/s", scene: scene.yaml}\n',
    /evidenceSource: is for cameras whose source and main stream are both URLs/,
  ],
  [
    'a certificate that is not there',
    'cameras:\n  - {id: a, source: "https://h/s", tls: {caFile: none.pem}, scene: scene.yaml}\n',
    /cameras\[0\]\.tls\.caFile: none\.pem: no such file/,
  ],
  [
    'a time zone that does not exist',
    'cameras:\n  - {id: a, source: stills, timeZone: Asia/Nowhere, scene: scene.yaml}\n',
    /timeZone: "Asia\/Nowhere" is no time zone/,
  ],
  [
    'times for a clip',
    'cameras:\n  - {id: a, source: x.mp4, times: t.csv, scene: scene.yaml}\n',
    /times: is for folders of stills alone/,
  ],
  [
    'a recording too short',
    'cameras:\n  - {id: a, source: "rtsp://h/s", recording: {maxAge: 5s}, scene: scene.yaml}\n',
    /recording\.maxAge: "5s" is too short/,
  ],
  [
    'no size',
    'cameras:\n  - {id: a, source: "rtsp://h/s", recording: {maxBytes: much}, scene: scene.yaml}\n',
    /recording\.maxBytes: "much" is no size such as 500MB or 2GiB/,
  ],
  ['no URL', 'cameras:\n  - {id: a, source: "rtsp://h:99999/", scene: scene.yaml}\n', /is no URL/],
  [
    'a camera at the address of metadata',
    'cameras:\n  - {id: a, source: "http://u:secret@169.254.169.254/x", scene: scene.yaml}\n',
    /:2:13: cameras\[0\]\.source: 169\.254\.169\.254 is at 169\.254\.169\.254, where no camera is/,
  ],
  [
    'a camera whose address can be read in two ways',
    'cameras:\n  - {id: a, source: "rtsp://0x7f.1/s", scene: scene.yaml}\n',
    /:2:13: cameras\[0\]\.source: 0x7f\.1: write an IP address as four decimal numbers/,
  ],
  [
    'a port out of range',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\nhttp: {port: 70000}\n',
    /:3:8: http\.port: must be <= 65535, not 70000/,
  ],
  [
    'a provider that is none',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\ndetector: {providers: [cuda, gpu]}\n',
    /:3:30: detector\.providers\[1\]: "gpu" is not one of cpu, cuda, tensorrt, openvino, coreml, dml, webgpu/,
  ],
  [
    'a batch window that is too long',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\ndetector: {batchWindowMs: 50}\n',
    /:3:12: detector\.batchWindowMs: must be <= 20, not 50/,
  ],
  [
    'a post that there is not',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\nauth: {secondFactor: [king]}\n',
    /:3:\d+: auth\.secondFactor\[0\]: "king" is not one of reviewer/,
  ],
  [
    'a login provider without encryption',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\nauth: {oidc: {issuer: "http://id.example.cn", clientId: x, publicUrl: "https://c.example.cn"}}\n',
    /:3:15: auth\.oidc\.issuer: must be https/,
  ],
  [
    'sessions that end after they have ended',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\nauth: {idle: 2h, longest: 1h}\n',
    /:3:8: auth\.idle: "2h" is longer than 1h/,
  ],
  [
    'a network that is none',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\nnetwork: {cameras: [10.0.0.0/8, 10.1/16]}\n',
    /:3:33: network\.cameras\[1\]: "10\.1\/16" is no network/,
  ],
  [
    'a scene that is not there',
    'cameras:\n  - {id: a, source: x.mp4, scene: none.yaml}\n',
    /none\.yaml: no such file/,
  ],
])('%s is refused', async (_name, text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});

test('how people come in, and where cameras may be', async () => {
  const config = await load(`cameras:
  - {id: road, source: "rtsp://10.0.0.1/s", scene: scene.yaml}
auth:
  idle: 10m
  secondFactor: [administrator]
  oidc: {issuer: "https://id.example.cn", clientId: xunjie, publicUrl: "https://console.example.cn"}
network: {cameras: [10.0.0.0/24]}
`);
  expect(config.cameras[0]?.source).toMatchObject({ networks: ['10.0.0.0/24'] });
  expect(config.auth).toMatchObject({ idleMs: 600_000, secondFactorPosts: ['administrator'] });
  const secret = withProviderSecret(config.auth, { OIDC_CLIENT_SECRET: 's' });
  expect(secret.provider).toMatchObject({
    clientSecret: 's',
    scopes: ['openid', 'profile'],
    employeeClaim: null,
  });
  expect(withProviderSecret(config.auth, {}).provider).toMatchObject({ clientSecret: null });
  expect(() => withProviderSecret({}, { OIDC_CLIENT_SECRET: 's' })).toThrow(/no auth\.oidc/);
});

test('roles', () => {
  expect(parseRoles('camera, rules,camera')).toEqual(['camera', 'rules']);
  expect(() => parseRoles('camera,chef')).toThrow(/"chef" is no role; known: camera, rules, console/);
});

test('a comment behind an address that is whole is a comment', async () => {
  const lines = [
    'rtsp://10.0.0.1:554 # ask bob@city.example',
    'rtsp://u:p@h/s #2@h',
    'rtsp://h/s # of a@b.example',
  ];
  for (const line of lines)
    await expect(
      load(`cameras:\n  - id: a\n    source: ${line}\n    scene: scene.yaml\n`),
    ).resolves.toBeDefined();
});
