import type { IndicatorRow } from '../api/indicators.ts';
import { useLanguage } from '../i18n/language.tsx';
import { formatCount, useFigureWords } from './figure.tsx';
import { pickSection, sections } from './sections.ts';

/** All figures of one row, one below the other, each with its formula. */
export function SingleReport({ row, isNamed }: { readonly row: IndicatorRow; readonly isNamed: boolean }) {
  const { t } = useLanguage();
  const words = useFigureWords();
  return (
    <>
      {isNamed && <h2>{row.name}</h2>}
      <div className="single-report">
        {sections.map((section) => {
          const indicators = pickSection(row.indicators, section);
          if (indicators.length === 0) return null;
          return (
            <section key={section} aria-labelledby={`section-${section}`}>
              <h2 id={`section-${section}`}>{t(`section.${section}`)}</h2>
              <div className="table-frame">
                <table className="figure-table" aria-labelledby={`section-${section}`}>
                  <thead>
                    <tr>
                      <th scope="col">{t('indicators.name')}</th>
                      <th scope="col">{t('indicators.value')}</th>
                      <th scope="col">{t('indicators.numerator')}</th>
                      <th scope="col">{t('indicators.denominator')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {indicators.map((indicator) => {
                      const { name, formula } = words(indicator);
                      return (
                        <tr key={indicator.name}>
                          <th scope="row">
                            {name}
                            <span className="formula">{formula}</span>
                          </th>
                          <td className="figure-value">{indicator.text}</td>
                          <td>{formatCount(indicator.numerator)}</td>
                          <td>{formatCount(indicator.denominator)}</td>
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
              </div>
            </section>
          );
        })}
        <Scores row={row} />
      </div>
    </>
  );
}

function Scores({ row }: { readonly row: IndicatorRow }) {
  const { t } = useLanguage();
  const words = useFigureWords();
  return (
    <section aria-labelledby="section-scores">
      <h2 id="section-scores">{t('section.scores')}</h2>
      <div className="table-frame">
        <table className="figure-table" aria-labelledby="section-scores">
          <thead>
            <tr>
              <th scope="col">{t('indicators.name')}</th>
              <th scope="col">{t('indicators.score')}</th>
              <th scope="col">{t('indicators.grade')}</th>
            </tr>
          </thead>
          <tbody>
            {row.scores.map((score) => {
              const { name, formula } = words(score);
              return (
                <tr key={score.name}>
                  <th scope="row">
                    {name}
                    <span className="formula">{formula}</span>
                  </th>
                  <td className="figure-value">{score.value === null ? '–' : score.value.toFixed(2)}</td>
                  <td>{score.grade ?? '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
