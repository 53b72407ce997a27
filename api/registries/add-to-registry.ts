import { XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { registries } from './registries.ts';
import { importEntries } from './registry-store.ts';
import { readFile } from './routes.ts';

/** Lays a data file into a registry without touching what is there. */
export async function addToRegistry(
  context: ConsoleContext,
  name: string,
  file: { readonly name: string; readonly text: string },
): Promise<void> {
  const registry = registries.find((known) => known.name === name);
  if (registry === undefined)
    throw new XunjieError(
      'bad_argument',
      `there is no registry ${name}; known: ${registries.map((known) => known.name).join(', ')}`,
    );
  const type = file.name.endsWith('.geojson') ? 'application/geo+json' : 'text/csv';
  try {
    await importEntries(
      context,
      registry,
      readFile(registry, type, file.text),
      { user: null, ip: null },
      'add',
    );
  } catch (error) {
    if (!(error instanceof XunjieError) || error.status >= 500) throw error;
    throw new XunjieError(error.code, `${file.name}: ${error.message}`, {
      cause: error,
      details: error.details,
    });
  }
}
