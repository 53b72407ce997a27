import path from 'node:path';
import type { Command } from 'commander';
import { exportTuningSet } from '../../api/mod.ts';
import { createClosingStack, createLogger, type LogLevel } from '../../platform/mod.ts';
import { openBlobs } from '../assemble.ts';
import { openDataEngines } from '../replay/data-engines.ts';
import type { CommandTools } from './define-replay.ts';

interface TuningSetOptions {
  readonly data: string;
  readonly out: string;
  readonly logLevel: LogLevel;
}

export function defineTuningSet(
  program: Command,
  { print, setCode, dataOption, logOption }: CommandTools,
): void {
  program
    .command('tuning-set')
    .description('what reviewers decided, for training')
    .command('export')
    .description('write masked crops, labels and decisions as the training recipe reads them')
    .requiredOption('--out <folder>', 'where they go; an empty folder')
    .addOption(dataOption())
    .addOption(logOption())
    .action(async (options: TuningSetOptions) => {
      setCode(await exportSet(options, print));
    });
}

async function exportSet(options: TuningSetOptions, print: (line: string) => void): Promise<number> {
  const logger = createLogger(options.logLevel);
  const closing = createClosingStack(logger);
  try {
    const dataDir = path.resolve(options.data);
    const engines = openDataEngines({ dataDir, environment: process.env, logger, closing });
    const blobs = await openBlobs(process.env, dataDir);
    closing.push('blobs', () => blobs.close());
    const databaseUrl = await engines.databaseUrl();
    const done = await exportTuningSet({ databaseUrl, blobs, logger, out: options.out });
    print(`${done.decisions} decisions, ${done.withoutCrop} of them without a crop: ${options.out}`);
    print(`${done.labelled} labelled pictures of ${done.classes.join(', ') || 'no class'}`);
    print(`${done.unlabelled} pictures in unlabelled/: a person must say what they show`);
    return 0;
  } finally {
    await closing.close();
  }
}
