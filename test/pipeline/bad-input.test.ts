import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../app/main.ts';
import { writeTinyModel } from '../../detector/test-support/tiny-card.ts';
import { toPlaneModel } from '../../detector/test-support/tiny-models.ts';
import { runProgram, withoutWeights } from '../support/program.ts';
import { makeTempDir } from '../support/temp-dir.ts';

let dir: string;
let busy: Server;
let busyPort: number;
beforeAll(async () => {
  dir = await makeTempDir('bad');
  busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const address = busy.address();
  busyPort = typeof address === 'object' && address ? address.port : 0;
  const files: Record<string, string> = {
    'good.yaml': 'zones: {a: [[0,0],[1,0],[1,1]]}\nrules: [{offence: clutter, zone: a}]\n',
    'broken.yaml': 'zones:\n  a: [[0,0],[1,0\nrules: []\n',
    'two-points.yaml': 'zones:\n  a: [[0,0],[1,1]]\nrules: [{offence: clutter, zone: a}]\n',
    'outside.yaml':
      'zones:\n  a:\n    - [0,0]\n    - [7,0]\n    - [1,1]\nrules: [{offence: clutter, zone: a}]\n',
    'class.yaml':
      'zones: {a: [[0,0],[1,0],[1,1]]}\nrules:\n  - offence: clutter\n    zone: a\n    classes: [car, dragon]\n',
    'text.mp4': 'this is not a video',
    'text.onnx': 'this is not a model',
    'wrong-hash.json': '{}',
    'config.yaml': 'cameras:\n  - id: one\n    source: ftp://user:secret-word@host/x\n    scene: good.yaml\n',
    'unknown-field.yaml': 'cameras:\n  - {id: one, source: text.mp4, scene: good.yaml, speed: 3}\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
  await writeTinyModel(dir, toPlaneModel(2, 1 / 255), { labels: ['car', 'person'] });
});
afterAll(async () => {
  busy.close();
  await rm(dir, { recursive: true, force: true });
});

const clip = ['run', 'text.mp4', '--scene'];

test.each<[string, string[], RegExp]>([
  ['missing scene', [...clip, 'none.yaml'], /none\.yaml: no such file/],
  ['broken YAML', [...clip, 'broken.yaml'], /broken\.yaml:\d+:\d+: /],
  [
    'zone of two points',
    [...clip, 'two-points.yaml'],
    /two-points\.yaml:2:3: zones\.a: needs at least 3 entries, has 2/,
  ],
  [
    'zone out of 0-1',
    [...clip, 'outside.yaml'],
    /outside\.yaml:4:8: zones\.a\[1\]\[0\]: must be <= 1, not 7/,
  ],
  [
    'unknown class',
    [...clip, 'class.yaml'],
    /class\.yaml:5:20: rules\[0\]\.classes\[1\]: "dragon" is not one of person, /,
  ],
  [
    'a clip that is no video',
    [...clip, 'good.yaml', '--model', 'text.onnx'],
    /text\.mp4.*(not a video|no video|video)/,
  ],
  ['missing clip', ['run', 'none.mp4', '--scene', 'good.yaml'], /none\.mp4/],
  ['missing model to add', ['models', 'add', 'none.onnx'], /none\.onnx/],
  ['a model that is none', ['models', 'add', 'text.onnx'], /text\.onnx/],
  [
    'unknown field',
    ['start', '--config', 'unknown-field.yaml'],
    /unknown-field\.yaml:2:51: cameras\[0\]\.speed: unknown field "speed"/,
  ],
  [
    'a source of another kind',
    ['start', '--config', 'config.yaml'],
    /config\.yaml:3:5: cameras\[0\]\.source: "ftp:\/\/\*\*\*@host\/x": ftp:\/\/ is no source/,
  ],
  [
    'an unknown provider',
    [...clip, 'good.yaml', '--provider', 'cuda,gpu'],
    /--provider: "gpu" is no provider; known: cpu, cuda, /,
  ],
  ['unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
  ['unknown role', ['start', '--roles', 'camera,chef'], /--roles: "chef" is no role/],
  ['unknown option', ['start', '--nonsense'], /unknown option '--nonsense'/],
  ['a port that is none', ['start', '--port', 'http'], /a port from 0 to 65535/],
  ['not a package', ['verify', '.'], /manifest\.json/],
])('%s: one line and a non-zero exit', async (_name, args, message) => {
  const absolute = args.map((arg) => (/\.(yaml|mp4|onnx)$|^\.$/.test(arg) ? path.join(dir, arg) : arg));
  const lines: string[] = [];
  const output = {
    print: (line: string) => void lines.push(line),
    printError: (line: string) => void lines.push(line),
  };
  const code = await runCommand(
    [
      ...absolute,
      ...(['verify', 'frobnicate'].includes(args[0] ?? '') ? [] : ['--data', path.join(dir, 'data')]),
    ],
    output,
  );
  expect(code).not.toBe(0);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(message);
  expect(lines[0]).not.toMatch(/secret-word|\n\s+at /);
});

const toArgument = (arg: string): string =>
  arg === 'BUSY' ? String(busyPort) : arg === 'TINY' ? path.join(dir, 'tiny.json') : arg;

test.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
  ['port in use', ['--port', 'BUSY'], {}, /port \d+ on 127\.0\.0\.1 is in use/],
  ['unwritable data folder', ['--data', '/proc/1/nowhere'], {}, /cannot make the folder \/proc\/1\/nowhere/],
  ['unreachable database', [], { DATABASE_URL: 'postgres://u:secret-word@127.0.0.1:1/x' }, /127\.0\.0\.1:1/],
  [
    'unreachable bus',
    [],
    { NATS_URL: 'nats://u:secret-word@127.0.0.1:1' },
    /cannot reach NATS at 127\.0\.0\.1:1/,
  ],
  [
    'a strict provider that is not there',
    ['--model', 'TINY', '--provider', 'openvino'],
    {},
    /model tiny: openvino cannot be used: this build of onnxruntime-node has no openvino .*Add cpu to the providers/,
  ],
  ['half an S3', [], { S3_ENDPOINT: 'http://127.0.0.1:1' }, /S3_ENDPOINT is set, but S3_BUCKET is not/],
])(
  '%s: start says so in one line and ends',
  async (_name, args, env, message) => {
    const data = args.includes('--data') ? [] : ['--data', path.join(dir, 'start-data')];
    const port = args.includes('--port') ? [] : ['--port', '0'];
    const program = runProgram(['start', ...args.map(toArgument), ...data, ...port], {
      ...withoutWeights,
      ...env,
    });
    expect(await program.exited).not.toBe(0);
    const complaints = program.listComplaints();
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(message);
    expect(program.stderr.join('\n')).not.toContain('secret-word');
  },
  90_000,
);
