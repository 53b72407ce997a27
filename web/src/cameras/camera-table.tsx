import type { Entry } from '../api/registries.ts';
import type { CameraRow } from '../api/types.ts';
import { formatAge } from '../format/duration.ts';
import { useLanguage } from '../i18n/language.tsx';
import { CameraFacts } from '../shell/camera-facts.tsx';
import { stateMarks, toShownState, toStateWord } from './shown-state.ts';

export function CameraTable({
  rows,
  places,
  nowMs,
  onOpen,
}: {
  readonly rows: readonly CameraRow[];
  readonly places: readonly Entry[] | undefined;
  readonly nowMs: number;
  readonly onOpen: (camera: string) => void;
}) {
  const { language, t } = useLanguage();
  const findPlace = (id: string) => {
    const place = places?.find((entry) => entry['camera'] === id);
    return [place?.['road'], place?.['address']].filter(Boolean).join(' · ');
  };
  return (
    <div className="table-frame">
      <table className="entry-table camera-table">
        <thead>
          <tr>
            <th scope="col">{t('nav.cameras')}</th>
            <th scope="col">{t('cameras.state')}</th>
            <th scope="col">{t('cameras.lastPicture')}</th>
            <th scope="col">{t('cameras.law')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const state = toShownState(row);
            return (
              <tr key={row.id}>
                <th scope="row">
                  <button
                    type="button"
                    className="entry-open"
                    aria-label={t('cameras.open', { camera: row.name })}
                    onClick={() => onOpen(row.id)}
                  >
                    {row.name}
                  </button>
                  <span className="formula">{[row.id, findPlace(row.id)].filter(Boolean).join(' · ')}</span>
                </th>
                <td>
                  <span className={`mark mark-${state}`} aria-hidden="true">
                    {stateMarks[state]}
                  </span>{' '}
                  {t(toStateWord(row))}
                  <span className="camera-reasons">
                    {row.reason !== null && row.reason !== '' && <span className="quiet">{row.reason}</span>}
                    <CameraFacts row={row} nowMs={nowMs} />
                  </span>
                </td>
                <td>
                  {row.lastFrameAt === null ? (
                    <span className="quiet">{t('cameras.noFrame')}</span>
                  ) : (
                    t('queue.ago', { age: formatAge(nowMs - Date.parse(row.lastFrameAt), language) })
                  )}
                </td>
                <td>
                  <Eligibility row={row} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Eligibility({ row }: { readonly row: CameraRow }) {
  const { t } = useLanguage();
  if (row.evidenceEligible) return <span className="eligible">✓ {t('cameras.eligible')}</span>;
  return (
    <>
      {t('cameras.notEligible')}
      <span className="formula">
        {t('cameras.missing', {
          items: row.attestationsMissing.map((item) => t(`attestation.${item}`)).join(t('listComma')),
        })}
      </span>
    </>
  );
}
