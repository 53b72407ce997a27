import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { readCustodyLog } from '../../api/mod.ts';
import { openKeyring, toSignature, verifyLog } from '../../evidence/mod.ts';
import { createClosingStack, createLogger, type LogLevel } from '../../platform/mod.ts';
import { openDataEngines } from '../replay/data-engines.ts';
import { chooseTimeZone } from '../replay/open-replay.ts';
import type { CommandTools } from './define-replay.ts';

interface ExportOptions {
  readonly out: string;
  readonly data: string;
  readonly timeZone?: string;
  readonly logLevel: LogLevel;
}

/** `custody export`: the log of what was done to evidence, to be taken away and verified elsewhere. */
export function addCustodyCommands(
  program: Command,
  { print, setCode, dataOption, logOption }: CommandTools,
): void {
  program
    .command('custody')
    .description('the chain of custody of the evidence')
    .command('export')
    .description('write the whole log with its daily roots as JSONL, for verify --log')
    .requiredOption('--out <file>', 'where it goes')
    .option('--time-zone <zone>', "the console's time zone (default: Asia/Shanghai)")
    .addOption(dataOption())
    .addOption(logOption())
    .action(async (options: ExportOptions) => {
      setCode(await exportCustodyLog(options, print));
    });
}

/** Writes the log whole or not at all, and looks at once whether it holds. Returns the exit code. */
async function exportCustodyLog(options: ExportOptions, print: (line: string) => void): Promise<number> {
  const logger = createLogger(options.logLevel);
  const closing = createClosingStack(logger);
  const part = `${options.out}.part`;
  try {
    const dataDir = path.resolve(options.data);
    const engines = openDataEngines({ dataDir, environment: process.env, logger, closing });
    const keyDir = path.join(dataDir, 'keys');
    const keyring = existsSync(keyDir) ? openKeyring(keyDir) : null;
    const lines = readCustodyLog({
      databaseUrl: await engines.databaseUrl(),
      timeZone: chooseTimeZone(options, null),
      signCustody: keyring && (async (bytes) => toSignature(await keyring.current(), bytes)),
      actor: `command:${userInfo().username}`,
      logger,
    });
    await pipeline(Readable.from(lines), createWriteStream(part, { mode: 0o640 }));
    await rename(part, options.out);
    const { ok, problem, entries, roots, keyId } = await verifyLog(options.out);
    const signed = keyId === null ? 'not signed' : `signed with key ${keyId}`;
    print(`${options.out}: ${entries} entries, ${roots} daily roots, ${signed}`);
    if (!ok) print(`it does not hold: ${problem}`);
    return ok ? 0 : 1;
  } finally {
    await rm(part, { force: true });
    await closing.close();
  }
}
