import { XunjieError } from '../domain/errors.ts';
import type { ModelInputs } from './check-fit.ts';
import { type Reader, sliceOutputs } from './decode-outputs.ts';
import { createInputTensor, type InputTensor } from './input-tensor.ts';
import type { Letterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import type { Network, OutputValues } from './network.ts';
import type { Picture } from './picture.ts';
import { toPlainOutputs } from './plain-outputs.ts';
import type { RawBox } from './raw-box.ts';

/** Pictures written and run, before anything is read from the outputs. */
export interface Run {
  readonly letterboxes: readonly Letterbox[];
  readonly outputs: readonly OutputValues[];
  readonly batch: number;
  readonly startedAt: number;
  readonly filledAt: number;
  readonly inferredAt: number;
  dispose(): void;
}

export interface Runner {
  /** Pictures per run that the file fixes; `null` when it leaves it open. */
  readonly fixedBatch: number | null;
  run(pictures: readonly Picture[]): Promise<Run>;
}

/** Prepares a card's pictures and runs them. */
export function createRunner(card: ModelCard, network: Network, inputs: ModelInputs): Runner {
  const { picture } = inputs;
  // Slots are made as they are needed: a model in service often sees one picture at a time.
  let slots = picture.batch ?? 1;
  let tensor = createInputTensor(card.input, picture, slots);

  function makeRoom(count: number): InputTensor {
    if (count > slots) {
      tensor = createInputTensor(card.input, picture, count);
      slots = count;
    }
    return tensor;
  }

  return {
    fixedBatch: picture.batch,
    async run(pictures) {
      const startedAt = performance.now();
      const room = makeRoom(pictures.length);
      const letterboxes = pictures.map((each, slot) => room.write(each, slot));
      const batch = picture.batch ?? pictures.length;
      const filledAt = performance.now();
      const result = await network.run({ ...inputs.toSideInputs(batch), [picture.name]: room.take(batch) });
      return {
        letterboxes,
        outputs: result.outputs,
        batch,
        startedAt,
        filledAt,
        inferredAt: performance.now(),
        dispose: () => result.dispose(),
      };
    },
  };
}

/** What decodes one picture's boxes. @throws XunjieError `model_not_understood` when the outputs have other sizes. */
export function findBoxes(card: ModelCard, reader: Reader, run: Run, slot: number): () => RawBox[] {
  const boxes = reader.find(toPlainOutputs(sliceOutputs(card, run.outputs, slot, run.batch)), slot);
  if (boxes !== null) return boxes;
  const seen = run.outputs.map(({ name, dims }) => `"${name}" ${dims.join('x')}`).join(', ');
  throw new XunjieError(
    'model_not_understood',
    `model ${card.name}: head ${card.head} with ${card.labels.length} labels expects an output ${reader.expected}; its outputs are ${seen}`,
  );
}
