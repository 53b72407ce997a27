import { useSearchParams } from 'react-router';
import { describeError } from '../api/describe-error.ts';
import { useEntries } from '../api/registries.ts';
import { useCameras } from '../api/status.ts';
import type { CameraRow, User } from '../api/types.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { CameraDialog } from './camera-dialog.tsx';
import { CameraTable } from './camera-table.tsx';
import { isBadState, toShownState } from './shown-state.ts';

const periodMs = 5_000;
const filters = ['all', 'bad', 'not_eligible'] as const;
type Filter = (typeof filters)[number];

/** Every camera: what it gives, what is wrong and why, and whether the law lets its records count. */
export function CamerasPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const cameras = useCameras();
  const places = useEntries('camera-places');
  const nowMs = useNow(periodMs);
  const [search, setSearch] = useSearchParams();
  const filter = filters.find((name) => name === search.get('show')) ?? 'all';
  const rows = cameras.data?.filter((row) => isIn(row, filter));
  const opened = cameras.data?.find((row) => row.id === search.get('camera'));
  const show = (next: Filter, camera?: string) =>
    setSearch({ ...(next === 'all' ? {} : { show: next }), ...(camera === undefined ? {} : { camera }) });
  return (
    <main className="cameras-page">
      <header className="page-head">
        <h1>{t('nav.cameras')}</h1>
      </header>
      <div className="tabs" role="group" aria-label={t('cameras.filter')}>
        {filters.map((name) => (
          <button key={name} type="button" aria-pressed={name === filter} onClick={() => show(name)}>
            {t(`cameras.show.${name}`)}{' '}
            <b>{cameras.data === undefined ? '–' : cameras.data.filter((row) => isIn(row, name)).length}</b>
          </button>
        ))}
      </div>
      {cameras.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(cameras.error, t) })}
        </p>
      )}
      {cameras.isPending && <p className="quiet">{t('loading')}</p>}
      {rows?.length === 0 && (
        <p className="page-note quiet">{t(filter === 'all' ? 'cameras.none' : 'cameras.noneShown')}</p>
      )}
      {rows !== undefined && rows.length > 0 && (
        <CameraTable
          rows={rows}
          places={places.data}
          nowMs={nowMs}
          onOpen={(camera) => show(filter, camera)}
        />
      )}
      {opened !== undefined && (
        <CameraDialog key={opened.id} row={opened} user={user} onClose={() => show(filter)} />
      )}
    </main>
  );
}

function isIn(row: CameraRow, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'bad':
      return isBadState(toShownState(row)) || row.sampling?.isStarved === true;
    case 'not_eligible':
      return !row.evidenceEligible;
    default:
      return filter satisfies never;
  }
}
