import { findFixture } from '../../test/support/fixtures.ts';

/** YOLOX-nano from the fixtures, or the file named by `--model`. Ends with one line when there is neither. */
export function findWeights(named: string | undefined): string {
  const file = named ?? findFixture('weights/yolox_nano_416.onnx');
  if (file !== null) return file;
  throw new Error('no model: name a YOLOX-nano ONNX file with --model');
}
