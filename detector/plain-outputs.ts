import type { OutputValues } from './network.ts';

const boxNumbers = 4;

/**
 * Outputs as the readers know them. Boxes with their score in a fifth column beside whole-numbered labels (`dets` N x R x 5,
 * `labels` N x R: MMDetection's deployment) become two outputs; boxes with an axis of one between row and corners
 * (N x R x 1 x 4: YOLOv4) lose it; scores with a row per class beside boxes with a row each (N x C x R and N x R x 4:
 * PaddleDetection without its suppression) are turned. Others stay as they are.
 */
export function toPlainOutputs(outputs: readonly OutputValues[]): readonly OutputValues[] {
  return outputs.flatMap((output) => {
    if (isScored(output, outputs)) return splitScores(output);
    return [areTurned(output, outputs) ? turn(output) : dropIdleAxis(output)];
  });
}

/** Whether an output's last axis, and not its middle one, counts the boxes that another output holds, and no third one has their scores. */
function areTurned(output: OutputValues, outputs: readonly OutputValues[]): boolean {
  const [, classes, rows] = output.dims;
  if (output.dims.length !== 3 || classes === rows || !/float/.test(output.type)) return false;
  const others = outputs.filter((each) => each !== output && each.dims.length === 3);
  return (
    others.some(({ dims }) => dims[1] === rows && dims[2] === boxNumbers) &&
    others.every(({ dims }) => dims[1] !== rows || dims[2] === boxNumbers)
  );
}

const turnedSuffix = ', turned';

/** Whether `toPlainOutputs` has turned this one. */
export function isTurned({ name }: OutputValues): boolean {
  return name.endsWith(turnedSuffix);
}

function turn(output: OutputValues): OutputValues {
  const [batch = 0, classes = 0, rows = 0] = output.dims;
  const { data } = output;
  const turned = new Float32Array(data.length);
  for (let picture = 0; picture < batch; picture++)
    for (let label = 0; label < classes; label++) {
      const from = (picture * classes + label) * rows;
      for (let row = 0, to = picture * rows * classes + label; row < rows; row++, to += classes)
        turned[to] = data[from + row] as number;
    }
  return { ...output, name: `${output.name}${turnedSuffix}`, dims: [batch, rows, classes], data: turned };
}

/** Boxes with their score behind them: the labels beside them have one axis less. */
function isScored(output: OutputValues, outputs: readonly OutputValues[]): boolean {
  return output.dims.at(-1) === boxNumbers + 1 && hasLabelsAlone(output, outputs);
}

/** Whether whole-numbered labels of the same rows lie beside an output, and no scores. */
export function hasLabelsAlone({ dims }: OutputValues, outputs: readonly OutputValues[]): boolean {
  if (dims.length !== 3) return false;
  const beside = outputs.filter(
    (each) => each.dims.length === dims.length - 1 && each.dims.every((size, i) => size === dims[i]),
  );
  // With scores of their own the fifth number is something else, such as an angle.
  return beside.some(({ type }) => /^u?int/.test(type)) && beside.every(({ type }) => /^u?int/.test(type));
}

function splitScores({ name, type, dims, data }: OutputValues): [OutputValues, OutputValues] {
  const rows = data.length / (boxNumbers + 1);
  const boxes = new Float32Array(rows * boxNumbers);
  const scores = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * (boxNumbers + 1);
    boxes.set(data.subarray(at, at + boxNumbers), row * boxNumbers);
    scores[row] = data[at + boxNumbers] as number;
  }
  return [
    { name, type, dims: [...dims.slice(0, -1), boxNumbers], data: boxes },
    { name: `${name}, scores`, type, dims: dims.slice(0, -1), data: scores },
  ];
}

function dropIdleAxis(output: OutputValues): OutputValues {
  const { dims } = output;
  return dims.length === 4 && dims[2] === 1 && dims[3] === boxNumbers
    ? { ...output, dims: [dims[0] as number, dims[1] as number, boxNumbers] }
    : output;
}
