import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Steps of a model by who ran them, in onnxruntime's words: `CPUExecutionProvider`. */
export type StepCounts = Readonly<Record<string, number>>;

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly provider?: string };
}

/** Reads the one profile that a session wrote into a folder. */
export async function readStepCounts(folder: string): Promise<StepCounts> {
  const counts: Record<string, number> = {};
  for (const name of await readdir(folder)) {
    const events = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as ProfileEvent[];
    for (const { cat, name: step, args } of events)
      if (cat === 'Node' && args?.provider !== undefined && step?.endsWith('_kernel_time') === true)
        counts[args.provider] = (counts[args.provider] ?? 0) + 1;
  }
  return counts;
}

/** How many of a model's steps others than the processor ran. */
export function toStepShare(counts: StepCounts): { readonly taken: number; readonly all: number } {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { taken: all - (counts['CPUExecutionProvider'] ?? 0), all };
}
