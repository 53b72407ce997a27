import { useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { type ReadFile, type Registry, useImport } from '../api/registries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { maxFileBytes, toReadFile } from './choose-file.ts';
import { listProblems } from './list-problems.ts';
import { ProblemTable } from './problem-table.tsx';

/** A file is tried first: what it would do, or every line that is wrong; only then can it be imported. */
export function ImportPanel({ registry }: { readonly registry: Registry }) {
  const { t } = useLanguage();
  const [name, setName] = useState<string | null>(null);
  const [file, setFile] = useState<ReadFile | null>(null);
  const trying = useImport(registry.name);
  const writing = useImport(registry.name);
  const [isTooLarge, setIsTooLarge] = useState(false);
  const choose = async (chosen: File | undefined) => {
    trying.reset();
    writing.reset();
    setFile(null);
    setName(chosen?.name ?? null);
    setIsTooLarge(chosen !== undefined && chosen.size > maxFileBytes);
    if (chosen === undefined || chosen.size > maxFileBytes) return;
    const read = toReadFile(chosen.name, await chosen.arrayBuffer());
    setFile(read);
    trying.mutate({ file: read, isTry: true });
  };
  const error = writing.error ?? trying.error;
  const problems = error === null ? null : listProblems(error);
  const counts = trying.data;
  const canImport = file !== null && counts !== undefined && counts.added + counts.changed > 0;
  return (
    <details className="import-panel">
      <summary>{t('registries.import')}</summary>
      <div>
        <label className="import-file">
          {t(registry.takesGeoJson ? 'registries.fileOrGeo' : 'registries.file')}
          <input
            type="file"
            accept={registry.takesGeoJson ? '.csv,text/csv,.geojson,.json' : '.csv,text/csv'}
            onChange={(event) => {
              void choose(event.target.files?.[0]);
              // The same file, put right, can be chosen again.
              event.target.value = '';
            }}
          />
        </label>
        <div role="status">
          {name !== null && <p>{t('registries.chosen', { name })}</p>}
          {file?.type.endsWith('gb18030') === true && <p className="quiet">{t('registries.gbk')}</p>}
          {isTooLarge && <p className="error-line">{t('registries.tooLarge')}</p>}
          {trying.isPending && <p className="quiet">{t('registries.trying')}</p>}
          {counts !== undefined && writing.data === undefined && problems === null && (
            <p>{t('registries.would', { ...counts })}</p>
          )}
          {writing.data !== undefined && (
            <p className="done-line">{t('registries.done', { ...writing.data })}</p>
          )}
          {error !== null && problems === null && <p className="error-line">{describeError(error, t)}</p>}
        </div>
        {problems !== null && <ProblemTable {...problems} />}
        {canImport && writing.data === undefined && problems === null && (
          <button
            type="button"
            className="button primary"
            disabled={writing.isPending}
            onClick={() => writing.mutate({ file, isTry: false })}
          >
            {t('registries.doImport')}
          </button>
        )}
      </div>
    </details>
  );
}
