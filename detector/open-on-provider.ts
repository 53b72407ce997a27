import { toMessage, XunjieError } from '../domain/errors.ts';
import type { Report } from './label-detection.ts';
import { readProviderFacts } from './network.ts';
import { openPictureModel, type PictureModel, type PictureModelOptions } from './picture-model.ts';
import {
  adviseOnFailure,
  describeSkipped,
  findProviderProblem,
  type Provider,
  type ProviderFacts,
  type SkippedProvider,
} from './provider.ts';
import { toStepShare } from './provider-share.ts';

interface OpenModel<R extends Report> {
  readonly model: PictureModel<R>;
  readonly provider: Provider;
  /** Those before it in the list. */
  readonly skipped: readonly SkippedProvider[];
  /** Steps of the model that run on the provider, and all; `null` on the processor. */
  readonly steps: { readonly taken: number; readonly all: number } | null;
}

interface ProviderChoice {
  /** In the order of preference. */
  readonly providers: readonly Provider[];
  /** Threads of one run where the processor does it. */
  readonly threads: number;
}

/**
 * Opens a model on the first provider of a list that really runs it.
 * @throws XunjieError `engine_missing` when none does, with each one's reason; what `openPictureModel` throws when the fault is the
 * model's.
 */
export async function openOnProvider<R extends Report>(
  options: Omit<PictureModelOptions<R>, 'session'>,
  { providers, threads }: ProviderChoice,
  facts: ProviderFacts = readProviderFacts(),
): Promise<OpenModel<R>> {
  const skipped: SkippedProvider[] = [];
  for (const provider of providers) {
    const problem = findProviderProblem(provider, facts);
    if (problem !== null) {
      skipped.push({ provider, reason: problem });
      continue;
    }
    const session = { provider, threads };
    if (provider === 'cpu')
      return { model: await openPictureModel({ ...options, session }), provider, skipped, steps: null };
    const tried = await tryProvider({ ...options, session }).catch(
      (error: unknown) => `${toMessage(error)}; ${adviseOnFailure(provider)}`,
    );
    if (typeof tried !== 'string') return { ...tried, provider, skipped };
    skipped.push({ provider, reason: tried });
  }
  // A file that is no good anywhere is the model's fault, and said as such.
  const model = await openPictureModel({ ...options, session: { provider: 'cpu', threads } });
  await model.release();
  throw new XunjieError(
    'engine_missing',
    `model ${options.card.name}: ${describeSkipped(skipped)}. Add cpu to the providers to run it on the processor instead`,
  );
}

async function tryProvider<R extends Report>(
  options: PictureModelOptions<R>,
): Promise<Pick<OpenModel<R>, 'model' | 'steps'>> {
  const model = await openPictureModel(options);
  try {
    const steps = toStepShare(await model.countSteps());
    if (steps.taken === 0) throw new Error("it takes none of the model's steps");
    return { model, steps };
  } catch (error) {
    await model.release();
    throw error;
  }
}
