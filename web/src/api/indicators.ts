import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime } from './types.ts';

export const dimensions = ['all', 'unit', 'grid', 'person', 'class', 'camera', 'source'] as const;
export type Dimension = (typeof dimensions)[number];

export interface Indicator {
  readonly name: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly formula: string;
  readonly formulaEn: string;
  readonly kind: 'share' | 'mean';
  readonly numerator: number;
  readonly denominator: number;
  /** `null` where the denominator is 0. */
  readonly value: number | null;
  readonly text: string;
}

export interface Score {
  readonly name: 'unit' | 'collector' | 'intake_officer' | 'shift_leader' | 'dispatcher';
  readonly nameZh: string;
  readonly formula: string;
  readonly formulaEn: string;
  /** 0 to 100. */
  readonly value: number | null;
  readonly grade: string | null;
}

export interface IndicatorRow {
  /** `null`: what belongs to nobody in this dimension. */
  readonly key: string | null;
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly indicators: readonly Indicator[];
  readonly scores: readonly Score[];
}

export interface IndicatorReport {
  readonly from: IsoTime;
  readonly to: IsoTime;
  readonly by: Dimension;
  readonly rows: readonly IndicatorRow[];
}

export interface IndicatorQuestion {
  /** Local dates or times with an offset; `to` is not part of it. */
  readonly from: string;
  readonly to: string;
  readonly by: Dimension;
}

/** `null` asks nothing. */
export function useIndicators(question: IndicatorQuestion | null) {
  return useQuery({
    queryKey: queryKeys.indicators(question),
    queryFn: ({ signal }) => getJson<IndicatorReport>(toIndicatorUrl(question, 'json'), signal),
    enabled: question !== null,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function toIndicatorUrl(question: IndicatorQuestion | null, format: 'json' | 'csv' | 'xlsx'): string {
  return `/api/indicators?${new URLSearchParams({ ...question, format })}`;
}
