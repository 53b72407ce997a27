import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawStreet, loadModel } from '../../detector/mod.ts';
import { toLayoutModel } from '../../detector/test-support/layout-model.ts';
import { encodeModel } from '../../detector/test-support/onnx-file.ts';
import { makeTestFolder, tinyCard } from '../../detector/test-support/tiny-card.ts';
import { findFixture } from '../../test/support/fixtures.ts';
import { quantizeModel, readCocoDataset } from '../mod.ts';
import { encodeOnnx, parseOnnx } from '../onnx/onnx-model.ts';
import { toConvNet, toNoise } from '../test-support/conv-net.ts';
import { findSensitive } from './find-sensitive.ts';
import { measureRanges } from './measure-ranges.ts';
import { planQuantization } from './plan.ts';
import { openRunner } from './run-picture.ts';
import { toInt8Weights, toInt32Bias, toScale } from './to-int8.ts';
import { writeInt8 } from './write-int8.ts';

const edge = 64;
const card = {
  ...tinyCard,
  sha256: '0'.repeat(64),
  input: { ...tinyCard.input, width: edge, height: edge, scale: '0-1' },
} as const;

function toPicture(seed: number) {
  const pixels = Uint8Array.from(toNoise(edge * edge * 3, seed), (value) => (value + 1) * 127);
  return { pixels, pixelWidth: edge, pixelHeight: edge };
}

async function run(file: string, seed: number): Promise<Float32Array> {
  const runner = await openRunner(file, card);
  const result = await runner.run(toPicture(seed));
  const values = result.outputs[0]?.data.slice() ?? new Float32Array();
  result.dispose();
  await runner.release();
  return values;
}

describe('numbers', () => {
  test.each([
    [{ least: -1, most: 1.55 }, 2.55 / 255, 100],
    [{ least: 0.5, most: 2 }, 2 / 255, 0],
    [{ least: -3, most: -1 }, 3 / 255, 255],
    [{ least: 0, most: 0 }, 1, 0],
  ])('%j', (range, scale, zero) => {
    expect(toScale(range).scale).toBeCloseTo(scale, 6);
    expect(toScale(range).zero).toBe(zero);
  });

  test('each channel of weights has its own scale, and biases fit', () => {
    const weights = Float32Array.of(1, -0.25, 0.01, 0.0025, 0, 0);
    const { values, scales } = toInt8Weights(weights, 3, 0.1, Float32Array.of(0, 0, 1e6));
    expect([...values]).toEqual([127, -32, 127, 32, 0, 0]);
    expect(scales[0]).toBeCloseTo(1 / 127, 6);
    expect(scales[1]).toBeCloseTo(0.01 / 127, 8);
    const bias = toInt32Bias(Float32Array.of(0, 0, 1e6), 0.1, scales);
    expect((bias.values[2] as number) * (bias.scales[2] as number)).toBeCloseTo(1e6, -2);
  });
});

describe('a network', () => {
  test('is read and written without a change', () => {
    const bytes = encodeModel(toConvNet(edge, { metadata: { a: 'b' } }));
    const model = parseOnnx(bytes);
    expect(model).toMatchObject({ opset: 13, inputs: ['images'], outputs: ['out'] });
    const nodes = model.graphFields.filter((field) => field.number === 1).map((field) => field.bytes);
    const again = encodeOnnx(model, { nodes });
    expect(parseOnnx(again).nodes).toEqual(model.nodes);
    expect([...parseOnnx(again).initializers.keys()]).toEqual([...model.initializers.keys()]);
    expect(() => parseOnnx(Buffer.from('no model at all'))).toThrow(/no protobuf/);
  });

  test.each([11, 13])('in int8 gives nearly the same, opset %i', async (opset) => {
    const folder = await makeTestFolder();
    const file = path.join(folder, 'net.onnx');
    const bytes = encodeModel(toConvNet(edge));
    // The opset's number is the last byte of its field: 13 as the test writer has it.
    const at = bytes.lastIndexOf(Buffer.from([0x10, 13]));
    bytes[at + 1] = opset;
    await writeFile(file, bytes);
    const model = parseOnnx(bytes);
    expect(model.opset).toBe(opset);
    const plan = planQuantization(model, file);
    expect(plan.convs).toEqual({ int8: 4, float: 1 });
    expect([...plan.swished]).toEqual(['b']);
    expect(plan.measured).not.toContain('a'); // it becomes one step with its ReLU
    expect(plan.inherited.get('small')).toBe('both');
    const pictures = [1, 2, 3].map(toPicture);
    const ranges = await measureRanges({ model, card, tensors: plan.measured, pictures });
    expect(ranges.get('images')?.least).toBeGreaterThanOrEqual(0);
    expect(ranges.get('a.cut')?.least).toBe(0);
    const int8File = path.join(folder, 'int8.onnx');
    const int8 = writeInt8(model, plan, ranges);
    await writeFile(int8File, int8);
    const names = parseOnnx(int8).nodes.map((node) => node.operator);
    expect(names.filter((name) => name === 'QuantizeLinear')).toHaveLength(plan.measured.length + 1);
    expect(parseOnnx(int8).initializers.has('b.w')).toBe(false);
    const [wanted, got] = [await run(file, 9), await run(int8File, 9)];
    const size = wanted.reduce((sum, value) => sum + Math.abs(value), 0);
    const distance = wanted.reduce((sum, value, i) => sum + Math.abs(value - (got[i] as number)), 0);
    expect(distance / size).toBeLessThan(0.03);
    expect(distance).toBeGreaterThan(0); // it did run in int8
  });

  test('keeps in float what int8 ruins', async () => {
    const folder = await makeTestFolder();
    const file = path.join(folder, 'net.onnx');
    // One channel a thousand times the others: their steps become coarser than they are.
    const net = toConvNet(edge);
    const constants = (net.constants ?? []).map((each) =>
      each.name === 'd.w'
        ? { ...each, values: [...each.values].map((value, i) => (i < 16 * 9 ? value * 1000 : value)) }
        : each.name === 'out.w'
          ? { ...each, values: [...each.values].map((value, i) => (i % 16 === 0 ? 0 : value)) }
          : each,
    );
    await writeFile(file, encodeModel({ ...net, constants }));
    const model = parseOnnx(await readFile(file));
    const plan = planQuantization(model, file);
    const pictures = [1, 2].map(toPicture);
    const ranges = await measureRanges({ model, card, tensors: plan.measured, pictures });
    const sensitive = await findSensitive({
      model,
      card,
      plan,
      ranges,
      pictures,
      weightsPath: file,
      folder,
      onProgress() {},
    });
    expect([...sensitive].map((node) => node.outputs[0])).toEqual(['d', 'd.cut']);
    expect(planQuantization(model, file, sensitive).convs).toEqual({ int8: 3, float: 2 });
  });

  const half = toConvNet(edge).constants?.map((each) =>
    each.name === 'a.w' ? { ...each, type: 'float16' as const } : each,
  );
  test.each([
    [
      'quantised already',
      toLayoutModel({ quantised: true, outputs: [{ name: 'o', dims: [1, 4], values: [1, 2, 3, 4] }] }),
      /quantised already \(QuantizeLinear\)/,
    ],
    ['in half floats', toConvNet(edge, { ...(half && { constants: half }) }), /half floats \(a\.w\)/],
    [
      'with two inputs',
      toConvNet(edge, { inputs: [...toConvNet(edge).inputs, { name: 'size', type: 'int64', dims: [1, 2] }] }),
      /takes 2 inputs \(images, size\)/,
    ],
    [
      'without convolutions',
      toLayoutModel({ outputs: [{ name: 'o', dims: [1, 4], values: [1, 2, 3, 4] }] }),
      /no convolution/,
    ],
  ])('%s is refused', (_name, net, message) => {
    expect(() => planQuantization(parseOnnx(encodeModel(net)), 'net.onnx')).toThrow(message);
  });
});

const weights = findFixture('weights/yolox_nano_416.onnx');
const coco = findFixture('coco-val-100');

describe.skipIf(weights === null || coco === null)('YOLOX-nano', () => {
  test('becomes a model with a card that says what it lost', { timeout: 120_000 }, async () => {
    const folder = await makeTestFolder();
    const modelsDir = path.join(folder, 'models');
    const picturesDir = path.join(folder, 'pictures');
    await mkdir(modelsDir);
    await mkdir(picturesDir);
    const street = drawStreet(640, 360);
    await sharp(street.pixels, { raw: { width: 640, height: 360, channels: 3 } }).toFile(
      path.join(picturesDir, 'a.png'),
    );
    await sharp(new URL('../street.jpg', import.meta.url).pathname).toFile(path.join(picturesDir, 'b.jpg'));
    const model = await loadModel(weights ?? '');
    const dataset = await readCocoDataset(coco ?? '', { limit: 5, allowMissing: false });
    const steps = new Set<string>();
    const options = { model, modelsDir, picturesDir, onProgress: (step: string) => void steps.add(step) };
    const made = await quantizeModel({ ...options, dataset });
    expect(made.card.name).toBe('yolox_nano_416-int8');
    expect((await loadModel(made.cardPath)).card).toMatchObject({
      head: 'yolox',
      decoded: false,
      source: expect.stringContaining(model.card.sha256),
      metrics: { ap50: expect.any(Number), ap50_in_float: expect.any(Number) },
    });
    expect(made.bytesAfter).toBeLessThan(made.bytesBefore / 2);
    expect(made.convs.int8).toBeGreaterThan(90);
    expect(made.guesses).toContain('it finds the three cars where they are');
    const [before, after] = made.comparison?.models ?? [];
    expect(Math.abs((before?.ap50 ?? 0) - (after?.ap50 ?? 1))).toBeLessThan(0.1);
    expect(made.comparison?.agreement[0]?.share).toBeGreaterThan(0.7);
    expect([...steps]).toEqual(['measuring ranges', 'trying convolutions', 'measuring the loss']);
    await expect(quantizeModel({ ...options, dataset: null })).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      quantizeModel({ ...options, dataset: null, name: 'b', picturesDir: modelsDir }),
    ).rejects.toThrow(/no picture in it/);
  });
});
