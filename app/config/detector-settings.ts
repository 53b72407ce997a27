import Type from 'typebox';
import { type DetectorOptions, providers } from '../../detector/mod.ts';

export const DetectorEntry = Type.Object(
  {
    providers: Type.Optional(
      Type.Array(Type.Enum([...providers]), {
        minItems: 1,
        description:
          'What may run the model, in the order of preference: the first that works is used; default [cpu]. Without cpu in it the program does not start when none works',
      }),
    ),
    workers: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description: 'Detector threads; default: one per core but one on the processor, 2 elsewhere',
      }),
    ),
    threads: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description: 'Threads of one run on the processor; default 1, more workers gain more',
      }),
    ),
    batch: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        description:
          "Most pictures of different cameras in one run, within the model's limit; default 1 on the processor, 8 elsewhere",
      }),
    ),
    batchWindowMs: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 20,
        description: 'How long a picture waits for others to share its run, milliseconds; default 5',
      }),
    ),
  },
  { additionalProperties: false, description: 'How the model is run' },
);

/** What of the detector may be set; what is absent has its default. */
export type DetectorSettings = Pick<
  DetectorOptions,
  'providers' | 'workers' | 'threads' | 'batch' | 'batchWindowMs'
>;

/** The command line's words before the file's. */
export function mergeDetectorSettings(
  settings: DetectorSettings,
  words: { readonly provider?: DetectorSettings['providers']; readonly workers?: number },
): DetectorSettings {
  return {
    ...settings,
    ...(words.provider !== undefined && { providers: words.provider }),
    ...(words.workers !== undefined && { workers: words.workers }),
  };
}
