import {
  computeIndicators,
  computeScores,
  countFacts,
  countNames,
  emptyCounts,
  type Peers,
} from '../../domain/mod.ts';
import type { IndicatorReport } from './schema.ts';
import type { Cell, Sheet } from './write-xlsx.ts';

const noPeers: Peers = { accepted: 0, dispatched: 0, disposed: 0 };

/** A report as a table: each indicator with both its counts, then all counts. */
export function toTable(report: IndicatorReport): Cell[][] {
  const indicators = computeIndicators(emptyCounts);
  const header = [
    '编号',
    '名称',
    ...indicators.flatMap(({ nameZh, kind }) => [
      kind === 'share' ? `${nameZh}(%)` : nameZh,
      `${nameZh}·分子`,
      `${nameZh}·分母`,
    ]),
    ...computeScores(emptyCounts, noPeers).flatMap(({ nameZh }) => [`${nameZh}得分`, `${nameZh}等级`]),
    ...countNames.map((name) => countFacts[name][0]),
  ];
  const lines = report.rows.map((row): Cell[] => [
    row.key,
    row.name,
    ...row.indicators.flatMap(({ value, kind, numerator, denominator }): Cell[] => [
      value === null ? null : roundTo(kind === 'share' ? value * 100 : value, kind === 'share' ? 2 : 1),
      roundTo(numerator, 2),
      denominator,
    ]),
    ...row.scores.flatMap(({ value, grade }): Cell[] => [value === null ? null : roundTo(value, 2), grade]),
    ...countNames.map((name) => roundTo(row.counts[name] ?? 0, 2)),
  ]);
  return [header, ...lines];
}

/** The table and, on a sheet of its own, what each figure means. */
export function toSheets(report: IndicatorReport): Sheet[] {
  const formulas = computeIndicators(emptyCounts).map(({ nameZh, name, formula }) => [nameZh, name, formula]);
  const scores = computeScores(emptyCounts, noPeers).map(({ nameZh, name, formula }) => [
    `${nameZh}得分`,
    name,
    `${formula};无数据的分项不计,其余按比例`,
  ]);
  const definitions = countNames.map((name) => [countFacts[name][0], name, countFacts[name][1]]);
  return [
    { name: '指标', rows: toTable(report) },
    {
      name: '口径',
      rows: [
        ['统计时段', report.from, report.to],
        ['维度', report.by, null],
        ['指标', '代码', '公式'],
        ...formulas,
        ...scores,
        ['计数', '代码', '定义'],
        ...definitions,
      ],
    },
  ];
}

function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
