import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../test/support/fixtures.ts';
import { loadModel, openDetector, type Provider, parseProviders } from './mod.ts';
import { openOnProvider } from './open-on-provider.ts';
import { findProviderProblem, type ProviderFacts } from './provider.ts';
import { readStepCounts, toStepShare } from './provider-share.ts';
import { makeTestFolder, tinyCard, writeTinyModel } from './test-support/tiny-card.ts';
import { toPlaneModel } from './test-support/tiny-models.ts';

const plainLinux: ProviderFacts = {
  built: ['cpu', 'webgpu', 'cuda', 'tensorrt'],
  platform: 'linux/x64',
  hasLibraries: (provider) => (provider === 'cuda' || provider === 'tensorrt' ? false : null),
};

describe('names', () => {
  test('are read in order, each once', () => {
    expect(parseProviders('CUDA, cpu,cuda', '--provider')).toEqual(['cuda', 'cpu']);
  });
  test('that are none are refused with those that are', () => {
    expect(() => parseProviders('cuda,gpu', '--provider')).toThrow(
      '--provider: "gpu" is no provider; known: cpu, cuda, tensorrt, openvino, coreml, dml, webgpu',
    );
  });
});

describe('what stands in the way', () => {
  test.each<[Provider, Partial<ProviderFacts>, RegExp | null]>([
    ['cpu', {}, null],
    ['webgpu', {}, null],
    ['cuda', {}, /its libraries are not installed .*onnxruntime-node-install=cuda12/],
    ['cuda', { hasLibraries: () => true }, null],
    [
      'openvino',
      {},
      /has no openvino \(on linux\/x64 it has cpu, webgpu, cuda, tensorrt\); no published build/,
    ],
    ['coreml', {}, /has no coreml .*on macOS only/],
    ['dml', {}, /has no dml .*on Windows only/],
    ['cuda', { built: ['cpu'], platform: 'linux/arm64' }, /on linux\/arm64 it has cpu\); .*Linux x64 only/],
  ])('of %s %o', (provider, facts, problem) => {
    const found = findProviderProblem(provider, { ...plainLinux, ...facts });
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });
});

describe('opening', () => {
  const lines: { level: string; fields: object; message: string }[] = [];
  beforeEach(() => void lines.splice(0));
  const note = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  const logger = { info: note('info'), warn: note('warn'), error: note('error') };

  async function open(providers: readonly Provider[], workers = 1) {
    const onnx = toPlaneModel(2, 1 / 255);
    const model = await loadModel(
      await writeTinyModel(await makeTestFolder(), onnx, { labels: ['car', 'person'] }),
    );
    const detector = await openDetector({ model, workers, logger, providers });
    onTestFinished(() => detector.close());
    return detector;
  }

  test('falls back in the order of the list, with one message that says all', async () => {
    const detector = await open(['dml', 'openvino', 'cpu'], 3);
    expect(detector.stats()).toMatchObject({
      provider: 'cpu',
      fallback: expect.stringMatching(/^dml cannot be used: .*; openvino cannot be used: .*from source$/),
    });
    const warnings = lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual([`model tiny runs on cpu: ${detector.stats().fallback}`]);
    const pixels = new Uint8Array(64 * 64 * 3).fill(51);
    await expect(detector.detect({ pixels, pixelWidth: 64, pixelHeight: 64 })).resolves.toMatchObject([
      { score: 0.2 },
    ]);
  });

  test('says nothing when the first of the list is used', async () => {
    const detector = await open(['cpu', 'cuda']);
    expect(detector.stats()).toMatchObject({ provider: 'cpu', fallback: null });
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('is refused when a strict list has none that is there', async () => {
    await expect(open(['openvino', 'coreml'])).rejects.toMatchObject({
      code: 'engine_missing',
      message: expect.stringMatching(
        /^model tiny: openvino cannot be used: this build of onnxruntime-node has no openvino .*; coreml cannot be used: .*\. Add cpu to the providers/,
      ),
    });
  });

  test("a model that is no good anywhere is the model's fault, not the provider's", async () => {
    const folder = await makeTestFolder();
    const weightsPath = path.join(folder, 'noise.onnx');
    await writeFile(weightsPath, 'noise');
    const card = { ...tinyCard, sha256: '0'.repeat(64) };
    await expect(
      openOnProvider(
        { card, weightsPath, report: 'classes' },
        { providers: ['cuda'], threads: 1 },
        { ...plainLinux, hasLibraries: () => true },
      ),
    ).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/noise\.onnx cannot be opened as an ONNX model/),
    });
  });

  test('a provider whose libraries do not load is reported in words of what to check', async () => {
    const folder = await makeTestFolder();
    const model = await loadModel(
      await writeTinyModel(folder, toPlaneModel(2, 1 / 255), { labels: ['car', 'person'] }),
    );
    const opened = await openOnProvider(
      { card: model.card, weightsPath: model.weightsPath, report: 'classes' },
      { providers: ['cuda', 'cpu'], threads: 1 },
      // As on a machine where the libraries lie there, but CUDA itself does not.
      { ...plainLinux, hasLibraries: () => true },
    );
    await opened.model.release();
    expect(opened).toMatchObject({ provider: 'cpu', steps: null });
    expect(opened.skipped[0]?.reason).toMatch(/cannot be opened .*; check the NVIDIA driver/);
  });
});

test('steps are counted by who ran them', async () => {
  const folder = await makeTestFolder();
  const event = (name: string, provider: string) => ({ cat: 'Node', name, args: { provider } });
  await writeFile(
    path.join(folder, 'profile_1.json'),
    JSON.stringify([
      { cat: 'Session', name: 'session_initialization', args: {} },
      event('Conv_1_kernel_time', 'CUDAExecutionProvider'),
      event('Conv_2_kernel_time', 'CUDAExecutionProvider'),
      event('Conv_2_fence_before', 'CUDAExecutionProvider'),
      event('Shape_3_kernel_time', 'CPUExecutionProvider'),
    ]),
  );
  expect(toStepShare(await readStepCounts(folder))).toEqual({ taken: 2, all: 3 });
});

/** Debian's chromium brings a Vulkan driver that draws on the processor: a real provider other than cpu on any machine. */
const softwareGpu = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe.skipIf(!existsSync(softwareGpu) || process.arch !== 'x64')('on webgpu with a software GPU', () => {
  test('the model runs there, in batches, and answers as on the processor', async () => {
    const folder = await makeTestFolder();
    const cardPath = await writeTinyModel(folder, toPlaneModel(2, 1 / 255, 'batch'), {
      labels: ['car', 'person'],
    });
    const script = `
      const { loadModel, openDetector } = await import(${JSON.stringify(path.join(projectRoot, 'detector/mod.ts'))});
      const logger = { info() {}, warn() {}, error() {} };
      const model = await loadModel(${JSON.stringify(cardPath)});
      const pictures = [51, 102, 204, 153, 255].map((level) => ({ pixels: new Uint8Array(64 * 64 * 3).fill(level), pixelWidth: 64, pixelHeight: 64 }));
      const said = {};
      for (const providers of [['openvino', 'webgpu', 'cpu'], ['cpu']]) {
        const detector = await openDetector({ model, workers: 2, logger, providers, batchWindowMs: 20 });
        const found = await Promise.all(pictures.map((picture) => detector.detect(picture)));
        const { provider, fallback, batches } = detector.stats();
        said[providers[0]] = { provider, fallback, batches, scores: found.map(([thing]) => thing.score) };
        await detector.close();
      }
      console.log(JSON.stringify(said));
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script],
      {
        timeout: 120_000,
        env: { ...process.env, VK_DRIVER_FILES: softwareGpu, VK_ICD_FILENAMES: softwareGpu },
      },
    );
    const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, object>;
    expect(said['cpu']).toMatchObject({ provider: 'cpu', fallback: null, batches: 5 });
    expect(said['openvino']).toMatchObject({
      provider: 'webgpu',
      fallback: expect.stringMatching(/^openvino cannot be used/),
      scores: [0.2, 0.4, 0.8, 0.6, 1],
    });
    expect((said['openvino'] as { batches: number }).batches).toBeLessThan(5);
  }, 180_000);
});
