import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deleteResource, getJson, postFile, putJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime } from './types.ts';

export interface RegistryField {
  readonly name: string;
  readonly kind: 'text' | 'id' | 'word' | 'number' | 'flag' | 'date' | 'time' | 'limit' | 'periods' | 'ring';
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly initial: string;
  /** The registry that the value must be an entry of. */
  readonly refersTo: string | null;
  readonly example: string;
}

export interface Registry {
  readonly name: string;
  /** Fields that make the address, joined by commas. */
  readonly keys: readonly string[];
  readonly fields: readonly RegistryField[];
  readonly mayEdit: boolean;
  readonly takesGeoJson: boolean;
}

export type EntryValue = string | number | boolean | null;
/** Values by field, and `revision`, which tells this content from an earlier one. */
export type Entry = Readonly<Record<string, EntryValue>>;

export interface HistoryEntry {
  readonly at: IsoTime;
  readonly by: string;
  readonly done: 'put' | 'delete';
  readonly fromFile: boolean;
  readonly before: Entry | null;
  readonly after: Entry | null;
}

export interface ImportCounts {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

const keptMs = 300_000;

export function useRegistries() {
  return useQuery({
    queryKey: queryKeys.registries,
    queryFn: ({ signal }) => getJson<readonly Registry[]>('/api/registries', signal),
    staleTime: keptMs,
  });
}

/** `null`: of no registry. */
export function useEntries(registry: string | null) {
  return useQuery({
    queryKey: queryKeys.entries(registry ?? ''),
    queryFn: ({ signal }) => getJson<readonly Entry[]>(toUrl(registry ?? ''), signal),
    enabled: registry !== null,
  });
}

export function useHistory(registry: string, key: string | null) {
  return useQuery({
    queryKey: queryKeys.history(registry, key ?? ''),
    queryFn: ({ signal }) =>
      getJson<readonly HistoryEntry[]>(`${toEntryUrl(registry, key ?? '')}/history`, signal),
    enabled: key !== null,
  });
}

export function useSaveEntry(registry: string) {
  const refresh = useRefresh(registry);
  return useMutation({
    mutationFn: ({ key, values }: { readonly key: string; readonly values: Entry }) =>
      putJson<Entry>(toEntryUrl(registry, key), values),
    onSuccess: refresh,
  });
}

export function useDeleteEntry(registry: string) {
  const refresh = useRefresh(registry);
  return useMutation({
    mutationFn: (key: string) => deleteResource(toEntryUrl(registry, key)),
    onSuccess: refresh,
  });
}

export interface ReadFile {
  readonly bytes: ArrayBuffer;
  /** Content type with its charset. */
  readonly type: string;
}

/** Everything in the file or nothing; with `isTry` only what that would do. */
export function useImport(registry: string) {
  const refresh = useRefresh(registry);
  return useMutation({
    mutationFn: ({ file, isTry }: { readonly file: ReadFile; readonly isTry: boolean }) =>
      postFile<ImportCounts>(`${toUrl(registry)}/import?dryRun=${isTry}`, file.bytes, file.type),
    onSuccess: (_counts, { isTry }) => (isTry ? undefined : refresh()),
  });
}

export function toCsvUrl(registry: string): string {
  return `${toUrl(registry)}?format=csv`;
}

function useRefresh(registry: string): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['registry', registry] });
}

function toUrl(registry: string): string {
  return `/api/registries/${registry}`;
}

function toEntryUrl(registry: string, key: string): string {
  return `${toUrl(registry)}/${encodeURIComponent(key)}`;
}
