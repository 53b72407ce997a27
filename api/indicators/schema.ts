import { type Static, Type } from 'typebox';
import { countFacts, countNames } from '../../domain/mod.ts';
import { IsoTime, Nullable } from '../http/schema.ts';
import { dimensions } from './case-atoms.ts';

export const formats = ['json', 'csv', 'xlsx'] as const;

export const IndicatorQuery = Type.Object(
  {
    from: Type.String({
      maxLength: 40,
      description: 'Begin of the period: a local date, or ISO 8601 with offset',
    }),
    to: Type.String({
      maxLength: 40,
      description: 'Its end, not part of it; a local date stands for its midnight',
    }),
    by: Type.Optional(Type.Enum([...dimensions])),
    format: Type.Optional(Type.Enum([...formats])),
  },
  { additionalProperties: false },
);

const IndicatorView = Type.Object({
  name: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  formula: Type.String(),
  formulaEn: Type.String(),
  kind: Type.Enum(['share', 'mean']),
  numerator: Type.Number(),
  denominator: Type.Number(),
  value: Nullable(Type.Number({ description: 'null where the denominator is 0' })),
  text: Type.String(),
});

const CountsView = Type.Object(
  Object.fromEntries(
    countNames.map((name) => {
      const [nameZh, definition] = countFacts[name];
      return [name, Type.Number({ description: `${nameZh}: ${definition}` })];
    }),
  ),
);

const ScoreView = Type.Object({
  name: Type.Enum(['unit', 'collector', 'intake_officer', 'shift_leader', 'dispatcher']),
  nameZh: Type.String(),
  formula: Type.String(),
  formulaEn: Type.String(),
  value: Nullable(Type.Number({ description: '0 to 100' })),
  grade: Nullable(Type.Enum(['A', 'B', 'C', 'D', 'E'])),
});

export const IndicatorReport = Type.Object({
  from: IsoTime,
  to: IsoTime,
  by: Type.Enum([...dimensions]),
  rows: Type.Array(
    Type.Object({
      key: Nullable(Type.String()),
      name: Type.String(),
      counts: CountsView,
      indicators: Type.Array(IndicatorView),
      scores: Type.Array(ScoreView),
    }),
  ),
});
export type IndicatorReport = Static<typeof IndicatorReport>;
