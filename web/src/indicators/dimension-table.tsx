import { type ReactNode, useState } from 'react';
import type { IndicatorReport, IndicatorRow } from '../api/indicators.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Figure, formatCount, ScoreFigure, useFigureWords } from './figure.tsx';
import { pickSection, type Section, sections } from './sections.ts';
import { chooseSorting, type Sorting, sortRows } from './sort-rows.ts';

const tabs = [...sections, 'scores'] as const;
type Tab = Section | 'scores';

interface Column {
  readonly id: string;
  readonly name: string;
  readonly formula: string;
  readonly show: (row: IndicatorRow) => ReactNode;
}

/** One row for each unit, grid, person, class or camera; a group of figures at a time, each headed by its formula. */
export function DimensionTable({ report }: { readonly report: IndicatorReport }) {
  const { t } = useLanguage();
  const [tab, setTab] = useState<Tab>(report.by === 'camera' ? 'ai' : 'disposal');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const columns = useColumns(report.rows[0], tab);
  const rows = sorting === null ? report.rows : sortRows(report.rows, sorting);
  const head = (column: string, label: ReactNode) => (
    <SortHead
      key={column}
      label={label}
      sorting={sorting?.column === column ? sorting : null}
      onSort={() => setSorting(chooseSorting(sorting, column))}
    />
  );
  return (
    <>
      <div className="tabs" role="group" aria-label={t('indicators.groups')}>
        {tabs
          .filter((name) => name !== 'other' || hasOther(report))
          .map((name) => (
            <button key={name} type="button" aria-pressed={name === tab} onClick={() => setTab(name)}>
              {t(`section.${name}`)}
            </button>
          ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div
        className="table-frame dimension-frame"
        tabIndex={0}
        role="region"
        aria-label={t(`section.${tab}`)}
      >
        <table className="figure-table dimension-table">
          <thead>
            <tr>
              {head('name', t(`dimension.${report.by}`))}
              {tab === 'disposal' && head('due', t('head.due'))}
              {columns.map(({ id, name, formula }) =>
                head(
                  id,
                  <>
                    {name}
                    <span className="formula">{formula}</span>
                  </>,
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key ?? ''}>
                <th scope="row">
                  {row.key === null ? t('indicators.nobody') : row.name}
                  {row.key !== null && row.key !== row.name && <span className="formula">{row.key}</span>}
                </th>
                {tab === 'disposal' && <td>{formatCount(row.counts['due'] ?? 0)}</td>}
                {columns.map(({ id, show }) => (
                  <td key={id}>{show(row)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function SortHead({
  label,
  sorting,
  onSort,
}: {
  readonly label: ReactNode;
  readonly sorting: Sorting | null;
  readonly onSort: () => void;
}) {
  return (
    <th scope="col" aria-sort={sorting === null ? 'none' : sorting.isDescending ? 'descending' : 'ascending'}>
      <button type="button" className="sort-button" onClick={onSort}>
        <span>{label}</span>
        <span className="sort-mark" aria-hidden="true">
          {sorting === null ? '↕' : sorting.isDescending ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}

function useColumns(model: IndicatorRow | undefined, tab: Tab): Column[] {
  const words = useFigureWords();
  if (model === undefined) return [];
  if (tab === 'scores')
    return model.scores.map((figure) => ({
      id: figure.name,
      ...words(figure),
      show: (row) => {
        const score = row.scores.find(({ name }) => name === figure.name);
        return score === undefined ? '–' : <ScoreFigure score={score} />;
      },
    }));
  return pickSection(model.indicators, tab).map((figure) => ({
    id: figure.name,
    ...words(figure),
    show: (row) => {
      const indicator = row.indicators.find(({ name }) => name === figure.name);
      return indicator === undefined ? '–' : <Figure indicator={indicator} />;
    },
  }));
}

function hasOther({ rows }: IndicatorReport): boolean {
  return pickSection(rows[0]?.indicators ?? [], 'other').length > 0;
}
