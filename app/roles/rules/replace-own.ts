import { XunjieError } from '../../../domain/mod.ts';
import type { KeyValue } from '../../../platform/mod.ts';

/**
 * Puts over the revision that this process knows. When something else is there, it is written over only if this process wrote it (and did
 * not hear that it had) or if somebody has deleted it; else rejects with `lease_lost`: another process keeps this now.
 */
export async function replaceOwn<T extends { readonly by: string }>(
  table: KeyValue<T>,
  key: string,
  value: T,
  revision: number | null,
): Promise<{ revision: number; bytes: number }> {
  try {
    return await table.replace(key, value, revision);
  } catch (error) {
    if (!(error instanceof XunjieError && error.code === 'conflict')) throw error;
    const found = await table.get(key);
    if (found !== null && found.value.by !== value.by)
      throw new XunjieError('lease_lost', `another process has saved ${key}`, { cause: error });
    return table.replace(key, value, found?.revision ?? null);
  }
}
