import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { XunjieError } from '../../domain/mod.ts';
import { openKeyring, rotateKey, toPublicKeyFolder } from '../../evidence/mod.ts';
import { toTableLines } from '../text-table.ts';

/** `keys list` and `keys rotate`. */
export function addKeyCommands(
  program: Command,
  print: (line: string) => void,
  dataOption: () => Parameters<Command['addOption']>[0],
): void {
  const keys = program.command('keys').description('keys that evidence is signed with');
  keys
    .command('list')
    .description('print all keys: the one that signs, and those that still verify')
    .addOption(dataOption())
    .option('--json', 'print one JSON object', false)
    .action(async (options: { data: string; json: boolean }) => listKeys(options, print));
  keys
    .command('rotate')
    .description('sign with a new key from now on; packages of the old one still verify')
    .addOption(dataOption())
    .action(async ({ data }: { data: string }) => {
      const { retired, current } = await rotateKey(toKeyFolder(data));
      print(`${current} signs from now on; ${retired} is retired and still verifies what it signed`);
    });
}

async function listKeys(
  { data, json }: { data: string; json: boolean },
  print: (line: string) => void,
): Promise<void> {
  const dir = toKeyFolder(data);
  if (!existsSync(dir))
    throw new XunjieError('file_not_found', `no keys in ${dir}: the first start makes one`);
  const records = await openKeyring(dir).list();
  if (json) {
    print(JSON.stringify({ keys: records }));
    return;
  }
  const toTime = (ms: number | null): string => (ms === null ? 'signs' : new Date(ms).toISOString());
  const rows = records.map(({ keyId, sinceMs, retiredAtMs, publicKey }) => [
    keyId,
    toTime(sinceMs),
    toTime(retiredAtMs),
    publicKey,
  ]);
  for (const line of toTableLines(['key', 'since', 'retired', 'public key'], rows)) print(line);
  print(`public keys, for whoever verifies elsewhere: ${path.relative('', toPublicKeyFolder(dir))}`);
}

function toKeyFolder(data: string): string {
  return path.join(path.resolve(data), 'keys');
}
