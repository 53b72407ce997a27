import type { CameraRow } from '../api/types.ts';
import { isBadState, stateMarks, toShownState, toStateWord } from '../cameras/shown-state.ts';
import { useLanguage } from '../i18n/language.tsx';

const maxShown = 4;

export function WallCameras({
  rows,
  isUnsure,
}: {
  readonly rows: readonly CameraRow[] | undefined;
  readonly isUnsure: boolean;
}) {
  const { t } = useLanguage();
  const bad = rows?.filter((row) => isBadState(toShownState(row))) ?? [];
  const live = rows?.filter((row) => toShownState(row) === 'live').length ?? 0;
  return (
    <section className="wall-cameras" aria-labelledby="wall-cameras">
      <h2 id="wall-cameras">
        {rows === undefined || isUnsure
          ? t('cameras.unknown')
          : t('cameras.summary', { live, total: rows.length })}
      </h2>
      <ul>
        {bad.slice(0, maxShown).map((row) => (
          <li key={row.id}>
            <span className={`mark mark-${toShownState(row)}`} aria-hidden="true">
              {stateMarks[toShownState(row)]}
            </span>{' '}
            <b>{row.name}</b> {t(toStateWord(row))}
          </li>
        ))}
        {bad.length > maxShown && <li className="quiet">{t('wall.more', { n: bad.length - maxShown })}</li>}
      </ul>
    </section>
  );
}
