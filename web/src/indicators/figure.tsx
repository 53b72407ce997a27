import type { Indicator, Score } from '../api/indicators.ts';
import { useLanguage } from '../i18n/language.tsx';

/** A count as people write it: whole, or with one decimal where it is a sum of minutes. */
export function formatCount(value: number): string {
  return (Math.round(value * 10) / 10).toLocaleString('en-US');
}

/** Name and formula in the language of the page. */
export function useFigureWords(): (figure: Indicator | Score) => {
  readonly name: string;
  readonly formula: string;
} {
  const { language, t } = useLanguage();
  return (figure) => {
    const formula = language === 'en' ? figure.formulaEn : figure.formula;
    if (!('nameEn' in figure)) return { name: t(`score.${figure.name}`), formula };
    const { nameEn, nameZh } = figure;
    const name = language === 'en' ? nameEn.slice(0, 1).toUpperCase() + nameEn.slice(1) : nameZh;
    return { name, formula };
  };
}

/** A rate with both its counts, never one without the others. */
export function Figure({ indicator }: { readonly indicator: Indicator }) {
  const { text, numerator, denominator } = indicator;
  return (
    <span className="figure">
      <b>{text}</b>
      <span className="quiet">
        {formatCount(numerator)} / {formatCount(denominator)}
      </span>
    </span>
  );
}

export function ScoreFigure({ score }: { readonly score: Score }) {
  return (
    <span className="figure">
      <b>{score.value === null ? '–' : score.value.toFixed(2)}</b>
      {score.grade !== null && <span className="quiet">{score.grade}</span>}
    </span>
  );
}
