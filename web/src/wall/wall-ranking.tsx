import type { IndicatorReport } from '../api/indicators.ts';
import { useLanguage } from '../i18n/language.tsx';
import { rankUnits } from './rank-units.ts';

const maxShown = 8;

export function WallRanking({ report }: { readonly report: IndicatorReport | undefined }) {
  const { t } = useLanguage();
  const units = report === undefined ? undefined : rankUnits(report.rows, maxShown);
  return (
    <section className="wall-list wall-ranking" aria-labelledby="wall-ranking">
      <h2 id="wall-ranking">{t('wall.ranking')}</h2>
      <p className="quiet">{t('wall.rankedBy')}</p>
      {units === undefined && <p className="quiet">{t('loading')}</p>}
      {units?.length === 0 && <p className="quiet">{t('wall.noRanking')}</p>}
      <ol>
        {units?.map((unit, index) => (
          <li key={unit.name}>
            <span className="wall-rank">{index + 1}</span>
            <b>{unit.name}</b>
            <span className="wall-due">{unit.text}</span>
            <span className="quiet">
              {unit.onTime}/{unit.due}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
