import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOnnxMetadata } from './onnx-metadata.ts';
import { encodeModel } from './test-support/onnx-file.ts';
import { makeTestFolder } from './test-support/tiny-card.ts';
import { toFixedModel } from './test-support/tiny-models.ts';

const metadata = { names: "{0: '人', 1: 'car'}", task: 'detect', empty: '' };
const bytes = encodeModel(toFixedModel(new Float32Array(300), [1, 300], { metadata }));

test('embedded pairs are read past the graph', async () => {
  const file = path.join(await makeTestFolder(), 'm.onnx');
  await writeFile(file, bytes);
  expect(await readOnnxMetadata(file)).toEqual(metadata);
});

test('a file cut anywhere gives no more than it holds and never fails', async () => {
  const file = path.join(await makeTestFolder(), 'm.onnx');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (length) => {
      await writeFile(file, bytes.subarray(0, length));
      expect(metadata).toMatchObject(await readOnnxMetadata(file));
    }),
    { numRuns: 50 },
  );
});
